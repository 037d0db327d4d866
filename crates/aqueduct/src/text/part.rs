//! The parts of a streamed answer over all its steps.

use aqueduct_spec::language::{
    Custom, File, FinishReason, InputEncoding, Message, RawPart, ReasoningDelta, ReasoningEnd,
    ReasoningFile, ReasoningStart, RequestInfo, ResponseInfo, Source, TextDelta, TextEnd,
    TextStart, ToolInputDelta, ToolInputEnd, Usage,
};
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Warning};

use super::Performance;
use crate::tool::{
    ToolApprovalRequest, ToolApprovalResponse, ToolCall, ToolError, ToolOutcome, ToolOutputDenied,
    ToolResult,
};

/// A part of a streamed answer.
///
/// A stream is `Start`, then for every step `StartStep`, the model's parts, the results of tools as they arrive and
/// `FinishStep`, then `Finish`. What the request's messages allow or refuse comes before the first step. Blocks of text,
/// reasoning and tool input are told apart by their ids and may interleave; no two blocks of a stream share an id.
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
    ToolInputStart(ToolInputStartPart),
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
    /// A tool call waits for somebody's leave, or a rule has decided.
    ToolApprovalRequest(ToolApprovalRequest),
    /// What a rule decided about a tool call.
    ToolApprovalResponse(ToolApprovalResponse),
    /// A tool call was refused and did not run.
    ToolOutputDenied(ToolOutputDenied),
    /// Where something was found.
    Source(Source),
    /// A file.
    File(File),
    /// A file that belongs to the reasoning.
    ReasoningFile(ReasoningFile),
    /// Something only this provider has.
    Custom(Custom),
    /// A step is complete.
    FinishStep(Box<FinishStepPart>),
    /// Everything is complete.
    Finish(FinishPart),
    /// Somebody gave up on the request ([`AbortHandle`](super::AbortHandle)): the last part.
    Abort(AbortPart),
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

impl From<ToolOutcome> for TextStreamPart {
    fn from(outcome: ToolOutcome) -> Self {
        match outcome {
            ToolOutcome::Result(result) => Self::ToolResult(result),
            ToolOutcome::Error(error) => Self::ToolError(error),
        }
    }
}

/// The input of a tool begins.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolInputStartPart {
    /// The block, which is also the id of the tool call.
    pub id: String,
    /// The tool.
    pub tool_name: String,
    /// Whether the provider runs the tool.
    pub provider_executed: bool,
    /// Whether the tool was not known when the program was written.
    pub dynamic: bool,
    /// What to call the tool before a person.
    pub title: Option<String>,
    /// What the program noted about the tool.
    pub tool_metadata: Option<JsonObject>,
    /// What the pieces of the input are; JSON if it does not say.
    pub input_encoding: Option<InputEncoding>,
    /// What else the provider said about it.
    pub provider_metadata: Option<ProviderMetadata>,
}

/// Somebody gave up on the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AbortPart {
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// A step begins.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StartStepPart {
    /// Which step, counted from 0.
    pub step_number: usize,
    /// What was sent; the body only if asked for.
    pub request: RequestInfo,
    /// The messages that were sent, if asked for.
    pub request_messages: Option<Vec<Message>>,
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
    /// How long the step took.
    pub performance: Performance,
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
