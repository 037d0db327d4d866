//! What callbacks are told.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::ProviderMetadata;
use aqueduct_spec::language::{CallOptions, FinishReason, Message, ResponseInfo, Usage};

use super::{ContentPart, Performance, Step};
use crate::message::Instructions;
use crate::tool::{Contexts, ToolCall, ToolOutcome};

/// A request begins.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StartEvent {
    /// The id of the request, the same in all its events.
    pub call_id: String,
    /// Whether the answer is streamed.
    pub is_stream: bool,
    /// The provider that is asked, as in `groq.chat`.
    pub provider: String,
    /// The model that is asked.
    pub model_id: String,
    /// What the model is to keep to.
    pub instructions: Instructions,
    /// The messages so far.
    pub messages: Arc<[Message]>,
    /// The settings of the calls, without prompt and tools.
    pub settings: Arc<CallOptions>,
    /// How often a failed call is sent again.
    pub max_retries: u32,
    /// The names of the tools.
    pub tools: Vec<String>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// A step begins.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StepStartEvent {
    /// The id of the request.
    pub call_id: String,
    /// Which step, counted from 0.
    pub step_number: usize,
    /// The provider that is asked.
    pub provider: String,
    /// The model that is asked.
    pub model_id: String,
    /// What the model is to keep to in this step.
    pub instructions: Instructions,
    /// The messages so far.
    pub messages: Arc<[Message]>,
    /// The call as the model gets it: prompt, tools, settings.
    pub options: Arc<CallOptions>,
    /// The steps before this one.
    pub steps: Vec<Arc<Step>>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// A model is about to be called.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ModelCallStartEvent {
    /// The id of the request.
    pub call_id: String,
    /// Which step, counted from 0.
    pub step_number: usize,
    /// The provider that is asked.
    pub provider: String,
    /// The model that is asked.
    pub model_id: String,
    /// The call as the model gets it: prompt, tools, settings.
    pub options: Arc<CallOptions>,
}

/// A model has answered; its tools have not run yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ModelCallEndEvent {
    /// The id of the request.
    pub call_id: String,
    /// Which step, counted from 0.
    pub step_number: usize,
    /// The provider that was asked.
    pub provider: String,
    /// The model that was asked.
    pub model_id: String,
    /// The parts of the answer.
    pub content: Vec<ContentPart>,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// What the call used.
    pub usage: Usage,
    /// What the provider said about its answer.
    pub response: ResponseInfo,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// How long the call took. Times of the step and of tools are not known yet.
    pub performance: Performance,
}

/// A tool of the caller's is about to run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ToolStartEvent {
    /// The id of the request.
    pub call_id: String,
    /// The tool call.
    pub tool_call: ToolCall,
    /// The messages that led to it.
    pub messages: Arc<[Message]>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// A tool of the caller's has run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ToolEndEvent {
    /// The id of the request.
    pub call_id: String,
    /// What came of it.
    pub outcome: ToolOutcome,
    /// How long it ran.
    pub duration: Duration,
    /// The messages that led to it.
    pub messages: Arc<[Message]>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// Somebody gave up on the request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AbortEvent {
    /// The id of the request.
    pub call_id: String,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// The steps that were complete.
    pub steps: Vec<Arc<Step>>,
}
