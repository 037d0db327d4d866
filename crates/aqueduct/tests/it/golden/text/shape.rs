//! Ours as JSON of the form that `subjects/text.mjs` gives the AI SDK's results.

use aqueduct::TextStreamPart;
use aqueduct::retry::{RetryError, RetryReason};
use aqueduct::spec::language::{CallOptions, FinishReason, Message, ResponseInfo, Usage};
use aqueduct::spec::{Error, ErrorKind, FileData, ProviderMetadata};
use aqueduct::text::{ContentPart, Step, TextResult};
use aqueduct::tool::{
    ToolApprovalRequest, ToolApprovalResponse, ToolCall, ToolError, ToolFailure, ToolFailureKind,
    ToolResult,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

fn data(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// An object of the fields that are there.
macro_rules! object {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut object = Map::new();
        $(
            if let Some(value) = Option::<Value>::from($value) {
                object.insert($key.to_owned(), value);
            }
        )*
        Value::Object(object)
    }};
}

fn flag(is_set: bool) -> Option<Value> {
    is_set.then(|| true.into())
}

fn given<T: Serialize>(value: &Option<T>) -> Option<Value> {
    value.as_ref().map(data)
}

/// What an error is, in one word for both languages.
pub(super) fn error_word(error: &Error) -> String {
    if let Some(retries) = RetryError::of(error) {
        let reason = match retries.reason {
            RetryReason::MaxRetriesExceeded => "maxRetriesExceeded",
            _ => "errorNotRetryable",
        };
        let errors: Vec<_> = retries.errors.iter().map(error_word).collect();
        return format!("retry {reason} of {}", errors.join(", "));
    }
    if let Some(status) = error.status() {
        return format!("status {}", status.as_u16());
    }
    let word = match (error.code(), error.kind()) {
        (Some("missing_tool_results"), _) => "MissingToolResultsError",
        (Some("invalid_tool_approval"), _) => "InvalidToolApprovalError",
        (Some("invalid_tool_input"), _) => "InvalidToolInputError",
        (Some("tool_choice_violation"), _) => "ToolChoiceViolationError",
        (Some("tool_call_not_found_for_approval"), _) => "ToolCallNotFoundForApprovalError",
        (_, ErrorKind::InvalidPrompt) => "InvalidPromptError",
        (_, ErrorKind::Cancelled) => "AbortError",
        (_, ErrorKind::InvalidResponse) => "NoOutputGeneratedError",
        _ => error.message(),
    };
    word.to_owned()
}

fn failure_word(failure: &ToolFailure) -> Value {
    match failure.kind {
        ToolFailureKind::NoSuchTool => "NoSuchToolError".into(),
        ToolFailureKind::InvalidInput => "InvalidToolInputError".into(),
        ToolFailureKind::Repair => "ToolCallRepairError".into(),
        _ => failure.message.as_str().into(),
    }
}

fn usage(usage: &Usage) -> Value {
    let (input, output) = (usage.input_tokens, usage.output_tokens);
    let mut counts = vec![
        json!([input.total, input.no_cache, input.cache_read, input.cache_write]),
        json!([output.total, output.text, output.reasoning]),
        json!(usage.total_tokens()),
    ];
    counts.extend(given(&usage.raw));
    counts.into()
}

fn reason(reason: &FinishReason) -> Value {
    reason.unified.as_str().into()
}

/// What a provider said of its answer, unless it said nothing.
fn response(response: &ResponseInfo) -> Option<Value> {
    let mut said = data(response);
    let fields = said.as_object_mut().unwrap();
    let is_made_up = response.id.as_deref().is_some_and(|id| id.starts_with("id-"));
    let is_now = fields["timestamp"].as_str().is_some_and(|time| time > "2025");
    if is_now {
        fields.insert("timestamp".to_owned(), "now".into());
    }
    let is_told = response.headers.is_some() || response.body.is_some() || !is_now || !is_made_up;
    (is_told || response.model_id.as_deref() != Some("mock")).then_some(said)
}

