//! The conversation.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, SystemMessage, ToolPart, ToolResultOutput,
    ToolResultPart, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, ProviderOptions, Result, Warning, media_type};
use serde_json::Value;

use crate::openai::responses::options::{SystemMessageMode, option};
use crate::openai_compatible::chat::wire::{
    self, Content, ContentPart, FileContent, ImagePart, InputAudio, InputAudioPart, TextPart,
    UrlContent,
};

const KEY: &str = "openai";

/// Writes a conversation.
///
/// # Errors
/// `Unsupported` for content that the API has no place for.
pub(super) fn messages(
    prompt: &[Message],
    mode: SystemMessageMode,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut out = Vec::with_capacity(prompt.len());
    for message in prompt {
        match message {
            Message::System(message) => out.extend(system(message, mode, warnings)),
            Message::User(message) => out.push(user(message)?),
            Message::Assistant(message) => out.push(assistant(message, warnings)),
            Message::Tool(message) => {
                for part in &message.content {
                    match part {
                        ToolPart::ToolResult(part) => out.push(tool_result(part)?),
                        // The answer to a question that this API has no place for.
                        ToolPart::ToolApprovalResponse(_) => {}
                        other => {
                            let what = format_args!("tool parts of type {}", other.tag());
                            return Err(Error::unsupported(what));
                        }
                    }
                }
            }
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(out)
}

/// Where the prompt cache may begin anew.
fn breakpoint(options: Option<&ProviderOptions>) -> Option<Value> {
    option(options, KEY, "promptCacheBreakpoint").cloned()
}

/// The fields of a part that the shared wire types have not got.
fn rest(breakpoint: Option<Value>) -> JsonObject {
    let field = breakpoint.map(|value| ("prompt_cache_breakpoint".to_owned(), value));
    field.into_iter().collect()
}

fn text_part(text: &str, breakpoint: Option<Value>) -> ContentPart {
    ContentPart::Text(TextPart { text: text.to_owned(), rest: rest(breakpoint) })
}

/// A text, as a part only if it has more to say.
fn text_content(text: &str, breakpoint: Option<Value>) -> Content {
    match breakpoint {
        None => text.into(),
        breakpoint => vec![text_part(text, breakpoint)].into(),
    }
}

fn system(
    message: &SystemMessage,
    mode: SystemMessageMode,
    warnings: &mut Vec<Warning>,
) -> Option<wire::Message> {
    let role = match mode {
        SystemMessageMode::System => "system",
        SystemMessageMode::Developer => "developer",
        SystemMessageMode::Remove => {
            warnings.push(Warning::other("system messages are removed for this model"));
            return None;
        }
    };
    let breakpoint = breakpoint(message.provider_options.as_ref());
    Some(wire::Message::new(role, text_content(&message.content, breakpoint)))
}

fn user(message: &UserMessage) -> Result<wire::Message> {
    if let [UserPart::Text(part)] = message.content.as_slice()
        && breakpoint(part.provider_options.as_ref()).is_none()
    {
        return Ok(wire::Message::new("user", part.text.as_str()));
    }
    let mut parts = Vec::with_capacity(message.content.len());
    for (index, part) in message.content.iter().enumerate() {
        parts.push(match part {
            UserPart::Text(part) => {
                text_part(&part.text, breakpoint(part.provider_options.as_ref()))
            }
            UserPart::File(part) => file(part, index)?,
            other => {
                return Err(Error::unsupported(format_args!("user parts of type {}", other.tag())));
            }
        });
    }
    Ok(wire::Message::new("user", parts))
}

fn file(part: &FilePart, index: usize) -> Result<ContentPart> {
    let rest = rest(breakpoint(part.provider_options.as_ref()));
    let is_url = matches!(part.data, FileData::Url(_));
    match &part.data {
        FileData::Reference(reference) => {
            let id = reference.reference.get(KEY).cloned().ok_or_else(|| {
                Error::invalid_prompt(format!("a file has no reference for provider '{KEY}'"))
            })?;
            let file = FileContent { file_id: Some(id), ..FileContent::default() };
            return Ok(ContentPart::File(wire::FilePart { file, rest }));
        }
        FileData::Url(_) | FileData::Data(_) => {}
        FileData::Text(_) => return Err(Error::unsupported("text file parts")),
        other => {
            return Err(Error::unsupported(format_args!("file parts of kind {}", other.tag())));
        }
    }
    match media_type::top_level(&part.media_type) {
        "image" => {
            let mut url = UrlContent::new(match &part.data {
                FileData::Url(file) => file.url.clone(),
                _ => data_url(part)?,
            });
            if let Some(detail) = option(part.provider_options.as_ref(), KEY, "imageDetail") {
                url.rest.insert("detail".to_owned(), detail.clone());
            }
            Ok(ContentPart::ImageUrl(ImagePart { image_url: url, rest }))
        }
        "audio" if is_url => Err(Error::unsupported("audio file parts with URLs")),
        "audio" => {
            let format = match &*media_type::resolve(&part.media_type, &part.data)? {
                "audio/wav" => "wav",
                "audio/mp3" | "audio/mpeg" => "mp3",
                other => {
                    let what = format_args!("audio content parts with media type {other}");
                    return Err(Error::unsupported(what));
                }
            };
            let input_audio = InputAudio::new(base64(part), format);
            Ok(ContentPart::InputAudio(InputAudioPart { input_audio, rest }))
        }
        _ => {
            let full = media_type::resolve(&part.media_type, &part.data)?;
            if full != "application/pdf" {
                return Err(Error::unsupported(format_args!("file part media type {full}")));
            }
            if is_url {
                return Err(Error::unsupported("PDF file parts with URLs"));
            }
            let name = part.filename.clone().unwrap_or_else(|| format!("part-{index}.pdf"));
            let file = FileContent {
                filename: Some(name),
                file_data: Some(data_url(part)?),
                ..FileContent::default()
            };
            Ok(ContentPart::File(wire::FilePart { file, rest }))
        }
    }
}

fn base64(part: &FilePart) -> String {
    match &part.data {
        FileData::Data(inline) => inline.data.to_base64(),
        _ => String::new(),
    }
}

fn data_url(part: &FilePart) -> Result<String> {
    let full = media_type::resolve(&part.media_type, &part.data)?;
    Ok(format!("data:{full};base64,{}", base64(part)))
}

fn assistant(message: &AssistantMessage, warnings: &mut Vec<Warning>) -> wire::Message {
    let (mut text, mut parts, mut calls) = (String::new(), Vec::new(), Vec::new());
    let mut has_breakpoint = false;
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => {
                let breakpoint = breakpoint(part.provider_options.as_ref());
                has_breakpoint |= breakpoint.is_some();
                text.push_str(&part.text);
                parts.push(text_part(&part.text, breakpoint));
            }
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => {
                let input = part.input.to_string();
                calls.push(wire::ToolCall::new(&*part.tool_call_id, &*part.tool_name, input));
            }
            // Thoughts and what a host did by itself have no place here.
            other => {
                let kind = format!("assistant parts of type {}", other.tag());
                let warning = Warning::unsupported(kind);
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
    }
    let content = if has_breakpoint {
        Some(Content::Parts(parts))
    } else {
        (calls.is_empty() || !text.is_empty()).then_some(Content::Text(text))
    };
    wire::Message {
        role: Some("assistant".to_owned()),
        content,
        tool_calls: (!calls.is_empty()).then_some(calls),
        ..wire::Message::default()
    }
}

fn tool_result(part: &ToolResultPart) -> Result<wire::Message> {
    let (text, own) = output(&part.output)?;
    let breakpoint = own.or_else(|| breakpoint(part.provider_options.as_ref()));
    let mut message = wire::Message::new("tool", text_content(&text, breakpoint));
    message.tool_call_id = Some(part.tool_call_id.clone());
    Ok(message)
}

/// The result of a tool as text, and where in it the prompt cache may begin anew.
fn output(output: &ToolResultOutput) -> Result<(String, Option<Value>)> {
    Ok(match output {
        ToolResultOutput::Text(it) => (it.value.clone(), breakpoint(it.provider_options.as_ref())),
        ToolResultOutput::ErrorText(it) => {
            (it.value.clone(), breakpoint(it.provider_options.as_ref()))
        }
        ToolResultOutput::ExecutionDenied(it) => {
            let reason = it.reason.clone();
            let reason = reason.unwrap_or_else(|| "Tool call execution denied.".to_owned());
            (reason, breakpoint(it.provider_options.as_ref()))
        }
        ToolResultOutput::Json(it) => {
            (it.value.to_string(), breakpoint(it.provider_options.as_ref()))
        }
        ToolResultOutput::ErrorJson(it) => {
            (it.value.to_string(), breakpoint(it.provider_options.as_ref()))
        }
        other => {
            let value = serde_json::to_value(other).map_err(|error| {
                let message = "the result of a tool cannot be written as JSON";
                Error::invalid_prompt(message).with_source(error)
            })?;
            let parts = value.get("value").unwrap_or(&value);
            let found = |part: &Value| {
                part.pointer("/providerOptions/openai/promptCacheBreakpoint").cloned()
            };
            let breakpoint = parts.as_array().and_then(|parts| parts.iter().find_map(found));
            (parts.to_string(), breakpoint)
        }
    })
}
