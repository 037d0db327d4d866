//! Messages in the form of the conventions: a role, and parts that have a type. Files at hand are told by their media types
//! and sizes, `size_bytes`, where the conventions have their contents.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai/non-normative/examples-llm-calls/> (2026-08).

use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::image::{GenerateImageOptions, ImageFile};
use aqueduct_spec::language::{Message, SystemMessage, UnifiedFinishReason};
use aqueduct_spec::media_type::detect;
use aqueduct_spec::video::{GenerateVideoOptions, Video, VideoFile};
use aqueduct_spec::{Data, FileData};
use serde_json::{Value, json};

use super::names;
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
        Some("content") => {
            output["value"].as_array().into_iter().flatten().map(content_of_tool).collect()
        }
        _ => output.clone(),
    }
}

fn content_of_tool(part: &Value) -> Value {
    match part["type"].as_str() {
        Some("text") => part.clone(),
        Some("file") => file(part),
        _ => match part["data"].as_str() {
            Some(data) => sized(part["mediaType"].as_str(), base64_bytes(data)),
            None => part.clone(),
        },
    }
}

fn file(part: &Value) -> Value {
    let (data, media_type) = (&part["data"], &part["mediaType"]);
    let modality = modality(media_type.as_str());
    match data["type"].as_str() {
        Some("url") => uri(media_type.as_str(), data["url"].as_str().unwrap_or_default()),
        Some("reference") => json!({
            "type": "file", "modality": modality, "mime_type": media_type,
            "file_id": data["reference"],
        }),
        Some("text") => sized(media_type.as_str(), data["text"].as_str().map_or(0, str::len)),
        _ => sized(media_type.as_str(), base64_bytes(data["data"].as_str().unwrap_or_default())),
    }
}

/// A file that is told by its size: pictures and sounds are megabytes, and no collector wants these.
fn sized(media_type: Option<&str>, size_bytes: usize) -> Value {
    json!({
        "type": "blob", "modality": modality(media_type), "mime_type": media_type,
        "size_bytes": size_bytes,
    })
}

/// How many bytes a text of base64 stands for.
fn base64_bytes(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
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

pub(super) fn text(kind: &str, content: &str) -> Value {
    json!({ "type": kind, "content": content })
}

fn tool_call(id: &Value, name: &Value, input: &Value) -> Value {
    json!({ "type": "tool_call", "id": id, "name": name, "arguments": input })
}

fn tool_response(id: &Value, response: &Value) -> Value {
    json!({ "type": "tool_call_response", "id": id, "response": response })
}

/// One message of the user's.
pub(super) fn user(parts: &[Value]) -> Value {
    json!([{ "role": "user", "parts": parts }])
}

/// One message of the model's, which is complete.
pub(super) fn model(parts: &[Value]) -> Value {
    json!([{ "role": "assistant", "parts": parts, "finish_reason": "stop" }])
}

/// Instructions that are one text.
pub(super) fn instruction(content: &str) -> Value {
    json!([text("text", content)])
}

/// What to draw.
pub(super) fn of_image(options: &GenerateImageOptions) -> Vec<Value> {
    let files = options.files.iter().flatten().chain(&options.mask).map(|file| match file {
        ImageFile::File(file) => blob(Some(&file.media_type), &file.data),
        ImageFile::Url(file) => uri(None, &file.url),
        _ => unknown(),
    });
    options.prompt.iter().map(|prompt| text("text", prompt)).chain(files).collect()
}

/// What to film.
pub(super) fn of_video(options: &GenerateVideoOptions) -> Vec<Value> {
    let frames = options.frame_images.iter().flatten().map(|frame| &frame.image);
    let references = options.input_references.iter().flatten();
    let files = options.image.iter().chain(frames).chain(references).map(|file| match file {
        VideoFile::File(file) => blob(Some(&file.media_type), &file.data),
        VideoFile::Url(file) => uri(file.media_type.as_deref(), &file.url),
        _ => unknown(),
    });
    options.prompt.iter().map(|prompt| text("text", prompt)).chain(files).collect()
}

/// A file that is handed over.
pub(super) fn upload(media_type: Option<&str>, data: &FileData) -> Value {
    match data {
        FileData::Data(inline) => blob(media_type, &inline.data),
        FileData::Text(inline) => sized(media_type.or(Some("text/plain")), inline.text.len()),
        FileData::Url(link) => uri(media_type, &link.url),
        _ => unknown(),
    }
}

/// A file that was made, of a kind that is known and a type that its bytes tell.
pub(super) fn made(family: &str, data: &Data) -> Value {
    let told = detect(data, Some(family)).map_or_else(|| format!("{family}/*"), str::to_owned);
    blob(Some(&told), data)
}

/// A video that was made.
pub(super) fn made_video(video: &Video) -> Value {
    match video {
        Video::Url(video) => uri(Some(&video.media_type), &video.url),
        Video::Base64(video) if video.media_type.is_empty() => made("video", &video.data),
        Video::Base64(video) => blob(Some(&video.media_type), &video.data),
        _ => unknown(),
    }
}

/// A file that is at hand.
pub(super) fn blob(media_type: Option<&str>, data: &Data) -> Value {
    let size_bytes = match data {
        Data::Bytes(bytes) => bytes.len(),
        Data::Base64(text) => base64_bytes(text),
    };
    sized(media_type, size_bytes)
}

/// Audio that is still to come, so that nobody knows how much.
pub(super) fn stream(format: &AudioFormat) -> Value {
    let media_type = Some(format.media_type.as_str());
    json!({ "type": "blob", "modality": modality(media_type), "mime_type": media_type })
}

fn uri(media_type: Option<&str>, uri: &str) -> Value {
    json!({
        "type": "uri", "modality": modality(media_type), "mime_type": media_type, "uri": uri,
    })
}

/// Of a form that this version does not know.
fn unknown() -> Value {
    json!({ "type": "unknown" })
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
            { "type": "blob", "modality": "image", "mime_type": "image/png", "size_bytes": 3 },
            {
                "type": "uri", "modality": "audio", "mime_type": "audio/mpeg",
                "uri": "https://example.com/a.mp3",
            },
            { "type": "blob", "modality": "document", "mime_type": "text/plain", "size_bytes": 2 },
        ]);
        assert_eq!(input(&messages), json!([{ "role": "user", "parts": parts }]));
    }
}
