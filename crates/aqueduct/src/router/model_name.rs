//! Model names: `provider/model`, `provider.wire/model`.

/// The parts of a model name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModelName<'a> {
    pub(crate) provider: &'a str,
    pub(crate) wire: Option<&'a str>,
    pub(crate) model: &'a str,
}

impl<'a> ModelName<'a> {
    /// Splits a name. The provider ends at the first slash; what follows its first dot is the wire, unless the whole is the id of
    /// a provider.
    pub(crate) fn parse(name: &'a str, is_provider: impl Fn(&str) -> bool) -> Self {
        let (provider, model) = name.split_once('/').unwrap_or(("", name));
        if is_provider(provider) {
            return Self { provider, wire: None, model };
        }
        match provider.split_once('.') {
            Some((provider, wire)) => Self { provider, wire: Some(wire), model },
            None => Self { provider, wire: None, model },
        }
    }

    /// Whether the model may have no name: some vendors have one that speaks or one that listens, and do not name it.
    pub(crate) fn may_be_nameless(&self) -> bool {
        matches!(self.wire, Some("speech" | "transcription"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_slash_and_the_first_dot() {
        let cases = [
            ("groq/llama", ("groq", None, "llama")),
            ("groq.chat/llama", ("groq", Some("chat"), "llama")),
            (
                "google.generative-ai.interactions/gemini",
                ("google", Some("generative-ai.interactions"), "gemini"),
            ),
            ("novita/meta-llama/Llama-3.1", ("novita", None, "meta-llama/Llama-3.1")),
            ("fal.ai/flux", ("fal.ai", None, "flux")),
            ("xai.speech/", ("xai", Some("speech"), "")),
            ("bare", ("", None, "bare")),
        ];
        for (name, (provider, wire, model)) in cases {
            let parsed = ModelName::parse(name, |id| id == "fal.ai");
            assert_eq!(parsed, ModelName { provider, wire, model }, "{name}");
        }
    }

    #[test]
    fn only_what_speaks_or_listens_may_be_nameless() {
        let is_nameless = |name| ModelName::parse(name, |_| false).may_be_nameless();
        assert!(is_nameless("xai.speech/") && is_nameless("xai.transcription/"));
        assert!(!is_nameless("xai/") && !is_nameless("groq.chat/") && !is_nameless("speech/"));
    }
}
