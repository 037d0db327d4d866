//! The events of an answer in pieces.

use std::borrow::Cow;

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Block, Container, StopDetails, Usage};

/// An event of any kind: which of the fields are there depends on `kind`.
///
/// One struct in place of a union, because nearly all events of a stream are short deltas, which are read in one go and
/// without copying so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event<'a> {
    /// `message_start`, `content_block_start`, `content_block_delta`, `content_block_stop`, `message_delta`,
    /// `message_stop`, `ping` or `error`.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// The block that the event is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The head of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageStart>,
    /// A block as it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_block: Option<Block>,
    /// What is added to a block, or to the head.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Delta<'a>>,
    /// What the call used so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What was dropped from the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_management: Option<Value>,
    /// What failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// The head of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MessageStart {
    /// The id of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `message`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `assistant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The model that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Blocks that are complete already; mostly none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<Block>>,
    /// Why the model stopped, if it has already.
    #[serde(default)]
    pub stop_reason: Option<String>,
    /// What the call used so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The container that code runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// What is added to a block, or to the head: which of the fields are there depends on `kind`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delta<'a> {
    /// `text_delta`, `thinking_delta`, `signature_delta`, `input_json_delta`, `citations_delta` or `compaction_delta`;
    /// none for the head.
    #[serde(default, rename = "type", borrow, skip_serializing_if = "str::is_empty")]
    pub kind: Cow<'a, str>,
    /// More text.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<'a>>,
    /// More of a thought.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Text<'a>>,
    /// More of the JSON of a tool's input.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub partial_json: Option<Text<'a>>,
    /// The signature of a thought.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Text<'a>>,
    /// More of a summary.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub content: Option<Text<'a>>,
    /// Where a text comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<Value>,
    /// Why the model stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// The text at which it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_sequence: Option<String>,
    /// More on why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_details: Option<StopDetails>,
    /// The container that code ran in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// Text that is borrowed from the event where it has no escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// What failed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiError {
    /// `overloaded_error`, `rate_limit_error`, …
    #[serde(default, rename = "type")]
    pub kind: String,
    /// What happened, in words.
    #[serde(default)]
    pub message: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}
