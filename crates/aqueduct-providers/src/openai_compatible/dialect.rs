//! How one host of the OpenAI protocol differs from the plain protocol.

use std::fmt::Debug;

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::{CallOptions, Content, UnifiedFinishReason, Usage};
use aqueduct_spec::{Context, JsonObject, Result};
use serde_json::Value;

use super::chat::encode::{self, Encoded, Target};
use super::chat::{decode, wire};
use super::{error, usage};

/// How one host of the OpenAI protocol differs from the plain protocol. Every method has the plain protocol as its default.
///
/// The hooks are few on purpose: a host that fights them gets an API directory of its own.
pub trait Dialect: Debug + Send + Sync + 'static {
    /// Writes a call as a request. A host with options of its own composes one from the pieces in
    /// [`encode`](super::chat::encode).
    ///
    /// # Errors
    /// `Unsupported` for content that the host cannot take, `InvalidRequest` for options of the wrong shape.
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        encode::encode(call, target)
    }

    /// Last touch on the request, after encoding: renames and removals.
    fn adapt(&self, _request: &mut wire::Request) {}

    /// What the message of a whole answer says, in order. `rest` is what the answer has beside the protocol.
    fn content(
        &self,
        message: wire::Message,
        _rest: &JsonObject,
        metadata_key: Option<&str>,
        cx: &Context,
    ) -> Vec<Content> {
        decode::content(message, metadata_key, cx)
    }

    /// What the metadata under the host's key says of the account.
    fn metadata(&self, usage: Option<&wire::Usage>) -> JsonObject {
        decode::predictions(usage)
    }

    /// Token accounting.
    fn usage(&self, usage: &wire::Usage) -> Usage {
        usage::chat(usage)
    }

    /// Where a chunk says what the call used.
    fn chunk_usage(&self, chunk: &mut wire::Chunk<'_>) -> Option<wire::Usage> {
        chunk.usage.take()
    }

    /// Why the model stopped, in common terms.
    fn finish_reason(&self, raw: &str) -> UnifiedFinishReason {
        match raw {
            "stop" => UnifiedFinishReason::Stop,
            "length" => UnifiedFinishReason::Length,
            "content_filter" => UnifiedFinishReason::ContentFilter,
            "tool_calls" | "function_call" => UnifiedFinishReason::ToolCalls,
            _ => UnifiedFinishReason::Other,
        }
    }

    /// What an error body says; `None` if it is not of the host's shape.
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        error::read(body)
    }

    /// How streams are read.
    fn stream_rules(&self) -> StreamRules {
        StreamRules::default()
    }
}

/// How streams are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamRules {
    /// Whether the first piece of a tool call must say `"type": "function"`.
    pub tool_type_required: bool,
    /// Whether the name of a function may come later than its index: its pieces are held back until then.
    pub late_tool_names: bool,
    /// Whether a chunk that has an `error` beside `choices` is an error.
    pub error_beside_choices: bool,
    /// Whether a chunk that cannot be read makes the finish reason an error.
    pub unreadable_fails: bool,
    /// How thoughts and text follow one another.
    pub blocks: Blocks,
}

/// How the blocks of thought and text in a stream follow one another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocks {
    /// Thought ends where text or a tool call begins, text with the stream.
    #[default]
    Plain,
    /// The same, but text begins just before thought ends.
    Overlapping,
    /// Thought and text end each other, a tool call ends both, and every thought has an id of its own.
    Alternating,
}

impl Default for StreamRules {
    fn default() -> Self {
        Self {
            tool_type_required: false,
            late_tool_names: true,
            error_beside_choices: true,
            unreadable_fails: true,
            blocks: Blocks::Plain,
        }
    }
}

/// The plain protocol.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Dialect for Plain {}
