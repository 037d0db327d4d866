//! Messages in the form of the conventions: a role, and parts that have a type.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai/non-normative/examples-llm-calls/> (2026-08).

use aqueduct_spec::language::{Message, SystemMessage, UnifiedFinishReason};
use serde_json::{Value, json};

use super::names;
use crate::rerank::Document;
use crate::text::ContentPart;

/// The instructions at the head of a prompt, and what follows.
pub(super) fn split_system(prompt: &[Message]) -> (Vec<SystemMessage>, &[Message]) {
    let system = prompt.iter().map_while(|message| match message {
        Message::System(system) => Some(system.clone()),
        _ => None,
    });
    let system: Vec<_> = system.collect();
    let rest = prompt.get(system.len()..).unwrap_or_default();
    (system, rest)
}

/// Instructions; `None` if there are none.
pub(super) fn instructions(messages: &[SystemMessage]) -> Option<Value> {
    let texts = messages.iter().map(|message| text("text", &message.content));
    (!messages.is_empty()).then(|| texts.collect())
}

/// What was said so far.
pub(super) fn input(messages: &[Message]) -> Value {
    let values = messages.iter().filter_map(|message| serde_json::to_value(message).ok());
    values.map(|value| message(&value)).collect()
}

fn message(message: &Value) -> Value {
    let parts: Vec<_> = match &message["content"] {
        Value::String(content) => vec![text("text", content)],
        Value::Array(parts) => parts.iter().map(part).collect(),
        _ => Vec::new(),
    };
    json!({ "role": message["role"], "parts": parts })
}

fn part(part: &Value) -> Value {
    match part["type"].as_str().unwrap_or_default() {
        kind @ ("text" | "reasoning") => json!({ "type": kind, "content": part["text"] }),
        "tool-call" => tool_call(&part["toolCallId"], &part["toolName"], &part["input"]),
        "tool-result" => tool_response(&part["toolCallId"], &response(&part["output"])),
        "file" => file(part),
        "tool-approval-response" => json!({
            "type": "tool_approval_response",
            "approval_id": part["approvalId"],
            "approved": part["approved"],
            "reason": part["reason"],
        }),
        "custom" => json!({ "type": "custom", "kind": part["kind"] }),
        other => json!({ "type": other.replace('-', "_") }),
    }
}

/// The result of a tool as the model gets it.
fn response(output: &Value) -> Value {
    match output["type"].as_str() {
        Some("text" | "error-text" | "json" | "error-json") => output["value"].clone(),
        Some("execution-denied") => json!({ "denied": true, "reason": output["reason"] }),
        _ => output.clone(),
    }
}

fn file(part: &Value) -> Value {
    let (data, media_type) = (&part["data"], &part["mediaType"]);
    let modality = modality(media_type.as_str());
    match data["type"].as_str() {
        Some("url") => json!({
            "type": "uri", "modality": modality, "mime_type": media_type, "uri": data["url"],
        }),
        Some("reference") => json!({
            "type": "file", "modality": modality, "mime_type": media_type,
            "file_id": data["reference"],
        }),
        kind => json!({
            "type": "blob", "modality": modality, "mime_type": media_type,
            "content": data[if kind == Some("text") { "text" } else { "data" }],
        }),
    }
}

fn modality(media_type: Option<&str>) -> &'static str {
    match media_type.and_then(|media_type| media_type.split('/').next()) {
        Some("video") => "video",
        Some("audio") => "audio",
        Some("image") | None => "image",
        Some(_) => "document",
    }
}

/// An answer: one message of the model's.
pub(super) fn output(content: &[ContentPart], reason: UnifiedFinishReason) -> Value {
    let parts: Vec<_> = content.iter().filter_map(content_part).collect();
    json!([{
        "role": "assistant",
        "parts": parts,
        "finish_reason": names::finish_reason(reason),
    }])
}

fn content_part(part: &ContentPart) -> Option<Value> {
    Some(match part {
        ContentPart::Text(part) => text("text", &part.text),
        ContentPart::Reasoning(part) => text("reasoning", &part.text),
        ContentPart::ToolCall(call) => {
            tool_call(&json!(call.tool_call_id), &json!(call.tool_name), &call.input)
        }
        ContentPart::ToolResult(result) => {
            tool_response(&json!(result.tool_call_id), &result.output)
        }
        ContentPart::ToolError(error) => {
            tool_response(&json!(error.tool_call_id), &json!({ "error": error.failure.message }))
        }
        ContentPart::File(part) => file(&serde_json::to_value(part).ok()?),
        _ => return None,
    })
}

fn text(kind: &str, content: &str) -> Value {
    json!({ "type": kind, "content": content })
}

fn tool_call(id: &Value, name: &Value, input: &Value) -> Value {
    json!({ "type": "tool_call", "id": id, "name": name, "arguments": input })
}

fn tool_response(id: &Value, response: &Value) -> Value {
    json!({ "type": "tool_call_response", "id": id, "response": response })
}

/// Documents as they were given.
pub(super) fn documents(documents: &[Document]) -> Value {
    let value = |document: &Document| match document {
        Document::Text(text) => json!(text),
        Document::Object(object) => json!(object),
    };
    documents.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_blobs_or_uris() {
        let messages: Vec<Message> = serde_json::from_value(json!([{
            "role": "user",
            "content": [
                { "type": "file", "mediaType": "image/png", "data": { "type": "data", "data": "AAAA" } },
                {
                    "type": "file", "mediaType": "audio/mpeg",
                    "data": { "type": "url", "url": "https://example.com/a.mp3" },
                },
                { "type": "file", "mediaType": "text/plain", "data": { "type": "text", "text": "hi" } },
            ],
        }]))
        .unwrap();
        let parts = json!([
            { "type": "blob", "modality": "image", "mime_type": "image/png", "content": "AAAA" },
            {
                "type": "uri", "modality": "audio", "mime_type": "audio/mpeg",
                "uri": "https://example.com/a.mp3",
            },
            { "type": "blob", "modality": "document", "mime_type": "text/plain", "content": "hi" },
        ]);
        assert_eq!(input(&messages), json!([{ "role": "user", "parts": parts }]));
    }
}
