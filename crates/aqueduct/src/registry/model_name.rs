//! The names of models.

use aqueduct_spec::{Error, Result};

/// A name, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ModelName<'a> {
    /// The provider, perhaps with its wire: `openai.chat`.
    pub(super) provider: &'a str,
    /// The provider's own name of the model, which may hold `/` and `:` itself.
    pub(super) model_id: &'a str,
}

impl<'a> ModelName<'a> {
    /// Takes a name apart at the first `/` or `:`, or at a separator of one's own.
    pub(super) fn parse(name: &'a str, separator: Option<&str>) -> Result<Self> {
        let parts = match separator {
            Some(separator) => name.split_once(separator),
            None => name.split_once(['/', ':']),
        };
        let separator = separator.unwrap_or("/");
        match parts {
            Some((provider, model_id)) if !provider.is_empty() && !model_id.is_empty() => {
                Ok(Self { provider, model_id })
            }
            _ => Err(Error::invalid_request(format!(
                "'{name}' names no model: names have the form provider{separator}model, as in groq{separator}llama-3.3-70b-versatile"
            ))),
        }
    }

    /// Splits the provider from its wire.
    pub(super) fn provider_and_wire(&self) -> (&'a str, Option<&'a str>) {
        match self.provider.split_once('.') {
            Some((provider, wire)) => (provider, Some(wire)),
            None => (self.provider, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_apart() {
        let cases = [
            ("groq/llama-3.3", "groq", None, "llama-3.3"),
            ("groq:openai/gpt-oss", "groq", None, "openai/gpt-oss"),
            ("ollama/llama3.2:1b", "ollama", None, "llama3.2:1b"),
            ("google.generative-ai/gemini", "google", Some("generative-ai"), "gemini"),
            ("amazon-bedrock/a.b:0", "amazon-bedrock", None, "a.b:0"),
        ];
        for (name, provider, wire, model_id) in cases {
            let parsed = ModelName::parse(name, None).unwrap();
            assert_eq!((parsed.provider_and_wire(), parsed.model_id), ((provider, wire), model_id));
        }
        for name in ["", "gpt-4o", "/m", "groq/", ":"] {
            assert!(ModelName::parse(name, None).is_err(), "{name}");
        }
    }

    #[test]
    fn takes_names_apart_at_a_separator_of_ones_own() {
        let parsed = ModelName::parse("groq > a/b:c > d", Some(" > ")).unwrap();
        assert_eq!((parsed.provider, parsed.model_id), ("groq", "a/b:c > d"));
        let error = ModelName::parse("groq/m", Some(" > ")).unwrap_err();
        assert!(error.message().contains("provider > model"), "{error}");
        assert!(ModelName::parse("groq/m", Some("")).is_err());
    }
}
