//! The answer in one piece.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};

use super::{Message, Usage};
use crate::number;
use crate::openai_compatible::lenient;

/// The body of an answer. Completions have the same, with choices of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Response<C = Choice> {
    /// The id of the answer.
    #[serde(
        default,
        deserialize_with = "lenient::string",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// `chat.completion`, or `text_completion`.
    #[serde(
        default,
        deserialize_with = "lenient::string",
        skip_serializing_if = "Option::is_none"
    )]
    pub object: Option<String>,
    /// When it was made, in seconds since the start of 1970.
    #[serde(
        default,
        serialize_with = "number::serialize",
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub created: Option<f64>,
    /// The model that answered.
    #[serde(
        default,
        deserialize_with = "lenient::string",
        skip_serializing_if = "Option::is_none"
    )]
    pub model: Option<String>,
    /// The answers; one unless more were asked for.
    pub choices: Vec<C>,
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// One of the answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The answer.
    #[serde(default)]
    pub message: Message,
    /// Why the model stopped.
    #[serde(default)]
    pub finish_reason: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}
