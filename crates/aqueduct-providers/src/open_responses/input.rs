//! The conversation as items: all of it, for the host keeps nothing.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, ContentOutput, FilePart, Message, OutputPart, ReasoningPart,
    TextPart, ToolMessage, ToolPart, ToolResultOutput, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, ProviderOptions, Result, Warning, media_type};
use serde::Deserialize;
use serde_json::Value;

use crate::openai::responses::wire::{
    self, Annotation, Content, ContentPart, FunctionCall, FunctionCallOutput, InputFile,
    InputImage, InputText, Item, OutputText, Reasoning, Summary,
};

/// Writes a conversation: its items, and the instructions, which go elsewhere.
///
/// # Errors
/// `Unsupported` for content that the API has no place for.
pub(super) fn input(
    prompt: &[Message],
    key: &str,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<Item>, Option<String>)> {
    let mut items = Vec::with_capacity(prompt.len());
    let mut instructions = Vec::new();
    for message in prompt {
        match message {
            Message::System(message) => instructions.push(message.content.as_str()),
            Message::User(message) => items.push(user(message)?),
            Message::Assistant(message) => assistant(message, key, &mut items, warnings),
            Message::Tool(message) => tool(message, &mut items, warnings)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok((items, (!instructions.is_empty()).then(|| instructions.join("\n"))))
}

fn message(role: &str, parts: Vec<ContentPart>) -> wire::Message {
    let mut message = wire::Message::new(role, Content::Parts(parts));
    message.kind = Some("message".to_owned());
    message
}

fn input_text(part: &TextPart) -> ContentPart {
    InputText { text: part.text.clone(), ..InputText::default() }.into()
}

fn user(it: &UserMessage) -> Result<Item> {
    let mut parts = Vec::with_capacity(it.content.len());
    for part in &it.content {
        parts.push(match part {
            UserPart::Text(part) => input_text(part),
            UserPart::File(part) => match &part.data {
                FileData::Reference(_) => {
                    return Err(Error::unsupported("file parts with provider references"));
                }
                FileData::Text(_) => return Err(Error::unsupported("text file parts")),
                data => file(part)?.ok_or_else(|| {
                    Error::unsupported(format_args!("file parts of kind {}", data.tag()))
                })?,
            },
            other => {
                return Err(Error::unsupported(format_args!("user parts of type {}", other.tag())));
            }
        });
    }
    Ok(message("user", parts).into())
}

/// A file by its URL or its bytes; `None` if it has neither.
fn file(part: &FilePart) -> Result<Option<ContentPart>> {
    let is_image = media_type::top_level(&part.media_type) == "image";
    let url = match &part.data {
        FileData::Url(file) => file.url.clone(),
        FileData::Data(inline) => {
            inline.data.to_data_url(&media_type::resolve(&part.media_type, &part.data)?)
        }
        _ => return Ok(None),
    };
    Ok(Some(if is_image {
        InputImage { image_url: Some(url), ..InputImage::default() }.into()
    } else if matches!(part.data, FileData::Url(_)) {
        InputFile { file_url: Some(url), ..InputFile::default() }.into()
    } else {
        let filename = part.filename.clone().unwrap_or_else(|| "data".to_owned());
        let (filename, file_data) = (Some(filename), Some(url));
        InputFile { filename, file_data, ..InputFile::default() }.into()
    }))
}

/// What the host said of a part: in its options, or where it stood in the answer, if the caller has sent that back as it was.
fn said<'a>(
    options: Option<&'a ProviderOptions>,
    rest: &'a JsonObject,
    key: &str,
) -> Option<&'a JsonObject> {
    let options = options.and_then(|options| options.get(key));
    options.or_else(|| rest.get("providerMetadata")?.get(key)?.as_object())
}

fn item_id(said: Option<&JsonObject>) -> Option<String> {
    said?.get("itemId")?.as_str().map(str::to_owned)
}

fn assistant(it: &AssistantMessage, key: &str, items: &mut Vec<Item>, warnings: &mut Vec<Warning>) {
    // Texts of one item stay one item.
    let mut open: Option<(Option<String>, Vec<ContentPart>)> = None;
    let flush = |open: &mut Option<(Option<String>, Vec<ContentPart>)>, items: &mut Vec<Item>| {
        if let Some((id, parts)) = open.take() {
            let mut message = message("assistant", parts);
            message.id = id;
            items.push(message.into());
        }
    };
    for part in &it.content {
        match part {
            AssistantPart::Text(part) => {
                let said = said(part.provider_options.as_ref(), &part.rest, key);
                let id = item_id(said);
                if open.as_ref().is_some_and(|(open_id, _)| *open_id != id) {
                    flush(&mut open, items);
                }
                let text = output_text(part, said);
                open.get_or_insert_with(|| (id, Vec::new())).1.push(text);
            }
            AssistantPart::Reasoning(part) => {
                flush(&mut open, items);
                reasoning(part, key, items);
            }
            // A call that another host ran and answered itself would wait for its result here.
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => {
                flush(&mut open, items);
                let input = part.input.as_str().map(str::to_owned);
                items.push(Item::FunctionCall(FunctionCall {
                    id: item_id(said(part.provider_options.as_ref(), &part.rest, key)),
                    call_id: part.tool_call_id.clone(),
                    name: part.tool_name.clone(),
                    arguments: input.unwrap_or_else(|| part.input.to_string()),
                    ..FunctionCall::default()
                }));
            }
            AssistantPart::Custom(part) => {
                let item = said(part.provider_options.as_ref(), &part.rest, key)
                    .and_then(|it| it.get("item"));
                if let Some(Value::Object(item)) = item {
                    flush(&mut open, items);
                    items.push(Item::Unknown(item.clone()));
                } else {
                    let kind = format!("custom parts of kind {}", part.kind);
                    warnings.push(Warning::unsupported(kind));
                }
            }
            other => {
                let kind = format!("assistant parts of type {}", other.tag());
                warnings.push(Warning::unsupported(kind));
            }
        }
    }
    flush(&mut open, items);
}

