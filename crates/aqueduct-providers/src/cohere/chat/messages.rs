//! The conversation as Cohere wants it: text files are documents of their own, which can be cited.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, ToolMessage, ToolPart, UserMessage,
    UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, Result, Warning, media_type};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::openai_compatible::chat::encode::{file_url, tool_output};
use crate::vendor_options;

/// The messages, and the documents that go beside them.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) messages: Vec<Value>,
    pub(super) documents: Vec<Value>,
}

/// Options of an image under `cohere`.
#[derive(Debug, Default, Deserialize)]
struct ImageOptions {
    detail: Option<String>,
}

/// Writes the conversation.
pub(super) fn messages(prompt: &[Message], warnings: &mut Vec<Warning>) -> Result<Conversation> {
    let mut out = Conversation::default();
    for message in prompt {
        match message {
            Message::System(message) => {
                out.messages.push(json!({ "role": "system", "content": message.content }));
            }
            Message::User(message) => {
                let message = user(message, &mut out.documents)?;
                out.messages.push(message);
            }
            Message::Assistant(message) => out.messages.push(assistant(message, warnings)),
            Message::Tool(message) => tool(message, &mut out.messages)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(out)
}

fn user(message: &UserMessage, documents: &mut Vec<Value>) -> Result<Value> {
    let (mut parts, mut text, mut has_image) = (Vec::new(), String::new(), false);
    for part in &message.content {
        match part {
            UserPart::Text(part) if part.text.is_empty() => {}
            UserPart::Text(part) => {
                text.push_str(&part.text);
                parts.push(json!({ "type": "text", "text": part.text }));
            }
            UserPart::File(part) if media_type::top_level(&part.media_type) == "image" => {
                has_image = true;
                parts.push(image(part)?);
            }
            UserPart::File(part) => documents.push(document(part)?),
            other => {
                return Err(Error::unsupported(format_args!("user parts of type {}", other.tag())));
            }
        }
    }
    let content = if has_image { Value::Array(parts) } else { Value::String(text) };
    Ok(json!({ "role": "user", "content": content }))
}

fn image(part: &FilePart) -> Result<Value> {
    match &part.data {
        FileData::Reference(_) => {
            return Err(Error::unsupported("image file parts with provider references"));
        }
        FileData::Text(_) => return Err(Error::unsupported("image file parts with text data")),
        _ => {}
    }
    let options: ImageOptions = vendor_options::read(part.provider_options.as_ref(), "cohere")?;
    let mut image = JsonObject::from_iter([("url".to_owned(), file_url(part)?.into())]);
    if let Some(detail) = options.detail {
        image.insert("detail".to_owned(), detail.into());
    }
    Ok(json!({ "type": "image_url", "image_url": image }))
}

fn document(part: &FilePart) -> Result<Value> {
    let text = match &part.data {
        FileData::Text(file) => file.text.clone(),
        FileData::Data(inline) => {
            let bytes = inline.data.to_bytes()?;
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            String::from_utf8_lossy(bytes).into_owned()
        }
        FileData::Reference(_) => {
            return Err(Error::unsupported("file parts with provider references"));
        }
        _ => return Err(Error::unsupported("File URL data")),
    };
    let mut data = JsonObject::from_iter([("text".to_owned(), text.into())]);
    if let Some(title) = &part.filename {
        data.insert("title".to_owned(), title.as_str().into());
    }
    Ok(json!({ "data": data }))
}

/// Text beside calls is left out, and thoughts are: the API does not take them back. Both are told.
fn assistant(message: &AssistantMessage, warnings: &mut Vec<Warning>) -> Value {
    let (mut text, mut calls) = (String::new(), Vec::new());
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => text.push_str(&part.text),
            // A call that another host ran and answered itself would wait for its result here.
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => {
                calls.push(json!({
                    "id": part.tool_call_id,
                    "type": "function",
                    "function": { "name": part.tool_name, "arguments": part.input.to_string() },
                }));
            }
            other => {
                warn(&format!("assistant parts of type {}", other.tag()), warnings);
            }
        }
    }
    if calls.is_empty() {
        json!({ "role": "assistant", "content": text })
    } else {
        if !text.is_empty() {
            warn("assistant text beside tool calls", warnings);
        }
        json!({ "role": "assistant", "tool_calls": calls })
    }
}

/// Warns once of each kind, however often it comes.
fn warn(feature: &str, warnings: &mut Vec<Warning>) {
    let warning = Warning::unsupported(feature);
    if !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

fn tool(message: &ToolMessage, out: &mut Vec<Value>) -> Result<()> {
    for part in &message.content {
        // An approval is the answer to a question that this API does not ask.
        if let ToolPart::ToolResult(part) = part {
            out.push(json!({
                "role": "tool",
                "content": tool_output(&part.output)?,
                "tool_call_id": part.tool_call_id,
            }));
        }
    }
    Ok(())
}
