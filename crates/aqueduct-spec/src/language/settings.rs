//! Settings of a language call that are more than a number.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{shape, tagged};

/// How much a model should think before it answers.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReasoningEffort {
    /// Whatever the provider does by itself: nothing is sent.
    #[default]
    ProviderDefault,
    /// Not at all.
    None,
    /// As little as possible.
    Minimal,
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as possible.
    Xhigh,
}

impl ReasoningEffort {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProviderDefault => "provider-default",
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
        }
    }

    /// The effort, unless the provider is to decide.
    pub fn chosen(self) -> Option<Self> {
        (self != Self::ProviderDefault).then_some(self)
    }
}

tagged! {
    /// The form of the answer.
    pub enum ResponseFormat by "type" {
        /// Free text.
        Text(TextFormat) = "text",
        /// JSON, with or without a schema.
        Json(JsonFormat) = "json",
    }
}

shape! {
    /// Free text.
    #[derive(Default)]
    TextFormat {} {}
}
shape! {
    /// JSON.
    #[derive(Default)]
    JsonFormat {} {
        /// The JSON schema (draft 7) that the answer must fit.
        schema: Value,
        /// What to call it.
        name: String,
        /// What it is for.
        description: String,
    }
}

impl ResponseFormat {
    /// JSON of any shape.
    pub fn json() -> Self {
        JsonFormat::default().into()
    }

    /// JSON that fits a schema.
    pub fn json_schema(schema: Value) -> Self {
        JsonFormat { schema: Some(schema), ..JsonFormat::default() }.into()
    }
}
