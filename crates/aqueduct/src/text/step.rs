//! One step: one answer of the model, and what came of its tool calls.

use std::collections::BTreeSet;

use aqueduct_spec::language::{
    FinishReason, Message, RequestInfo, ResponseInfo, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, ProviderMetadata, Warning};

use super::ContentPart;
use super::content::content_accessors;
use crate::tool::ToolCall;

/// One step of a loop, complete.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Step {
    /// Which step, counted from 0.
    pub step_number: usize,
    /// The provider that was asked, as in `groq.chat`.
    pub provider: String,
    /// The model that was asked.
    pub model_id: String,
    /// The parts of the answer in order, then the results of the caller's tools in the order of their calls.
    pub content: Vec<ContentPart>,
    /// Why the model stopped.
    pub finish_reason: FinishReason,
    /// What the step used.
    pub usage: Usage,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What was sent; the body only if asked for.
    pub request: RequestInfo,
    /// What the provider said about its answer; the body only if asked for.
    pub response: ResponseInfo,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// The step as messages, ready to be sent with the next request.
    pub response_messages: Vec<Message>,
    /// What the provider reported to have failed while it answered.
    pub errors: Vec<Error>,
}

impl Step {
    content_accessors!();

    /// The parts of the answer.
    pub fn content(&self) -> &[ContentPart] {
        &self.content
    }

    /// The calls that the caller has to answer.
    pub(crate) fn client_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.tool_calls().filter(|call| !call.provider_executed)
    }

    /// Whether every call of the caller's tools has an outcome.
    pub(crate) fn is_answered(&self) -> bool {
        let answered: BTreeSet<&str> = self
            .content
            .iter()
            .filter_map(|part| match part {
                ContentPart::ToolResult(result) => Some(result.tool_call_id.as_str()),
                ContentPart::ToolError(error) => Some(error.tool_call_id.as_str()),
                _ => None,
            })
            .collect();
        self.client_calls().all(|call| answered.contains(call.tool_call_id.as_str()))
    }

    /// Why the step failed, if the provider gave up on it.
    pub(crate) fn failure(&self) -> Option<&Error> {
        let has_failed = self.finish_reason.unified == UnifiedFinishReason::Error;
        self.errors.last().filter(|_| has_failed)
    }
}
