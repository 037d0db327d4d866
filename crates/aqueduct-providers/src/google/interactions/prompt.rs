//! Messages as steps.

use std::collections::HashSet;

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, OutputPart, ToolMessage, ToolPart,
    ToolResultOutput, ToolResultPart, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, ProviderOptions, Result, Warning, media_type};
use serde_json::{Value, json};

use super::encode::put;
use super::options::GoogleInteractionsOptions;
use crate::google::reference;

/// A prompt as the API has it.
#[derive(Debug, Default)]
pub(super) struct EncodedPrompt {
    pub(super) system_instruction: Option<String>,
    pub(super) input: Vec<Value>,
}

pub(super) fn encode(
    prompt: &[Message],
    options: &GoogleInteractionsOptions,
    warnings: &mut Vec<Warning>,
) -> Result<EncodedPrompt> {
    let known = known_interaction(options, warnings);
    let resolution = options.media_resolution.as_deref();
    let mut writer =
        Writer { resolution, warnings, steps: Vec::new(), known_calls: HashSet::new() };
    let mut system: Vec<&str> = Vec::new();
    for message in prompt {
        match message {
            Message::System(message) => system.push(&message.content),
            Message::User(message) => writer.user(message)?,
            Message::Assistant(message) if known.is_some_and(|id| is_of(message, id)) => {
                writer.known_calls.extend(message.content.iter().filter_map(|part| match part {
                    AssistantPart::ToolCall(call) => Some(call.tool_call_id.as_str()),
                    _ => None,
                }));
            }
            Message::Assistant(message) => writer.assistant(message)?,
            Message::Tool(message) => writer.tool(message)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    let system_instruction = (!system.is_empty()).then(|| system.join("\n\n"));
    Ok(EncodedPrompt { system_instruction, input: writer.steps })
}

/// The interaction whose turns the vendor has.
fn known_interaction<'a>(
    options: &'a GoogleInteractionsOptions,
    warnings: &mut Vec<Warning>,
) -> Option<&'a str> {
    let id = options.previous_interaction_id.as_deref()?;
    if options.store == Some(false) {
        warnings.push(Warning::other(
            "google.interactions: providerOptions.google.previousInteractionId was set together with store: false. These are incoherent (the prior interaction cannot be referenced when nothing was stored on the server); the full history will be sent and previous_interaction_id will still be emitted.",
        ));
        return None;
    }
    Some(id)
}

fn is_of(message: &AssistantMessage, interaction: &str) -> bool {
    message.content.iter().any(|part| {
        let options = match part {
            AssistantPart::Text(part) => part.provider_options.as_ref(),
            AssistantPart::File(part) => part.provider_options.as_ref(),
            AssistantPart::Custom(part) => part.provider_options.as_ref(),
            AssistantPart::Reasoning(part) => part.provider_options.as_ref(),
            AssistantPart::ReasoningFile(part) => part.provider_options.as_ref(),
            AssistantPart::ToolCall(part) => part.provider_options.as_ref(),
            AssistantPart::ToolResult(part) => part.provider_options.as_ref(),
            _ => None,
        };
        own(options, "interactionId") == Some(interaction)
    })
}

/// What an earlier answer gave to be sent back.
fn own<'a>(options: Option<&'a ProviderOptions>, name: &str) -> Option<&'a str> {
    options?.get("google")?.get(name)?.as_str()
}

struct Writer<'a> {
    resolution: Option<&'a str>,
    warnings: &'a mut Vec<Warning>,
    steps: Vec<Value>,
    /// The calls that the vendor has, and with them their results.
    known_calls: HashSet<&'a str>,
}

impl<'a> Writer<'a> {
    fn user(&mut self, message: &UserMessage) -> Result<()> {
        let mut content: Vec<Value> = Vec::new();
        for part in &message.content {
            let block = match part {
                UserPart::Text(part) => Some(text(&part.text)),
                UserPart::File(part) => self.file(part)?,
                other => {
                    let kind = other.tag();
                    return Err(Error::unsupported(format_args!("{kind} parts in user messages")));
                }
            };
            let Some(block) = block else { continue };
            // One paragraph after the other is one text.
            match (content.last_mut().and_then(text_of), block.get("text").and_then(Value::as_str))
            {
                (Some(last), Some(more)) => {
                    last.push_str("\n\n");
                    last.push_str(more);
                }
                _ => content.push(block),
            }
        }
        self.step("user_input", &content);
        Ok(())
    }

    fn step(&mut self, kind: &str, content: &[Value]) {
        if !content.is_empty() {
            self.steps.push(json!({ "type": kind, "content": content }));
        }
    }

    fn assistant(&mut self, message: &AssistantMessage) -> Result<()> {
        let mut output: Vec<Value> = Vec::new();
        for part in &message.content {
            match part {
                AssistantPart::Text(part) => output.push(text(&part.text)),
                AssistantPart::File(part) => output.extend(self.file(part)?),
                AssistantPart::Reasoning(part) => {
                    self.step("model_output", &std::mem::take(&mut output));
                    let mut step = JsonObject::new();
                    put(&mut step, "type", Some("thought"));
                    put(&mut step, "signature", own(part.provider_options.as_ref(), "signature"));
                    let summary = (!part.text.is_empty()).then(|| vec![text(&part.text)]);
                    put(&mut step, "summary", summary);
                    self.steps.push(step.into());
                }
                AssistantPart::ToolCall(part) => {
                    self.step("model_output", &std::mem::take(&mut output));
                    let mut step = JsonObject::new();
                    put(&mut step, "type", Some("function_call"));
                    put(&mut step, "id", Some(part.tool_call_id.as_str()));
                    put(&mut step, "name", Some(part.tool_name.as_str()));
                    put(&mut step, "arguments", Some(arguments(&part.input)));
                    put(&mut step, "signature", own(part.provider_options.as_ref(), "signature"));
                    self.steps.push(step.into());
                }
                other => self.warnings.push(Warning::other(format!(
                    "google.interactions: unsupported assistant content part type \"{}\"; part dropped.",
                    other.tag()
                ))),
            }
        }
        self.step("model_output", &output);
        Ok(())
    }

