//! An answer, made into messages for the next request.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CustomPart, DeniedOutput, FilePart, Message,
    ReasoningFilePart, ReasoningPart, TextPart, ToolApprovalResponsePart, ToolCallPart,
    ToolMessage, ToolPart, ToolResultOutput, ToolResultPart,
};
use serde_json::{Map, Value};

use crate::text::ContentPart;
use crate::tool::{ToolApprovalResponse, ToolCall, ToolError, ToolOutcome, ToolResult};

/// Writes the parts of a step as messages. What a provider said about a part becomes an option of it: that is how signatures
/// and encrypted thoughts come back to who made them.
pub(crate) fn response_messages(content: &[ContentPart]) -> Vec<Message> {
    let said: Vec<_> = content.iter().filter_map(assistant_part).collect();
    let mut results: Vec<_> = content.iter().flat_map(tool_parts).collect();
    sort_results(&mut results, content);
    let mut messages = Vec::new();
    if !said.is_empty() {
        messages.push(AssistantMessage::new(said).into());
    }
    if !results.is_empty() {
        messages.push(ToolMessage::new(results).into());
    }
    messages
}

/// Puts the results in the order of their calls, whoever gave them; answers of rules stay where they are.
fn sort_results(parts: &mut [ToolPart], content: &[ContentPart]) {
    let rank = |id: &str| {
        let is_call = |part: &ContentPart| matches!(part, ContentPart::ToolCall(call) if call.tool_call_id == id);
        content.iter().position(is_call).unwrap_or(content.len())
    };
    let mut results: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            ToolPart::ToolResult(result) => Some(result.clone()),
            _ => None,
        })
        .collect();
    results.sort_by_cached_key(|result| rank(&result.tool_call_id));
    let places = parts.iter_mut().filter(|part| matches!(part, ToolPart::ToolResult(_)));
    for (place, result) in places.zip(results) {
        *place = result.into();
    }
}

fn assistant_part(part: &ContentPart) -> Option<AssistantPart> {
    Some(match part {
        ContentPart::Text(text) => {
            if text.text.is_empty() && text.provider_metadata.is_none() {
                return None;
            }
            let mut part = TextPart::new(text.text.as_str());
            part.provider_options.clone_from(&text.provider_metadata);
            part.into()
        }
        ContentPart::Reasoning(thought) => {
            let mut part = ReasoningPart::new(thought.text.as_str());
            part.provider_options.clone_from(&thought.provider_metadata);
            part.into()
        }
        ContentPart::ReasoningFile(file) => {
            let mut part = ReasoningFilePart::new(file.data.clone(), file.media_type.as_str());
            part.provider_options.clone_from(&file.provider_metadata);
            part.into()
        }
        ContentPart::File(file) => {
            let mut part = FilePart::new(file.data.clone(), file.media_type.as_str());
            part.provider_options.clone_from(&file.provider_metadata);
            part.into()
        }
        ContentPart::Custom(custom) => {
            let mut part = CustomPart::new(custom.kind.as_str());
            part.provider_options.clone_from(&custom.provider_metadata);
            part.into()
        }
        ContentPart::ToolCall(call) => call_part(call).into(),
        ContentPart::ToolResult(result) if result.provider_executed => result_part(result).into(),
        ContentPart::ToolError(error) if error.provider_executed => error_part(error).into(),
        ContentPart::ToolApprovalRequest(request) => request.to_part().into(),
        // Sources are for the reader; a prompt has no place for them.
        _ => return None,
    })
}

fn tool_parts(part: &ContentPart) -> Vec<ToolPart> {
    match part {
        ContentPart::ToolResult(result) if !result.provider_executed => {
            vec![result_part(result).into()]
        }
        ContentPart::ToolError(error) if !error.provider_executed => vec![error_part(error).into()],
        ContentPart::ToolApprovalResponse(response) => approval_parts(response),
        _ => Vec::new(),
    }
}

/// The rule's answer, and what it means for the model if it is no.
fn approval_parts(response: &ToolApprovalResponse) -> Vec<ToolPart> {
    let mut part = ToolApprovalResponsePart::new(&*response.approval_id, response.approved);
    part.reason.clone_from(&response.reason);
    part.provider_executed = response.provider_executed.then_some(true);
    let mut parts = vec![part.into()];
    if !response.approved {
        let call = &response.tool_call;
        let reason = response.reason.as_deref();
        parts.push(denied_part(&call.tool_call_id, &call.tool_name, reason).into());
    }
    parts
}

/// The result of a call that was refused.
pub(crate) fn denied_part(call_id: &str, name: &str, reason: Option<&str>) -> ToolResultPart {
    let mut denied = DeniedOutput::default();
    denied.reason = reason.map(str::to_owned);
    ToolResultPart::new(call_id, name, ToolResultOutput::from(denied))
}

/// The result of a tool as the model sees it.
pub(crate) fn outcome_part(outcome: &ToolOutcome) -> ToolResultPart {
    match outcome {
        ToolOutcome::Result(result) => result_part(result),
        ToolOutcome::Error(error) => error_part(error),
    }
}

fn call_part(call: &ToolCall) -> ToolCallPart {
    // Providers refuse a call whose input is no object; the model learns what it wrote from the error that follows.
    let input = match &call.input {
        input if call.is_invalid() && !input.is_object() => Value::Object(Map::new()),
        input => input.clone(),
    };
    let mut part = ToolCallPart::new(call.tool_call_id.as_str(), call.tool_name.as_str(), input);
    part.provider_executed = call.provider_executed.then_some(true);
    part.provider_options.clone_from(&call.provider_metadata);
    part
}

fn result_part(result: &ToolResult) -> ToolResultPart {
    let (id, name) = (result.tool_call_id.as_str(), result.tool_name.as_str());
    let mut part = ToolResultPart::new(id, name, result.model_output.clone());
    part.provider_options.clone_from(&result.provider_metadata);
    part
}

fn error_part(error: &ToolError) -> ToolResultPart {
    let (id, name) = (error.tool_call_id.as_str(), error.tool_name.as_str());
    let output: ToolResultOutput = error.model_output.clone();
    let mut part = ToolResultPart::new(id, name, output);
    part.provider_options.clone_from(&error.provider_metadata);
    part
}