fn call_fields(call: &ToolCall) -> Value {
    let failure = call.failure.as_ref();
    object! {
        "type": data("tool-call"),
        "toolCallId": data(&call.tool_call_id),
        "toolName": data(&call.tool_name),
        "input": call.input.clone(),
        "providerExecuted": flag(call.provider_executed),
        "dynamic": flag(call.dynamic),
        "invalid": flag(call.is_invalid()),
        "error": failure.map(failure_word),
        "title": given(&call.title),
        "toolMetadata": given(&call.tool_metadata),
        "providerMetadata": given(&call.provider_metadata),
    }
}

fn result_fields(result: &ToolResult) -> Value {
    object! {
        "type": data("tool-result"),
        "toolCallId": data(&result.tool_call_id),
        "toolName": data(&result.tool_name),
        "input": result.input.clone(),
        "output": result.output.clone(),
        "providerExecuted": flag(result.provider_executed),
        "preliminary": flag(result.preliminary),
        "dynamic": flag(result.dynamic),
        "title": given(&result.title),
        "toolMetadata": given(&result.tool_metadata),
        "providerMetadata": given(&result.provider_metadata),
    }
}

fn error_fields(error: &ToolError) -> Value {
    object! {
        "type": data("tool-error"),
        "toolCallId": data(&error.tool_call_id),
        "toolName": data(&error.tool_name),
        "input": error.input.clone(),
        "error": data(&error.failure.message),
        "providerExecuted": flag(error.provider_executed),
        "dynamic": flag(error.dynamic),
        "title": given(&error.title),
        "toolMetadata": given(&error.tool_metadata),
        "providerMetadata": given(&error.provider_metadata),
    }
}

fn request_fields(request: &ToolApprovalRequest) -> Value {
    object! {
        "type": data("tool-approval-request"),
        "approvalId": data(&request.approval_id),
        "reason": given(&request.reason),
        "toolCallId": data(&request.tool_call.tool_call_id),
        "isAutomatic": flag(request.is_automatic),
        "signature": given(&request.signature),
        "providerMetadata": given(&request.provider_metadata),
    }
}

fn response_fields(response: &ToolApprovalResponse) -> Value {
    object! {
        "type": data("tool-approval-response"),
        "approvalId": data(&response.approval_id),
        "toolCallId": data(&response.tool_call.tool_call_id),
        "approved": data(response.approved),
        "reason": given(&response.reason),
        "providerExecuted": flag(response.provider_executed),
    }
}

fn file_fields(
    tag: &str,
    media_type: &str,
    file: &FileData,
    metadata: &Option<ProviderMetadata>,
) -> Value {
    let base64 = match file {
        FileData::Data(inline) => data(inline.data.to_base64()),
        other => data(other),
    };
    object! {
        "type": data(tag),
        "mediaType": data(media_type),
        "data": base64,
        "providerMetadata": given(metadata),
    }
}

fn tagged(tag: &str, part: impl Serialize) -> Value {
    let mut fields = data(part);
    fields["type"] = tag.into();
    fields
}

fn content(part: &ContentPart) -> Value {
    match part {
        ContentPart::Text(part) => tagged("text", part),
        ContentPart::Reasoning(part) => tagged("reasoning", part),
        ContentPart::File(part) => {
            file_fields("file", &part.media_type, &part.data, &part.provider_metadata)
        }
        ContentPart::ReasoningFile(part) => {
            file_fields("reasoning-file", &part.media_type, &part.data, &part.provider_metadata)
        }
        ContentPart::Source(part) => tagged("source", part),
        ContentPart::Custom(part) => tagged("custom", part),
        ContentPart::ToolCall(call) => call_fields(call),
        ContentPart::ToolResult(result) => result_fields(result),
        ContentPart::ToolError(error) => error_fields(error),
        ContentPart::ToolApprovalRequest(request) => request_fields(request),
        ContentPart::ToolApprovalResponse(response) => response_fields(response),
        other => panic!("{other:?} has no form"),
    }
}

