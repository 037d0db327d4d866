//! The JSON of `POST /completions`.
//!
//! Source: <https://platform.openai.com/docs/api-reference/completions> (2026-11).

use std::borrow::Cow;

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::number;
use crate::openai_compatible::chat::wire::{Stop, StreamOptions};
use crate::openai_compatible::{chat, lenient};

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
pub type Response = chat::wire::Response<Choice>;

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
pub type Chunk<'a> = chat::wire::Chunk<'a, ChunkChoice<'a>>;

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
