//! One chunk of a streamed answer. This is the hot path: texts borrow from the event where they can, and what nobody reads
//! is skipped: `rest` is only written. Whoever wants a chunk as it came asks for raw chunks.

use std::borrow::Cow;

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ExtraContent, Usage};
use crate::number;
use crate::openai_compatible::lenient;
use crate::short_list;

/// A chunk, or an error that came in the place of one. Completions have the same, with choices of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "C: Deserialize<'de>"))]
pub struct Chunk<'a, C = ChunkChoice<'a>> {
    /// The id of the answer.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<Cow<'a, str>>,
    /// `chat.completion.chunk`, or `text_completion`.
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
    /// What each answer goes on with; empty in a chunk with nothing but usage.
    #[serde(
        default,
        deserialize_with = "short_list::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub choices: Option<Vec<C>>,
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What only Groq says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_groq: Option<GroqExtra>,
    /// An error of the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// Further fields to be written; none are read, see the module.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}

impl<C> Default for Chunk<'_, C> {
    fn default() -> Self {
        Self {
            id: None,
            object: None,
            created: None,
            model: None,
            choices: None,
            usage: None,
            x_groq: None,
            error: None,
            rest: JsonObject::new(),
        }
    }
}

/// What only Groq says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroqExtra {
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// What one answer goes on with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChunkChoice<'a> {
    /// Which answer.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// What is added.
    #[serde(borrow, default)]
    pub delta: Option<Delta<'a>>,
    /// Why the model stopped; `null` until it does.
    #[serde(borrow, default, deserialize_with = "lenient::strict_text")]
    pub finish_reason: Option<Cow<'a, str>>,
    /// Further fields to be written; none are read, see the module.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}

/// What is added.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Delta<'a> {
    /// `assistant`, in the first chunk; some hosts send an empty one.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub role: Option<Cow<'a, str>>,
    /// Text.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub content: Option<Cow<'a, str>>,
    /// Thought, by its usual name.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning_content: Option<Cow<'a, str>>,
    /// Thought, by its other name.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning: Option<Cow<'a, str>>,
    /// Pieces of tool calls.
    #[serde(
        borrow,
        default,
        deserialize_with = "short_list::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub tool_calls: Option<Vec<ToolCallDelta<'a>>>,
    /// Further fields to be written; none are read, see the module.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}

/// A piece of a tool call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCallDelta<'a> {
    /// Which call; Google leaves it out, others do not start at 0.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The id of the call, in its first piece.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<Cow<'a, str>>,
    /// `function`.
    #[serde(
        rename = "type",
        borrow,
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Cow<'a, str>>,
    /// What is called, and more of its arguments.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionDelta<'a>>,
    /// What Google's models add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_content: Option<ExtraContent>,
    /// Further fields to be written; none are read, see the module.
    #[serde(flatten, skip_deserializing)]
    pub rest: JsonObject,
}

/// What is called, and more of its arguments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionDelta<'a> {
    /// The function.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<Cow<'a, str>>,
    /// More of the arguments' JSON text.
    #[serde(
        borrow,
        default,
        deserialize_with = "lenient::strict_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub arguments: Option<Cow<'a, str>>,
}
