//! The conversation.

use aqueduct_spec::language::{AssistantMessage, FilePart, Message, UserMessage, UserPart};
use aqueduct_spec::{Error, Result, Warning};

use super::super::prompt_file::PromptFile;
use crate::openai_compatible::chat::encode::{self, MessageRules, tool_messages};
use crate::openai_compatible::chat::wire::{
    self, ContentPart, FileContent, FilePart as WireFile, ImagePart, TextPart, UrlContent,
};

/// Writes the conversation.
///
/// # Errors
/// `Unsupported` for content that the API has no place for.
pub(super) fn messages(
    prompt: &[Message],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut rules = MessageRules::new().without_copied_options();
    rules.null_content = false;
    let mut out = Vec::with_capacity(prompt.len());
    for message in prompt {
        match message {
            Message::System(message) => {
                out.push(wire::Message::new("system", message.content.as_str()));
            }
            Message::User(message) => out.push(user(message)?),
            Message::Assistant(message) => out.push(assistant(message, &rules, warnings)?),
            Message::Tool(message) => tool_messages(message, &rules, &mut out)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(out)
}

fn user(message: &UserMessage) -> Result<wire::Message> {
    if let [UserPart::Text(part)] = message.content.as_slice() {
        return Ok(wire::Message::new("user", part.text.as_str()));
    }
    let parts = message.content.iter().map(|part| match part {
        UserPart::Text(part) => Ok(ContentPart::Text(TextPart::new(part.text.as_str()))),
        UserPart::File(part) => file(part),
        other => Err(Error::unsupported(format_args!("user parts of type {}", other.tag()))),
    });
    Ok(wire::Message::new("user", parts.collect::<Result<Vec<_>>>()?))
}

fn file(part: &FilePart) -> Result<ContentPart> {
    match PromptFile::of(part)? {
        PromptFile::Image { url, detail } => {
            let mut url = UrlContent::new(url);
            if let Some(detail) = detail {
                url.rest.insert("detail".to_owned(), detail.as_str().into());
            }
            Ok(ContentPart::ImageUrl(ImagePart::new(url)))
        }
        PromptFile::Uploaded { id } => {
            let file = FileContent { file_id: Some(id), ..FileContent::default() };
            Ok(ContentPart::File(WireFile::new(file)))
        }
        PromptFile::Document { .. } | PromptFile::Inline => {
            Err(Error::unsupported(format_args!("file part media type {}", part.media_type)))
        }
    }
}

fn assistant(
    message: &AssistantMessage,
    rules: &MessageRules<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<wire::Message> {
    let mut written = encode::assistant(message, rules, warnings)?;
    // The host does not want its thoughts back here.
    let warning = Warning::unsupported("assistant parts of type reasoning");
    if written.reasoning_content.take().is_some() && !warnings.contains(&warning) {
        warnings.push(warning);
    }
    Ok(written)
}