/// The text of a delta is called `text` there.
fn delta(tag: &str, part: impl Serialize) -> Value {
    let mut fields = tagged(tag, part);
    let fields_mut = fields.as_object_mut().unwrap();
    let text = fields_mut.shift_remove("delta").unwrap();
    fields_mut.insert("text".to_owned(), text);
    fields
}

/// A part of a stream.
pub(in crate::golden) fn part(part: &TextStreamPart) -> Value {
    use TextStreamPart as Part;
    match part {
        Part::Start => json!({ "type": "start" }),
        Part::StartStep(step) => {
            let warnings = (!step.warnings.is_empty()).then(|| data(&step.warnings));
            object! { "type": data("start-step"), "warnings": warnings }
        }
        Part::TextStart(part) => tagged("text-start", part),
        Part::TextDelta(part) => delta("text-delta", part),
        Part::TextEnd(part) => tagged("text-end", part),
        Part::ReasoningStart(part) => tagged("reasoning-start", part),
        Part::ReasoningDelta(part) => delta("reasoning-delta", part),
        Part::ReasoningEnd(part) => tagged("reasoning-end", part),
        Part::ToolInputStart(part) => object! {
            "type": data("tool-input-start"),
            "id": data(&part.id),
            "toolName": data(&part.tool_name),
            "inputEncoding": given(&part.input_encoding),
            "providerExecuted": flag(part.provider_executed),
            "dynamic": flag(part.dynamic),
            "title": given(&part.title),
            "toolMetadata": given(&part.tool_metadata),
            "providerMetadata": given(&part.provider_metadata),
        },
        Part::ToolInputDelta(part) => tagged("tool-input-delta", part),
        Part::ToolInputEnd(part) => tagged("tool-input-end", part),
        Part::ToolCall(call) => call_fields(call),
        Part::ToolResult(result) => result_fields(result),
        Part::ToolError(error) => error_fields(error),
        Part::ToolApprovalRequest(request) => request_fields(request),
        Part::ToolApprovalResponse(response) => response_fields(response),
        Part::ToolOutputDenied(denied) => object! {
            "type": data("tool-output-denied"),
            "toolCallId": data(&denied.tool_call_id),
            "toolName": data(&denied.tool_name),
            "providerExecuted": flag(denied.provider_executed),
            "dynamic": flag(denied.dynamic),
        },
        Part::Source(part) => tagged("source", part),
        Part::File(part) => {
            file_fields("file", &part.media_type, &part.data, &part.provider_metadata)
        }
        Part::ReasoningFile(part) => {
            file_fields("reasoning-file", &part.media_type, &part.data, &part.provider_metadata)
        }
        Part::Custom(part) => tagged("custom", part),
        Part::FinishStep(part) => object! {
            "type": data("finish-step"),
            "finishReason": reason(&part.finish_reason),
            "rawFinishReason": given(&part.finish_reason.raw),
            "usage": usage(&part.usage),
            "response": response(&part.response),
            "providerMetadata": given(&part.provider_metadata),
        },
        Part::Finish(part) => object! {
            "type": data("finish"),
            "finishReason": reason(&part.finish_reason),
            "rawFinishReason": given(&part.finish_reason.raw),
            "usage": usage(&part.total_usage),
        },
        Part::Abort(part) => object! { "type": data("abort"), "reason": given(&part.reason) },
        Part::Error(error) => json!({ "type": "error", "error": error_word(error) }),
        Part::Raw(part) => tagged("raw", part),
        other => panic!("{other:?} has no form"),
    }
}

/// An account without what has nothing to tell.
fn told(mut fields: Value) -> Value {
    fields.as_object_mut().unwrap().retain(|_, value| match value {
        Value::Array(items) => !items.is_empty(),
        value => *value != 0,
    });
    fields
}

