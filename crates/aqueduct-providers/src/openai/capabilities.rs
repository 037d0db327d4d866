//! What can be told of a model by its name.

/// What a model takes, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// Whether it thinks: then it takes instructions as `developer` and no sampling settings.
    pub(crate) is_reasoning: bool,
    /// Whether it can be called cheap and slow.
    pub(crate) supports_flex: bool,
    /// Whether it can be called dear and fast.
    pub(crate) supports_priority: bool,
    /// Whether it takes sampling settings if it is told not to think.
    pub(crate) samples_without_reasoning: bool,
}

impl Capabilities {
    /// Only names of OpenAI's own families count; tuned and foreign models are taken to be plain.
    pub(crate) fn of(model_id: &str) -> Self {
        let o_series = o_series(model_id);
        let gpt = Gpt::parse(model_id);
        let variant = |prefix: &str| {
            gpt.as_ref().is_some_and(|gpt| gpt.variant.is_some_and(|it| it.starts_with(prefix)))
        };
        let is_chat = gpt.as_ref().is_some_and(|gpt| gpt.minor.is_none()) && variant("chat");
        let is_5 = gpt.as_ref().is_some_and(|gpt| gpt.major >= 5);
        let is_late_o = o_series.is_some_and(|version| version >= 3);
        Self {
            is_reasoning: o_series.is_some() || (is_5 && !is_chat),
            supports_flex: is_late_o || (is_5 && !is_chat),
            supports_priority: model_id.starts_with("gpt-4")
                || (is_5 && !variant("nano") && !is_chat)
                || is_late_o,
            samples_without_reasoning: gpt
                .as_ref()
                .is_some_and(|gpt| (gpt.major, gpt.minor.unwrap_or(0)) >= (5, 1)),
        }
    }

    /// Why the model cannot be called in a service tier.
    pub(crate) fn unsupported_tier(self, tier: Option<&str>) -> Option<&'static str> {
        match tier {
            Some("flex") if !self.supports_flex => {
                Some("flex processing is only available for o3, o4-mini, and gpt-5 models")
            }
            Some("priority" | "fast") if !self.supports_priority => Some(
                "priority processing is only available for supported models (gpt-4, gpt-5, \
                 gpt-5-mini, o3, o4-mini) and requires Enterprise access. gpt-5-nano is not supported",
            ),
            _ => None,
        }
    }
}

/// The number in `o3` and `o4-mini`.
fn o_series(model_id: &str) -> Option<u32> {
    let rest = model_id.strip_prefix('o')?;
    rest.split('-').next()?.parse().ok()
}

/// `gpt-<major>[.<minor>][-<variant>]`
struct Gpt<'a> {
    major: u32,
    minor: Option<u32>,
    variant: Option<&'a str>,
}

impl<'a> Gpt<'a> {
    fn parse(model_id: &'a str) -> Option<Self> {
        let rest = model_id.strip_prefix("gpt-")?;
        let (version, variant) = match rest.split_once('-') {
            Some((version, variant)) => (version, Some(variant)),
            None => (rest, None),
        };
        let (major, minor) = match version.split_once('.') {
            Some((major, minor)) => (major, Some(minor.parse().ok()?)),
            None => (version, None),
        };
        Some(Self { major: major.parse().ok()?, minor, variant })
    }
}
