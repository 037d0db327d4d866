//! The conversation.

use std::collections::HashMap;

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, Prompt, ReasoningPart, SystemMessage,
    TextPart, ToolCallPart, ToolMessage, ToolPart, ToolResultOutput, ToolResultPart, UserMessage,
    UserPart,
};
use aqueduct_spec::{FileData, JsonObject, ProviderOptions};
use serde_json::{Value, json};

use crate::error::Failure;

/// Under which name providers that speak this protocol look for what else to write into a message or part.
const SHARED: &str = "openaiCompatible";

/// Reads messages. `provider` is who knows the ids of uploaded files.
pub(super) fn prompt(messages: Vec<wire::Message>, provider: &str) -> Result<Prompt, Failure> {
    let mut prompt = Prompt::with_capacity(messages.len());
    // Results name their call by id alone.
    let mut tool_names: HashMap<String, String> = HashMap::new();
    for (index, mut message) in messages.into_iter().enumerate() {
        let place = Place { index, provider };
        match message.role.take().as_deref() {
            Some("system" | "developer") => {
                let mut system = SystemMessage::new(text_of(message.content));
                system.provider_options = shared(message.rest);
                prompt.push(system.into());
            }
            Some("user") => prompt.push(user(message, &place)?),
            Some("assistant") => {
                for call in message.tool_calls.iter().flatten() {
                    let id = call.id.clone().unwrap_or_default();
                    tool_names.insert(id, call.function.name.clone());
                }
                prompt.push(assistant(message));
            }
            Some("tool") => {
                let part = tool_result(message, &tool_names, &place)?;
                // Results of one turn are one message, which some providers insist on.
                match prompt.last_mut() {
                    Some(Message::Tool(last)) => last.content.push(part),
                    _ => prompt.push(ToolMessage::new(vec![part]).into()),
                }
            }
            _ => {
                return Err(place.wrong(
                    "role",
                    "must be 'system', 'developer', 'user', 'assistant' or 'tool'",
                ));
            }
        }
    }
    Ok(prompt)
}

struct Place<'a> {
    index: usize,
    provider: &'a str,
}

impl Place<'_> {
    fn wrong(&self, field: &str, what: &str) -> Failure {
        let param = format!("messages[{}].{field}", self.index);
        Failure::invalid(format!("{param}: {what}")).with_param(param)
    }
}

fn text_of(content: Option<wire::Content>) -> String {
    content.map(wire::Content::into_text).unwrap_or_default()
}

fn shared(rest: JsonObject) -> Option<ProviderOptions> {
    (!rest.is_empty()).then(|| ProviderOptions::of(SHARED, rest))
}

fn user(message: wire::Message, place: &Place<'_>) -> Result<Message, Failure> {
    let parts = match message.content {
        None => return Err(place.wrong("content", "is missing")),
        Some(wire::Content::Text(text)) => {
            let mut part = TextPart::new(text);
            // A message that is nothing but text is written as its part.
            part.provider_options = shared(message.rest);
            return Ok(UserMessage::new(vec![part.into()]).into());
        }
        Some(wire::Content::Parts(parts)) => parts,
    };
    let parts: Result<Vec<_>, _> =
        parts.into_iter().enumerate().map(|(index, part)| user_part(index, part, place)).collect();
    let mut user = UserMessage::new(parts?);
    user.provider_options = shared(message.rest);
    Ok(user.into())
}

