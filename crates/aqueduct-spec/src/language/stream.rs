//! An answer in parts, as they arise.

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Custom, File, FinishReason, ReasoningFile, RequestInfo, ResponseInfo, Source,
    ToolApprovalRequest, ToolCall, ToolResult, Usage,
};
use crate::error::Result;
use crate::json::{JsonObject, nullish, shape, tagged};
use crate::metadata::ProviderMetadata;
use crate::model::BoxStream;
use crate::timestamp::Timestamp;
use crate::warning::Warning;

tagged! {
    /// A part of a streamed answer.
    ///
    /// A stream starts with `stream-start` and ends with `finish`. Blocks of text, reasoning and tool input are told apart by
    /// their ids and may interleave; a tool's input is followed by the whole `tool-call` with the same id.
    pub enum StreamPart by "type" {
        /// The stream begins.
        StreamStart(StreamStart) = "stream-start",
        /// What the provider says about its answer.
        ResponseMetadata(ResponseMetadata) = "response-metadata",
        /// A block of text begins.
        TextStart(TextStart) = "text-start",
        /// More of a block of text.
        TextDelta(TextDelta) = "text-delta",
        /// A block of text ends.
        TextEnd(TextEnd) = "text-end",
        /// A block of reasoning begins.
        ReasoningStart(ReasoningStart) = "reasoning-start",
        /// More of a block of reasoning.
        ReasoningDelta(ReasoningDelta) = "reasoning-delta",
        /// A block of reasoning ends.
        ReasoningEnd(ReasoningEnd) = "reasoning-end",
        /// The input of a tool begins.
        ToolInputStart(ToolInputStart) = "tool-input-start",
        /// More of a tool's input.
        ToolInputDelta(ToolInputDelta) = "tool-input-delta",
        /// The input of a tool ends.
        ToolInputEnd(ToolInputEnd) = "tool-input-end",
        /// A tool call, whole.
        ToolCall(ToolCall) = "tool-call",
        /// The result of a tool that the provider ran.
        ToolResult(ToolResult) = "tool-result",
        /// A tool that the provider runs asks whether it may.
        ToolApprovalRequest(ToolApprovalRequest) = "tool-approval-request",
        /// Something only this provider has.
        Custom(Custom) = "custom",
        /// A file.
        File(File) = "file",
        /// A file that belongs to the reasoning.
        ReasoningFile(ReasoningFile) = "reasoning-file",
        /// Where something was found.
        Source(Source) = "source",
        /// The answer is complete.
        Finish(Finish) = "finish",
        /// A chunk of the provider's, verbatim.
        Raw(RawPart) = "raw",
        /// Something failed; the stream may go on.
        Error(ErrorPart) = "error",
    }
}

impl StreamPart {
    /// Whether the part carries something of the answer itself. Before the first such part a failed call can be sent again
    /// without anybody noticing.
    pub fn is_content(&self) -> bool {
        !matches!(
            self,
            Self::StreamStart(_)
                | Self::ResponseMetadata(_)
                | Self::Raw(_)
                | Self::Error(_)
                | Self::Finish(_)
        )
    }

    /// Where the part keeps what else the provider said, if it has such a place.
    pub fn provider_metadata_mut(&mut self) -> Option<&mut Option<ProviderMetadata>> {
        Some(match self {
            Self::TextStart(part) => &mut part.provider_metadata,
            Self::TextDelta(part) => &mut part.provider_metadata,
            Self::TextEnd(part) => &mut part.provider_metadata,
            Self::ReasoningStart(part) => &mut part.provider_metadata,
            Self::ReasoningDelta(part) => &mut part.provider_metadata,
            Self::ReasoningEnd(part) => &mut part.provider_metadata,
            Self::ToolInputStart(part) => &mut part.provider_metadata,
            Self::ToolInputDelta(part) => &mut part.provider_metadata,
            Self::ToolInputEnd(part) => &mut part.provider_metadata,
            Self::ToolCall(part) => &mut part.provider_metadata,
            Self::ToolResult(part) => &mut part.provider_metadata,
            Self::ToolApprovalRequest(part) => &mut part.provider_metadata,
            Self::Custom(part) => &mut part.provider_metadata,
            Self::File(part) => &mut part.provider_metadata,
            Self::ReasoningFile(part) => &mut part.provider_metadata,
            Self::Source(Source::Url(part)) => &mut part.provider_metadata,
            Self::Source(Source::Document(part)) => &mut part.provider_metadata,
            Self::Finish(part) => &mut part.provider_metadata,
            _ => return None,
        })
    }
}