fn output_text(part: &TextPart, said: Option<&JsonObject>) -> ContentPart {
    let annotations =
        said.and_then(|it| Vec::<Annotation>::deserialize(it.get("annotations")?).ok());
    let text = part.text.clone();
    OutputText { text, annotations, ..OutputText::default() }.into()
}

/// Parts of a thought as the host told them; `None` if they have another shape.
fn parts(said: Option<&JsonObject>, name: &str) -> Option<Vec<Summary>> {
    Vec::<Summary>::deserialize(said?.get(name)?).ok()
}

fn reasoning(part: &ReasoningPart, key: &str, items: &mut Vec<Item>) {
    let said = said(part.provider_options.as_ref(), &part.rest, key);
    let knows_content = said.is_some_and(|it| it.contains_key("reasoningContent"));
    let content = parts(said, "reasoningContent").or_else(|| {
        let is_own = !knows_content && !part.text.is_empty();
        is_own.then(|| {
            vec![Summary { kind: "reasoning_text".to_owned(), ..Summary::new(&*part.text) }]
        })
    });
    let encrypted = said.and_then(|it| it.get("reasoningEncryptedContent")?.as_str());
    let item = Reasoning {
        id: item_id(said),
        summary: Some(parts(said, "reasoningSummary").unwrap_or_default()),
        content,
        encrypted_content: encrypted.map(str::to_owned),
        ..Reasoning::default()
    };
    if let Some(Item::Reasoning(last)) = items.last_mut()
        && last.id.is_some()
        && last.id == item.id
    {
        if let Some(content) = item.content {
            last.content.get_or_insert_default().extend(content);
        }
        return;
    }
    items.push(Item::Reasoning(item));
}

fn tool(it: &ToolMessage, items: &mut Vec<Item>, warnings: &mut Vec<Warning>) -> Result<()> {
    for part in &it.content {
        match part {
            ToolPart::ToolResult(part) => {
                items.push(Item::FunctionCallOutput(FunctionCallOutput {
                    call_id: part.tool_call_id.clone(),
                    output: output(&part.output, warnings)?,
                    ..FunctionCallOutput::default()
                }));
            }
            // The answer to a question that this API has no place for.
            ToolPart::ToolApprovalResponse(_) => {}
            other => {
                return Err(Error::unsupported(format_args!("tool parts of type {}", other.tag())));
            }
        }
    }
    Ok(())
}

fn output(output: &ToolResultOutput, warnings: &mut Vec<Warning>) -> Result<Content> {
    Ok(Content::Text(match output {
        ToolResultOutput::Text(output) => output.value.clone(),
        ToolResultOutput::ErrorText(output) => output.value.clone(),
        ToolResultOutput::ExecutionDenied(output) => {
            output.reason.clone().unwrap_or_else(|| "Tool call execution denied.".to_owned())
        }
        ToolResultOutput::Json(output) => output.value.to_string(),
        ToolResultOutput::ErrorJson(output) => output.value.to_string(),
        ToolResultOutput::Content(output) => return output_parts(output, warnings),
        other => serde_json::to_string(other).map_err(|error| {
            let message = "the result of a tool cannot be written as JSON";
            Error::invalid_prompt(message).with_source(error)
        })?,
    }))
}

fn output_parts(output: &ContentOutput, warnings: &mut Vec<Warning>) -> Result<Content> {
    let mut parts = Vec::with_capacity(output.value.len());
    for part in &output.value {
        let unsupported = match part {
            OutputPart::Text(part) => {
                parts.push(input_text(part));
                continue;
            }
            OutputPart::File(part) => match file(part)? {
                Some(file) => {
                    parts.push(file);
                    continue;
                }
                None => format!("file with data type: {}", part.data.tag()),
            },
            other => other.tag().to_owned(),
        };
        let message = format!("unsupported tool content part type: {unsupported}");
        warnings.push(Warning::other(message));
    }
    Ok(Content::Parts(parts))
}
