//! The parts of a streamed answer over all its steps.

use aqueduct_spec::language::{
    Custom, File, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningFile,
    ReasoningStart, RequestInfo, ResponseInfo, Source, TextDelta, TextEnd, TextStart,
    ToolApprovalRequest, ToolInputDelta, ToolInputEnd, ToolInputStart, Usage,
};
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Warning};

use crate::tool::{ToolCall, ToolError, ToolResult};

/// A part of a streamed answer.
///
/// A stream is `Start`, then for every step `StartStep`, the model's parts, the results of tools as they arrive and
/// `FinishStep`, then `Finish`. Blocks of text, reasoning and tool input are told apart by their ids and may interleave.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/stream-text> (`TextStreamPart`, 2026-08).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TextStreamPart {
    /// The first part.
    Start,
    /// A step begins: the model begins to answer.
    StartStep(StartStepPart),
    /// A block of text begins.
    TextStart(TextStart),
    /// More of a block of text.
    TextDelta(TextDelta),
    /// A block of text ends.
    TextEnd(TextEnd),
    /// A block of reasoning begins.
    ReasoningStart(ReasoningStart),
    /// More of a block of reasoning.
    ReasoningDelta(ReasoningDelta),
    /// A block of reasoning ends.
    ReasoningEnd(ReasoningEnd),
    /// The input of a tool begins.
    ToolInputStart(ToolInputStart),
    /// More of a tool's input.
    ToolInputDelta(ToolInputDelta),
    /// The input of a tool ends.
    ToolInputEnd(ToolInputEnd),
    /// A tool call, whole.
    ToolCall(ToolCall),
    /// The result of a tool.
    ToolResult(ToolResult),
    /// A tool call gave no result.
    ToolError(ToolError),
    /// A tool that the provider runs asks whether it may.
    ToolApprovalRequest(ToolApprovalRequest),
    /// Where something was found.
    Source(Source),
    /// A file.
    File(File),
    /// A file that belongs to the reasoning.
    ReasoningFile(ReasoningFile),
    /// Something only this provider has.
    Custom(Custom),
    /// A step is complete.
    FinishStep(FinishStepPart),
    /// Everything is complete.
    Finish(FinishPart),
    /// The provider reports a failure; the stream goes on.
    Error(Error),
    /// A chunk of the provider's, verbatim.
    Raw(RawPart),
    /// A part of the model's that this version does not know.
    Unknown(JsonObject),
}

impl TextStreamPart {
    /// The text that the part adds to the answer, if it adds any.
    pub fn as_text_delta(&self) -> Option<&str> {
        match self {
            Self::TextDelta(part) => Some(&part.delta),
            _ => None,
        }
    }
}

/// A step begins.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StartStepPart {
    /// Which step, counted from 0.
    pub step_number: usize,
    /// What was sent.
    pub request: RequestInfo,
    /// What the model could not do as asked.
    pub warnings: Vec<Warning>,
}

/// A step is complete.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct FinishStepPart {
    /// Which step, counted from 0.
    pub step_number: usize,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// What the step used.
    pub usage: Usage,
    /// What the provider said about its answer.
    pub response: ResponseInfo,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
}

/// Everything is complete.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct FinishPart {
    /// Why the model stopped in the last step.
    pub finish_reason: FinishReason,
    /// What all steps used.
    pub total_usage: Usage,
}