/// Declares the parts of blocks, which differ in little but their names.
macro_rules! block_parts {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* } )*) => { $(
        shape! {
            $(#[$meta])*
            $name {
                /// The block.
                id: String,
                $( $(#[$field_meta])* $field: $type, )*
            } {
                /// What else the provider said about it.
                provider_metadata: ProviderMetadata,
            }
        }
    )* };
}

block_parts! {
    /// A block of text begins.
    TextStart {}
    /// More of a block of text.
    TextDelta {
        /// What is added.
        delta: String,
    }
    /// A block of text ends.
    TextEnd {}
    /// A block of reasoning begins.
    ReasoningStart {}
    /// More of a block of reasoning.
    ReasoningDelta {
        /// What is added.
        delta: String,
    }
    /// A block of reasoning ends.
    ReasoningEnd {}
    /// More of a tool's input.
    ToolInputDelta {
        /// What is added.
        delta: String,
    }
    /// The input of a tool ends.
    ToolInputEnd {}
}

shape! {
    /// The input of a tool begins.
    ToolInputStart {
        /// The block, which is also the id of the tool call.
        id: String,
        /// The tool.
        tool_name: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// Whether the tool was not known in advance.
        dynamic: bool,
        /// What to call it before a person.
        title: String,
        /// What the pieces of the input are; JSON if it does not say.
        input_encoding: InputEncoding,
    }
}

/// What the pieces of a tool's input are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum InputEncoding {
    /// Pieces of JSON text.
    #[default]
    Json,
    /// Pieces of the input itself, which is a text.
    Text,
    /// Something that is not listed.
    #[serde(untagged)]
    Other(String),
}

shape! {
    /// The stream begins.
    StreamStart {
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {}
}
shape! {
    /// What the provider says about its answer.
    #[derive(Default)]
    ResponseMetadata {} {
        /// The provider's id of the answer.
        id: String,
        /// When the provider says it was made.
        #[serde(deserialize_with = "crate::timestamp::lenient")]
        timestamp: Timestamp,
        /// The model that answers, in the provider's words.
        model_id: String,
    }
}
shape! {
    /// The answer is complete.
    #[derive(Default)]
    Finish {
        /// Why the model stopped.
        #[serde(default, deserialize_with = "nullish")]
        finish_reason: FinishReason,
        /// What the call used.
        #[serde(default, deserialize_with = "nullish")]
        usage: Usage,
    } {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A chunk of the provider's, verbatim.
    RawPart {
        /// The chunk.
        raw_value: Value,
    } {}
}
shape! {
    /// Something failed while streaming.
    ErrorPart {
        /// What is known of it: the provider's own error where it sent one, else `{"message": …}`.
        error: Value,
    } {}
}

/// A streamed answer. Nothing is read before it is polled; dropping it cancels the call.
#[non_exhaustive]
pub struct StreamResult {
    /// The parts. An `Err` ends the stream: the connection broke or the answer cannot be read any further.
    pub stream: BoxStream<'static, Result<StreamPart>>,
    /// What was sent.
    pub request: Option<RequestInfo>,
    /// What came back before the stream.
    pub response: Option<ResponseInfo>,
}

impl StreamResult {
    /// Wraps a stream of parts.
    pub fn new(
        stream: impl futures_core::Stream<Item = Result<StreamPart>> + Send + 'static,
    ) -> Self {
        Self { stream: Box::pin(stream), request: None, response: None }
    }

    /// Changes the stream, keeping the rest.
    #[must_use]
    pub fn map_stream<S>(
        self,
        map: impl FnOnce(BoxStream<'static, Result<StreamPart>>) -> S,
    ) -> Self
    where
        S: futures_core::Stream<Item = Result<StreamPart>> + Send + 'static,
    {
        Self { stream: Box::pin(map(self.stream)), request: self.request, response: self.response }
    }

    /// Adds metadata to the last part, and each provider's `generationId` to the first part with content, so that callers
    /// learn it early.
    pub(crate) fn annotate(output: &mut Self, metadata: ProviderMetadata) {
        let early: ProviderMetadata = metadata
            .iter()
            .filter_map(|(provider, object)| {
                let id = object.get("generationId")?.clone();
                Some((
                    provider.to_owned(),
                    JsonObject::from_iter([("generationId".to_owned(), id)]),
                ))
            })
            .collect();
        let mut early = (!early.is_empty()).then_some(early);
        let mut whole = Some(metadata);
        let empty: BoxStream<'static, Result<StreamPart>> = Box::pin(futures_util::stream::empty());
        let stream = std::mem::replace(&mut output.stream, empty);
        output.stream = Box::pin(stream.map(move |part| {
            let mut part = part?;
            let waiting = if matches!(part, StreamPart::Finish(_)) {
                &mut whole
            } else if part.is_content() {
                &mut early
            } else {
                return Ok(part);
            };
            if waiting.is_some()
                && let Some(place) = part.provider_metadata_mut()
                && let Some(metadata) = waiting.take()
            {
                place.get_or_insert_default().merge(metadata);
            }
            Ok(part)
        }));
    }
}

impl std::fmt::Debug for StreamResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamResult").field("response", &self.response).finish_non_exhaustive()
    }
}
