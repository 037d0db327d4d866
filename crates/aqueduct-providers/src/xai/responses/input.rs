//! The conversation as items.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, ContentOutput, FilePart, Message, OutputPart, ReasoningPart,
    ToolCallPart, ToolMessage, ToolPart, ToolResultOutput, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, ProviderOptions, Result, Warning, media_type};
use serde_json::Value;

use super::super::KEY;
use super::super::prompt_file::PromptFile;
use crate::openai::responses::wire::{
    Content, ContentPart, FunctionCall, FunctionCallOutput, InputFile, InputImage, InputText, Item,
    Message as WireMessage, Reasoning, Summary,
};
use crate::openai_compatible::chat::encode::file_url;

/// Writes a conversation.
///
/// # Errors
/// `Unsupported` for content that the API has no place for.
pub(super) fn input(prompt: &[Message], warnings: &mut Vec<Warning>) -> Result<Vec<Item>> {
    let mut items = Vec::with_capacity(prompt.len());
    for message in prompt {
        match message {
            Message::System(message) => {
                let content = Content::from(message.content.as_str());
                items.push(WireMessage::new("system", content).into());
            }
            Message::User(message) => items.push(user(message)?),
            Message::Assistant(message) => assistant(message, &mut items, warnings),
            Message::Tool(message) => tool(message, &mut items, warnings)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(items)
}

fn input_text(text: &str) -> ContentPart {
    InputText { text: text.to_owned(), ..InputText::default() }.into()
}

fn user(message: &UserMessage) -> Result<Item> {
    let parts = message.content.iter().map(|part| match part {
        UserPart::Text(part) => Ok(input_text(&part.text)),
        UserPart::File(part) => user_file(part),
        other => Err(Error::unsupported(format_args!("user parts of type {}", other.tag()))),
    });
    let content = Content::Parts(parts.collect::<Result<_>>()?);
    Ok(WireMessage::new("user", content).into())
}

fn user_file(part: &FilePart) -> Result<ContentPart> {
    Ok(match PromptFile::of(part)? {
        PromptFile::Image { url, detail } => InputImage {
            image_url: Some(url),
            detail: detail.map(|detail| detail.as_str().into()),
            ..InputImage::default()
        }
        .into(),
        PromptFile::Uploaded { id } => {
            InputFile { file_id: Some(id), ..InputFile::default() }.into()
        }
        PromptFile::Document { url } => {
            InputFile { file_url: Some(url), ..InputFile::default() }.into()
        }
        PromptFile::Inline => {
            return Err(Error::unsupported(format_args!(
                "file part media type {} as inline data (xAI Responses requires a URL or a Files API reference for non-image files)",
                part.media_type
            )));
        }
    })
}

/// A text that an earlier answer's metadata has under a name.
fn kept<'a>(options: Option<&'a ProviderOptions>, name: &str) -> Option<&'a str> {
    options?.get(KEY)?.get(name)?.as_str()
}

fn assistant(message: &AssistantMessage, items: &mut Vec<Item>, warnings: &mut Vec<Warning>) {
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => {
                let content = Content::from(part.text.as_str());
                let mut said = WireMessage::new("assistant", content);
                let id = kept(part.provider_options.as_ref(), "itemId");
                said.id = id.map(str::to_owned);
                items.push(said.into());
            }
            // What the host ran is the host's own to remember; what another ran, it never learns of.
            AssistantPart::ToolCall(part) if part.provider_executed == Some(true) => {
                if is_others(part.provider_options.as_ref()) {
                    warnings.push(unsent("call", &part.tool_name));
                }
            }
            AssistantPart::ToolResult(part) => {
                if is_others(part.provider_options.as_ref()) {
                    warnings.push(unsent("result", &part.tool_name));
                }
            }
            AssistantPart::ToolCall(part) => items.push(function_call(part).into()),
            AssistantPart::Reasoning(part) => match thought(part) {
                Some(thought) => items.push(thought.into()),
                None => warnings.push(Warning::other(
                    "Reasoning parts without itemId or encrypted content cannot be sent back to xAI. Skipping.",
                )),
            },
            other => match custom(other) {
                Some(item) => items.push(item),
                None => warnings.push(Warning::other(format!(
                    "xAI Responses API does not support {} in assistant messages",
                    other.tag()
                ))),
            },
        }
    }
}