    fn tool(&mut self, message: &ToolMessage) -> Result<()> {
        let mut content = Vec::new();
        for part in &message.content {
            match part {
                ToolPart::ToolResult(part)
                    if self.known_calls.contains(part.tool_call_id.as_str()) => {}
                ToolPart::ToolResult(part) => content.push(self.result(part)?),
                other => self.warnings.push(Warning::other(format!(
                    "google.interactions: unsupported tool message part type \"{}\"; part dropped.",
                    other.tag()
                ))),
            }
        }
        self.step("user_input", &content);
        Ok(())
    }

    fn result(&mut self, part: &ToolResultPart) -> Result<Value> {
        let mut out = JsonObject::new();
        put(&mut out, "type", Some("function_result"));
        put(&mut out, "call_id", Some(part.tool_call_id.as_str()));
        put(&mut out, "name", Some(part.tool_name.as_str()));
        put(&mut out, "signature", own(part.provider_options.as_ref(), "signature"));
        let (is_error, result): (bool, Value) = match &part.output {
            ToolResultOutput::Text(output) => (false, output.value.as_str().into()),
            ToolResultOutput::Json(output) => (false, output.value.to_string().into()),
            ToolResultOutput::ErrorText(output) => (true, output.value.as_str().into()),
            ToolResultOutput::ErrorJson(output) => (true, output.value.to_string().into()),
            ToolResultOutput::ExecutionDenied(output) => {
                let reason = output.reason.as_deref();
                (true, reason.unwrap_or("Tool execution denied by user.").into())
            }
            ToolResultOutput::Content(output) => (false, self.blocks(&output.value)?.into()),
            other => {
                let kind = other.tag();
                return Err(Error::unsupported(format_args!("tool results of type {kind}")));
            }
        };
        put(&mut out, "is_error", is_error.then_some(true));
        put(&mut out, "result", Some(result));
        Ok(out.into())
    }

    /// The texts and pictures of a result; it takes nothing else.
    fn blocks(&mut self, content: &[OutputPart]) -> Result<Vec<Value>> {
        let mut blocks = Vec::new();
        for item in content {
            match item {
                OutputPart::Text(part) => blocks.push(text(&part.text)),
                OutputPart::File(part) if media_type::top_level(&part.media_type) != "image" => {
                    self.warnings.push(Warning::other(format!(
                        "google.interactions: tool-result file with mediaType \"{}\" is not supported (Interactions `function_result.result` accepts only text and image content); part dropped.",
                        part.media_type
                    )));
                }
                OutputPart::File(part) if matches!(part.data, FileData::Text(_)) => {
                    self.warnings.push(Warning::other(
                        "google.interactions: tool-result image part with `data.type === \"text\"` is not representable as an image; part dropped.",
                    ));
                }
                OutputPart::File(part) => blocks.push(file_block("image", part, None)?),
                other => self.warnings.push(Warning::other(format!(
                    "google.interactions: tool-result content part type \"{}\" is not supported; part dropped.",
                    other.tag()
                ))),
            }
        }
        Ok(blocks)
    }

    fn file(&mut self, part: &FilePart) -> Result<Option<Value>> {
        if let FileData::Text(data) = &part.data {
            return Ok(Some(text(&data.text)));
        }
        let kind = match media_type::top_level(&part.media_type) {
            kind @ ("image" | "audio" | "video") => kind,
            "application" | "text" => "document",
            _ => {
                self.warnings.push(Warning::other(format!(
                    "google.interactions: unsupported file media type \"{}\"; part dropped.",
                    part.media_type
                )));
                return Ok(None);
            }
        };
        let resolution = self.resolution.filter(|_| matches!(kind, "image" | "video"));
        file_block(kind, part, resolution).map(Some)
    }
}

fn file_block(kind: &str, part: &FilePart, resolution: Option<&str>) -> Result<Value> {
    let mut block = JsonObject::new();
    put(&mut block, "type", Some(kind));
    let full = || media_type::is_full(&part.media_type).then_some(part.media_type.as_str());
    match &part.data {
        FileData::Data(inline) => {
            let media_type = media_type::resolve(&part.media_type, &part.data)?;
            put(&mut block, "data", Some(inline.data.to_base64()));
            put(&mut block, "mime_type", Some(media_type.into_owned()));
        }
        FileData::Url(url) => {
            put(&mut block, "uri", Some(url.url.as_str()));
            put(&mut block, "mime_type", full());
        }
        FileData::Reference(data) => {
            put(&mut block, "uri", Some(reference::resolve(&data.reference)?));
            put(&mut block, "mime_type", full());
        }
        other => {
            return Err(Error::unsupported(format_args!("file data of type {}", other.tag())));
        }
    }
    put(&mut block, "resolution", resolution);
    Ok(block.into())
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn text_of(block: &mut Value) -> Option<&mut String> {
    match block.get_mut("text") {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Arguments are an object here; what is none is wrapped into one.
fn arguments(input: &Value) -> Value {
    match input {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(object)) => object.into(),
            Ok(other) => json!({ "value": other }),
            Err(_) => json!({ "value": text }),
        },
        Value::Null => json!({}),
        other => other.clone(),
    }
}
