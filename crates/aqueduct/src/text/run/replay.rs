//! Answers to questions for leave that the request's last message holds: done before the model is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aqueduct_spec::language::{
    AssistantPart, Message, ToolApprovalRequestPart, ToolApprovalResponsePart, ToolCallPart,
    ToolMessage, ToolPart, ToolResultOutput,
};
use aqueduct_spec::{Error, Result};

use super::Run;
use super::tools::Workshop;
use crate::message::{denied_part, outcome_part};
use crate::text::TextStreamPart;
use crate::text::reader::call_not_found;
use crate::tool::{SignedCall, Tool, ToolApproval, ToolCall, ToolOutcome, ToolOutputDenied};

/// An answer, with the question and the call that it is about.
struct Answer {
    request: ToolApprovalRequestPart,
    response: ToolApprovalResponsePart,
    call: ToolCall,
    /// Which of the conversation's calls it is.
    position: usize,
    /// Whether the conversation has the result of the refusal already.
    has_result: bool,
}

impl Run<'_> {
    /// Runs what was allowed and tells the model of what was refused. Nothing of what a conversation claims is believed: the
    /// question must be there and be signed (if there is a secret), the rules must not speak against it, and of an input that
    /// does not fit its tool the model is told.
    pub(super) async fn replay_approvals(&mut self) -> Result<()> {
        let answers = self.answers()?;
        if answers.is_empty() {
            return Ok(());
        }
        let (mut allowed, mut denied) = (Vec::new(), Vec::new());
        let (mut approved, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.response.approved);
        approved.retain(|answer| !answer.call.provider_executed);
        // Answers come in any order; calls run in the model's.
        approved.sort_by_key(|answer| answer.position);
        denied.extend(refused);
        let mut unfit = Vec::new();
        for mut answer in approved {
            self.verify(&answer)?;
            let tool = self.config.tools.get(&answer.call.tool_name);
            if let Some(Err(failure)) = tool.map(|tool| tool.check(&answer.call.input)) {
                unfit.push(ToolOutcome::new(&answer.call, Err(failure)));
                continue;
            }
            let call = &answer.call;
            match self.leave(&self.config.tools, &self.contexts, call, &self.messages).await? {
                ToolApproval::Denied { reason } => {
                    answer.response.reason = reason.or(answer.response.reason);
                    denied.push(answer);
                }
                _ => allowed.push(answer.call),
            }
        }
        // Of ours first, whoever refused them.
        denied.sort_by_key(|answer| answer.call.provider_executed);
        for answer in &denied {
            let part = ToolOutputDenied::of(&answer.call);
            self.emitter.emit(TextStreamPart::ToolOutputDenied(part)).await;
        }
        for outcome in &unfit {
            self.emitter.emit(outcome.clone().into()).await;
        }
        let messages = Arc::clone(&self.messages);
        let tools = self.config.tools.for_step();
        let workshop = Workshop { tools: &tools, contexts: &self.contexts, messages: &messages };
        let order: Vec<_> = allowed.iter().map(|call| call.tool_call_id.clone()).collect();
        let mut outcomes = self.execute(&workshop, allowed, None).await?;
        outcomes
            .sort_by_key(|(outcome, _)| order.iter().position(|id| id == outcome.tool_call_id()));
        let outcomes = outcomes.iter().map(|(outcome, _)| outcome).chain(&unfit);
        let mut parts: Vec<ToolPart> =
            outcomes.map(|outcome| outcome_part(outcome).into()).collect();
        // The provider learns of refusals of its own tools from the answer itself.
        let ours =
            denied.iter().filter(|answer| !answer.has_result && !answer.call.provider_executed);
        parts.extend(ours.map(|answer| {
            let call = &answer.call;
            let reason = answer.response.reason.as_deref();
            denied_part(&call.tool_call_id, &call.tool_name, reason).into()
        }));
        if !parts.is_empty() {
            let message = Message::from(ToolMessage::new(parts));
            self.messages = messages.iter().cloned().chain([message.clone()]).collect();
            self.initial_response.push(message);
        }
        Ok(())
    }

    /// The answers of the last message, if it is a tool message.
    fn answers(&self) -> Result<Vec<Answer>> {
        let Some(Message::Tool(last)) = self.messages.last() else { return Ok(Vec::new()) };
        let (requests, calls) = asked(&self.messages);
        let (mut answers, mut answered) = (Vec::new(), BTreeSet::new());
        for part in &last.content {
            let ToolPart::ToolApprovalResponse(response) = part else { continue };
            let id = response.approval_id.as_str();
            let request = *requests.get(id).ok_or_else(|| no_such_request(id))?;
            let call_id = request.tool_call_id.as_str();
            let result = last.content.iter().find_map(|part| match part {
                ToolPart::ToolResult(result) if result.tool_call_id == call_id => Some(result),
                _ => None,
            });
            let is_denial = result.is_some_and(|result| {
                matches!(result.output, ToolResultOutput::ExecutionDenied(_))
            });
            if result.is_some() && (response.approved || !is_denial) {
                continue;
            }
            let (position, call) =
                *calls.get(call_id).ok_or_else(|| call_not_found(id, call_id))?;
            // Of several answers about a call the first one counts: none runs it twice.
            if !answered.insert(call_id) {
                continue;
            }
            answers.push(Answer {
                request: request.clone(),
                response: response.clone(),
                call: self.known_call(call),
                position,
                has_result: result.is_some(),
            });
        }
        Ok(answers)
    }

    /// A call of the conversation's, with what is known of its tool.
    fn known_call(&self, call: &ToolCallPart) -> ToolCall {
        let tool = self.config.tools.get(&call.tool_name);
        ToolCall {
            tool_call_id: call.tool_call_id.clone(),
            tool_name: call.tool_name.clone(),
            input: call.input.clone(),
            provider_executed: call.provider_executed.unwrap_or(false),
            dynamic: tool.is_none_or(Tool::is_dynamic),
            title: tool.and_then(Tool::display_title).map(str::to_owned),
            tool_metadata: tool.and_then(Tool::noted_metadata).cloned(),
            provider_metadata: None,
            failure: None,
        }
    }

    /// Checks that the question was asked here, about this very call.
    fn verify(&self, answer: &Answer) -> Result<()> {
        let Some(key) = &self.config.approval.key else { return Ok(()) };
        let call = &answer.call;
        let signed = SignedCall {
            tool_call_id: &call.tool_call_id,
            tool_name: &call.tool_name,
            input: &call.input,
        };
        key.verify(&answer.request.approval_id, &signed, answer.request.signature.as_deref())
    }
}

type Asked<'a> =
    (BTreeMap<&'a str, &'a ToolApprovalRequestPart>, BTreeMap<&'a str, (usize, &'a ToolCallPart)>);

/// All questions and calls of a conversation, by their ids; the calls in their order.
fn asked(messages: &[Message]) -> Asked<'_> {
    let (mut requests, mut calls) = (BTreeMap::new(), BTreeMap::new());
    let mut position = 0;
    for message in messages {
        let Message::Assistant(assistant) = message else { continue };
        for part in &assistant.content {
            match part {
                AssistantPart::ToolApprovalRequest(request) => {
                    requests.insert(request.approval_id.as_str(), request);
                }
                AssistantPart::ToolCall(call) => {
                    calls.insert(call.tool_call_id.as_str(), (position, call));
                    position += 1;
                }
                _ => {}
            }
        }
    }
    (requests, calls)
}

fn no_such_request(approval_id: &str) -> Error {
    let message = format!("an answer is about approval '{approval_id}', which nobody asked for");
    Error::invalid_prompt(message).with_code("invalid_tool_approval").with_param(approval_id)
}
