//! The JSON of `POST /completions`.
//!
//! Source: <https://platform.openai.com/docs/api-reference/completions> (2026-11).

use std::borrow::Cow;

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::number;
use crate::openai_compatible::chat::wire::{Stop, StreamOptions, Usage};
use crate::openai_compatible::lenient;

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model.
    pub model: String,
    /// Whether the prompt is a part of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<bool>,
    /// How much to favour which tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logit_bias: Option<JsonObject>,
    /// What comes after the text to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// A stable name of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The most tokens to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// How much chance there is in the choice of tokens.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of probability to choose from.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How much to avoid what was often said.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// How much to avoid what was already said.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// The start of the random numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The text to go on with; ingress may see a list, or tokens.
    #[serde(default)]
    pub prompt: Value,
    /// Texts at which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Whether to answer in chunks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// What else the chunks shall carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// The body of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The id of the answer.
    #[serde(
        default,
        deserialize_with = "lenient::string",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// `text_completion`.
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
    pub choices: Vec<Choice>,
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
    /// The text.
    pub text: String,
    /// Why the model stopped.
    #[serde(default)]
    pub finish_reason: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// A chunk, or an error that came in the place of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Chunk<'a> {
    /// The id of the answer.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<Cow<'a, str>>,
    /// `text_completion`.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub object: Option<Cow<'a, str>>,
    /// When it was made, in seconds since the start of 1970.
    #[serde(
        default,
        serialize_with = "number::serialize",
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub created: Option<f64>,
    /// The model that answers.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub model: Option<Cow<'a, str>>,
    /// What each answer goes on with.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<ChunkChoice<'a>>>,
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// An error of the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Further fields to be written; none are read.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}

/// What one answer goes on with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChunkChoice<'a> {
    /// Which answer.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// What is added.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub text: Option<Cow<'a, str>>,
    /// Why the model stopped; `null` until it does.
    #[serde(borrow, default, deserialize_with = "lenient::strict_text")]
    pub finish_reason: Option<Cow<'a, str>>,
    /// Further fields to be written; none are read.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}