/// Whether only another provider has said something of a part.
fn is_others(options: Option<&ProviderOptions>) -> bool {
    options.is_some_and(|options| options.iter().next().is_some() && options.get(KEY).is_none())
}

fn unsent(what: &str, tool_name: &str) -> Warning {
    Warning::other(format!(
        "the {what} of tool {tool_name}, which another provider ran, is not sent to xAI"
    ))
}

/// An item of a kind that is not known, as it came.
fn custom(part: &AssistantPart) -> Option<Item> {
    let AssistantPart::Custom(part) = part else { return None };
    let item = part.provider_options.as_ref()?.get(KEY)?.get("item")?.as_object()?;
    Some(Item::Unknown(item.clone()))
}

fn function_call(part: &ToolCallPart) -> FunctionCall {
    let id = kept(part.provider_options.as_ref(), "itemId").unwrap_or(&part.tool_call_id);
    FunctionCall {
        call_id: part.tool_call_id.clone(),
        name: part.tool_name.clone(),
        arguments: part.input.to_string(),
        id: Some(id.to_owned()),
        status: Some("completed".to_owned()),
        ..FunctionCall::default()
    }
}

/// A thought, if the host can tell which one it is.
fn thought(part: &ReasoningPart) -> Option<Reasoning> {
    let options = part.provider_options.as_ref();
    let (id, encrypted) = (kept(options, "itemId"), kept(options, "reasoningEncryptedContent"));
    if id.is_none() && encrypted.is_none() {
        return None;
    }
    let summary = (!part.text.is_empty()).then(|| Summary::new(part.text.as_str()));
    let mut thought = Reasoning {
        id: Some(id.unwrap_or_default().to_owned()),
        encrypted_content: encrypted.map(str::to_owned),
        summary: Some(summary.into_iter().collect()),
        ..Reasoning::default()
    };
    thought.rest.insert("status".to_owned(), "completed".into());
    Some(thought)
}

fn tool(message: &ToolMessage, items: &mut Vec<Item>, warnings: &mut Vec<Warning>) -> Result<()> {
    for part in &message.content {
        // An approval is the answer to a question that this API does not ask.
        if let ToolPart::ToolResult(part) = part {
            items.push(
                FunctionCallOutput {
                    call_id: part.tool_call_id.clone(),
                    output: output(&part.output, warnings)?,
                    ..FunctionCallOutput::default()
                }
                .into(),
            );
        }
    }
    Ok(())
}

fn output(output: &ToolResultOutput, warnings: &mut Vec<Warning>) -> Result<Content> {
    Ok(match output {
        ToolResultOutput::Text(output) => Content::Text(output.value.clone()),
        ToolResultOutput::ErrorText(output) => Content::Text(output.value.clone()),
        ToolResultOutput::ExecutionDenied(output) => {
            Content::from(output.reason.as_deref().unwrap_or("tool execution denied"))
        }
        ToolResultOutput::Json(output) => Content::Text(output.value.to_string()),
        ToolResultOutput::ErrorJson(output) => Content::Text(output.value.to_string()),
        ToolResultOutput::Content(output) => parts(output, warnings)?,
        ToolResultOutput::Unknown(object) => {
            Content::Text(Value::Object(object.clone()).to_string())
        }
        other => {
            return Err(Error::unsupported(format_args!("tool results of type {}", other.tag())));
        }
    })
}

/// Texts and images; there is no place for more.
fn parts(output: &ContentOutput, warnings: &mut Vec<Warning>) -> Result<Content> {
    let mut parts = Vec::with_capacity(output.value.len());
    for part in &output.value {
        match part {
            OutputPart::Text(part) => parts.push(input_text(&part.text)),
            OutputPart::File(part) if is_image(part) => {
                let image_url = Some(file_url(part)?);
                parts.push(InputImage { image_url, ..InputImage::default() }.into());
            }
            other => {
                let feature = format!("parts of type {} in tool results", other.tag());
                warnings.push(Warning::unsupported(feature));
            }
        }
    }
    Ok(Content::Parts(parts))
}

fn is_image(part: &FilePart) -> bool {
    matches!(part.data, FileData::Url(_) | FileData::Data(_))
        && media_type::top_level(&part.media_type) == "image"
}