fn step(step: &Step) -> Value {
    told(object! {
        "model": data(&step.model_id),
        "content": data(step.content.iter().map(content).collect::<Vec<_>>()),
        "finishReason": reason(&step.finish_reason),
        "rawFinishReason": given(&step.finish_reason.raw),
        "usage": usage(&step.usage),
        "warnings": data(&step.warnings),
        "requestBody": given(&step.request.body),
        "requestMessages": given(&step.request_messages),
        "response": response(&step.response),
        "messages": data(&step.response_messages),
        "providerMetadata": given(&step.provider_metadata),
    })
}

/// The messages that arose before the first step; those of the steps follow.
fn initial_messages(result: &TextResult) -> Vec<Message> {
    let steps = result.steps().iter().flat_map(|step| step.response_messages.clone());
    let steps: Vec<_> = steps.collect();
    let mut all = result.response_messages();
    assert!(all.ends_with(&steps));
    all.truncate(all.len() - steps.len());
    all
}

/// A result.
pub(super) fn result(result: &TextResult) -> Value {
    let tags: Vec<_> = result.content().iter().map(content).collect();
    let tags: Vec<_> = tags.iter().map(|part| part["type"].as_str().unwrap()).collect();
    let ids = |calls: Vec<&String>| data(calls);
    let thoughts = |part: &&ContentPart| {
        matches!(part, ContentPart::Reasoning(_) | ContentPart::ReasoningFile(_))
    };
    told(object! {
        "text": data(result.text()),
        "reasoningText": given(&result.reasoning_text()),
        "reasoning": data(result.last_step().content.iter().filter(thoughts).count()),
        "files": data(result.files().count()),
        "sources": data(result.sources().count()),
        "toolCalls": ids(result.tool_calls().map(|call| &call.tool_call_id).collect()),
        "dynamicToolCalls": ids(result.dynamic_tool_calls().map(|call| &call.tool_call_id).collect()),
        "toolResults": ids(result.tool_results().map(|outcome| &outcome.tool_call_id).collect()),
        "content": data(tags.join(" ")),
        "finishReason": reason(result.finish_reason()),
        "rawFinishReason": given(&result.finish_reason().raw),
        "usage": usage(result.usage()),
        "warnings": data(result.warnings().collect::<Vec<_>>()),
        "providerMetadata": given(&result.provider_metadata()),
        "initialMessages": data(initial_messages(result)),
        "steps": data(result.steps().iter().map(|one| step(one)).collect::<Vec<_>>()),
    })
}

/// What a model was asked.
pub(super) fn call(model: &str, call: &CallOptions) -> Value {
    let mut call = data(call);
    if model != "mock" {
        call["modelId"] = model.into();
    }
    call
}

/// What a call has in common with the one before is not said again.
pub(super) fn keep_news(calls: &mut [Value]) {
    for position in (1..calls.len()).rev() {
        let before = calls[position - 1].clone();
        let call = calls[position].as_object_mut().unwrap();
        for (key, value) in call.iter_mut() {
            let prompt = (key == "prompt").then(|| before[key].as_array().unwrap());
            if let Some(old) = prompt {
                let new = value.as_array_mut().unwrap();
                if new.starts_with(old) {
                    new.splice(..old.len(), ["=".into()]);
                }
            } else if before.get(key) == Some(value) {
                *value = "=".into();
            }
        }
    }
}

/// Messages of errors that ours says in its own words, and whole numbers as JavaScript writes them.
pub(super) fn in_common_words(value: &mut Value) {
    const OWN_WORDS: [&str; 3] = [
        "model tried to call unavailable tool",
        "invalid input for tool",
        "error repairing tool call",
    ];
    match value {
        Value::String(text) => {
            if let Some(words) = OWN_WORDS.iter().find(|words| text.starts_with(**words)) {
                *text = format!("({words})");
            }
        }
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|number| number.fract() == 0.0) {
                *value = json!(whole as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(in_common_words),
        Value::Object(fields) => fields.values_mut().for_each(in_common_words),
        _ => {}
    }
}
