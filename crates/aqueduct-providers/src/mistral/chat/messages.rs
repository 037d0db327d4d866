//! The conversation as Mistral wants it.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, ToolMessage, ToolPart, UserMessage,
    UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, Result, Warning, media_type};
use serde_json::{Value, json};

use crate::openai_compatible::chat::encode::{MessageRules, file_url, tool_call, tool_output};
use crate::openai_compatible::chat::wire::{self, Content, ContentPart, TextPart};

/// What is said to a model that shall answer in JSON of any shape.
const ANSWER_IN_JSON: &str = "You MUST answer with JSON.";

/// Writes the conversation.
pub(super) fn messages(
    prompt: &[Message],
    wants_json: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut out = Vec::with_capacity(prompt.len() + 1);
    if wants_json && !matches!(prompt.first(), Some(Message::System(_))) {
        out.push(wire::Message::new("system", ANSWER_IN_JSON));
    }
    for (index, message) in prompt.iter().enumerate() {
        match message {
            Message::System(message) if index == 0 && wants_json => {
                let text = match message.content.as_str() {
                    "" => ANSWER_IN_JSON.to_owned(),
                    text => format!("{text}\n\n{ANSWER_IN_JSON}"),
                };
                out.push(wire::Message::new("system", text));
            }
            Message::System(message) => {
                out.push(wire::Message::new("system", message.content.as_str()));
            }
            Message::User(message) => out.push(user(message)?),
            Message::Assistant(message) => {
                let mut written = assistant(message, warnings)?;
                if index + 1 == prompt.len() {
                    written.rest.insert("prefix".to_owned(), true.into());
                }
                out.push(written);
            }
            Message::Tool(message) => tool(message, &mut out)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(out)
}

fn user(message: &UserMessage) -> Result<wire::Message> {
    let parts = message.content.iter().map(|part| match part {
        UserPart::Text(part) => Ok(ContentPart::Text(TextPart::new(part.text.as_str()))),
        UserPart::File(part) => file(part),
        other => Err(Error::unsupported(format_args!("user parts of type {}", other.tag()))),
    });
    Ok(wire::Message::new("user", parts.collect::<Result<Vec<_>>>()?))
}

/// A part whose URL is text and no object.
fn file(part: &FilePart) -> Result<ContentPart> {
    match &part.data {
        FileData::Data(_) | FileData::Url(_) => {}
        FileData::Reference(_) => {
            return Err(Error::unsupported("file parts with provider references"));
        }
        FileData::Text(_) => return Err(Error::unsupported("text file parts")),
        other => {
            return Err(Error::unsupported(format_args!("file parts of kind {}", other.tag())));
        }
    }
    let kind = if media_type::top_level(&part.media_type) == "image" {
        "image_url"
    } else if media_type::resolve(&part.media_type, &part.data)? == "application/pdf" {
        "document_url"
    } else {
        return Err(Error::unsupported("Only images and PDF file parts are supported"));
    };
    let url = Value::String(file_url(part)?);
    Ok(ContentPart::Other(JsonObject::from_iter([
        ("type".to_owned(), kind.into()),
        (kind.to_owned(), url),
    ])))
}

fn assistant(message: &AssistantMessage, warnings: &mut Vec<Warning>) -> Result<wire::Message> {
    let rules = MessageRules::new().without_copied_options();
    let (mut parts, mut calls, mut has_thought) = (Vec::new(), Vec::new(), false);
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => {
                parts.push(ContentPart::Text(TextPart::new(part.text.as_str())));
            }
            AssistantPart::Reasoning(part) => {
                has_thought = true;
                parts.push(thought(&part.text));
            }
            // A call that another host ran and answered itself would wait for its result here.
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => {
                calls.push(tool_call(part, &rules)?);
            }
            other => warnings
                .push(Warning::unsupported(format!("assistant parts of type {}", other.tag()))),
        }
    }
    let content = Content::Parts(parts);
    let content = if has_thought { content } else { Content::Text(content.into_text()) };
    let mut written = wire::Message::new("assistant", "");
    written.content = Some(content);
    written.tool_calls = (!calls.is_empty()).then_some(calls);
    Ok(written)
}

fn thought(text: &str) -> ContentPart {
    ContentPart::Other(JsonObject::from_iter([
        ("type".to_owned(), "thinking".into()),
        ("thinking".to_owned(), json!([{ "type": "text", "text": text }])),
        ("closed".to_owned(), true.into()),
    ]))
}

fn tool(message: &ToolMessage, out: &mut Vec<wire::Message>) -> Result<()> {
    for part in &message.content {
        // An approval is the answer to a question that this API does not ask.
        if let ToolPart::ToolResult(part) = part {
            let mut written = wire::Message::new("tool", tool_output(&part.output)?);
            written.tool_call_id = Some(part.tool_call_id.clone());
            written.rest.insert("name".to_owned(), part.tool_name.as_str().into());
            out.push(written);
        }
    }
    Ok(())
}