fn user_part(
    index: usize,
    part: wire::ContentPart,
    place: &Place<'_>,
) -> Result<UserPart, Failure> {
    let field = format!("content[{index}]");
    match part {
        wire::ContentPart::Text(part) => {
            let mut text = TextPart::new(part.text);
            text.provider_options = shared(part.rest);
            Ok(text.into())
        }
        wire::ContentPart::ImageUrl(part) => {
            let mut file = at_url(part.image_url.url, "image/*");
            if let Some(detail) = part.image_url.rest.get("detail") {
                let detail = JsonObject::from_iter([("imageDetail".to_owned(), detail.clone())]);
                file.provider_options = Some(ProviderOptions::of("openai", detail));
            }
            Ok(file.into())
        }
        wire::ContentPart::VideoUrl(part) => Ok(at_url(part.video_url.url, "video/*").into()),
        wire::ContentPart::InputAudio(part) => {
            let media_type = match part.input_audio.format.as_str() {
                "mp3" => "audio/mpeg".to_owned(),
                format => format!("audio/{format}"),
            };
            Ok(FilePart::new(FileData::base64(part.input_audio.data), media_type).into())
        }
        wire::ContentPart::File(part) => document(part.file, &field, place),
        _ => Err(place.wrong(
            &format!("{field}.type"),
            "must be 'text', 'image_url', 'input_audio', 'file' or 'video_url'",
        )),
    }
}

/// A file at a URL, or in a `data:` URL.
fn at_url(url: String, media_type: &str) -> FilePart {
    match data_url(&url) {
        Some((found, data)) => FilePart::new(FileData::base64(data), found),
        None => FilePart::new(FileData::url(url), media_type),
    }
}

/// The media type and the base64 of a `data:` URL.
fn data_url(url: &str) -> Option<(String, String)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let head = head.strip_suffix(";base64")?;
    let media_type = head.split(';').next().unwrap_or_default();
    let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
    Some((media_type.to_owned(), data.to_owned()))
}

fn document(file: wire::FileContent, field: &str, place: &Place<'_>) -> Result<UserPart, Failure> {
    let mut part = match (file.file_data, file.file_id) {
        (Some(data), _) => match data_url(&data) {
            Some((media_type, data)) => FilePart::new(FileData::base64(data), media_type),
            None => FilePart::new(FileData::base64(data), "application/pdf"),
        },
        (None, Some(id)) => {
            let reference = [(place.provider.to_owned(), id)].into_iter().collect();
            FilePart::new(FileData::reference(reference), "application/octet-stream")
        }
        (None, None) => {
            let field = format!("{field}.file");
            return Err(place.wrong(&field, "must have 'file_data' or 'file_id'"));
        }
    };
    part.filename = file.filename;
    Ok(part.into())
}

fn assistant(message: wire::Message) -> Message {
    let mut parts: Vec<AssistantPart> = Vec::new();
    if let Some(thought) = message.reasoning_content.or(message.reasoning) {
        parts.push(ReasoningPart::new(thought).into());
    }
    let text = text_of(message.content);
    if !text.is_empty() {
        parts.push(TextPart::new(text).into());
    }
    let mut rest = message.rest;
    rest.retain(|name, value| !(value.is_null() || name == "annotations" || name == "audio"));
    if let Some(Value::String(refusal)) = rest.shift_remove("refusal") {
        parts.push(TextPart::new(refusal).into());
    }
    parts.extend(message.tool_calls.into_iter().flatten().map(|call| tool_call(call).into()));
    let mut assistant = AssistantMessage::new(parts);
    assistant.provider_options = shared(rest);
    assistant.into()
}

fn tool_call(call: wire::ToolCall) -> ToolCallPart {
    let wire::FunctionCall { name, arguments, .. } = call.function;
    // What the model wrote may be no JSON; then it goes back as the text it was.
    let input = match arguments.trim() {
        "" => json!({}),
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(arguments.clone())),
    };
    let mut part = ToolCallPart::new(call.id.unwrap_or_default(), name, input);
    if let Some(signature) = call.extra_content.as_ref().and_then(wire::ExtraContent::signature) {
        let signature = JsonObject::from_iter([("thoughtSignature".to_owned(), signature.into())]);
        part.provider_options = Some(ProviderOptions::of("google", signature));
    }
    part
}

fn tool_result(
    message: wire::Message,
    tool_names: &HashMap<String, String>,
    place: &Place<'_>,
) -> Result<ToolPart, Failure> {
    let Some(id) = message.tool_call_id else {
        return Err(place.wrong("tool_call_id", "is missing"));
    };
    let name = tool_names.get(&id).cloned().unwrap_or_default();
    let output = ToolResultOutput::text(text_of(message.content));
    Ok(ToolResultPart::new(id, name, output).into())
}
