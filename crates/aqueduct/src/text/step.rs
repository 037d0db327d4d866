//! One step: one answer of the model, and what came of its tool calls.

use std::collections::BTreeSet;

use aqueduct_spec::language::{
    FinishReason, Message, RequestInfo, ResponseInfo, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, ProviderMetadata, Warning};

use super::content::content_accessors;
use super::{ContentPart, Performance};
use crate::message::response_messages;
use crate::tool::{Contexts, ToolCall};

/// One step of a loop, complete.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Step {
    /// The id of the request, the same in all its steps and events.
    pub call_id: String,
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
    /// How long the step took.
    pub performance: Performance,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What was sent; the body only if asked for.
    pub request: RequestInfo,
    /// The messages that were sent, if asked for (`include_request_messages`).
    pub request_messages: Option<Vec<Message>>,
    /// What the provider said about its answer; the body only if asked for.
    pub response: ResponseInfo,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// The step as messages, ready to be sent with the next request.
    pub response_messages: Vec<Message>,
    /// What the provider reported to have failed while it answered.
    pub errors: Vec<Error>,
    /// What the program passed along.
    pub contexts: Contexts,
}

impl Step {
    content_accessors!();

    /// The parts of the answer.
    pub fn content(&self) -> &[ContentPart] {
        &self.content
    }

    fn last_content(&self) -> &[ContentPart] {
        &self.content
    }

    /// Writes the step's messages, with the results of the caller's tools in the order of their calls, at the end.
    pub(super) fn complete(&mut self, content: Vec<ContentPart>) {
        let calls: Vec<String> = content
            .iter()
            .filter_map(|part| match part {
                ContentPart::ToolCall(call) => Some(call.tool_call_id.clone()),
                _ => None,
            })
            .collect();
        let rank = |id: &str| calls.iter().position(|call| call == id).unwrap_or(calls.len());
        let (mut outcomes, mut said) = (Vec::new(), Vec::with_capacity(content.len()));
        for part in content {
            match &part {
                ContentPart::ToolResult(result) if !result.provider_executed => {
                    outcomes.push((rank(&result.tool_call_id), part));
                }
                ContentPart::ToolError(error) if !error.provider_executed => {
                    outcomes.push((rank(&error.tool_call_id), part));
                }
                _ => said.push(part),
            }
        }
        outcomes.sort_by_key(|(rank, _)| *rank);
        said.extend(outcomes.into_iter().map(|(_, part)| part));
        self.content = said;
        self.response_messages = response_messages(&self.content);
    }

    /// The calls that the caller has to answer.
    pub(crate) fn client_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.tool_calls().filter(|call| !call.provider_executed)
    }

    /// Whether every call of the caller's tools has an outcome, or was refused.
    pub(crate) fn is_answered(&self) -> bool {
        let answered: BTreeSet<&str> = self
            .content
            .iter()
            .filter_map(|part| match part {
                ContentPart::ToolResult(result) => Some(result.tool_call_id.as_str()),
                ContentPart::ToolError(error) => Some(error.tool_call_id.as_str()),
                ContentPart::ToolApprovalResponse(response) if !response.approved => {
                    Some(response.tool_call.tool_call_id.as_str())
                }
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
