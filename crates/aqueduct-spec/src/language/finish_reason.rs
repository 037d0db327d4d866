//! Why a model stopped.

use serde::{Deserialize, Serialize};

/// Why a model stopped: in common terms, and in the provider's own word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FinishReason {
    /// The reason in common terms.
    pub unified: UnifiedFinishReason,
    /// The provider's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl FinishReason {
    /// Creates a reason.
    pub fn new(unified: UnifiedFinishReason, raw: Option<String>) -> Self {
        Self { unified, raw }
    }
}

impl From<UnifiedFinishReason> for FinishReason {
    fn from(unified: UnifiedFinishReason) -> Self {
        Self { unified, raw: None }
    }
}

/// Why a model stopped, in common terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UnifiedFinishReason {
    /// It was done, or met a stop sequence.
    Stop,
    /// It reached the most tokens it may write.
    Length,
    /// A filter stopped it.
    ContentFilter,
    /// It wants tools to be called.
    ToolCalls,
    /// It failed.
    Error,
    /// The provider's stream ended without saying that it was complete.
    Interrupted,
    /// Anything else, also words this version does not know.
    #[default]
    #[serde(other)]
    Other,
}

impl UnifiedFinishReason {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content-filter",
            Self::ToolCalls => "tool-calls",
            Self::Error => "error",
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }
}
