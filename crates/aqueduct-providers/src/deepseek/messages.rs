//! The conversation as DeepSeek wants it.

use aqueduct_spec::language::{
    CallOptions, FilePart, Message, ResponseFormat, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, Result, Warning, media_type};

use crate::openai_compatible::chat::encode::{
    MessageRules, Target, assistant, file_url, tool_messages,
};
use crate::openai_compatible::chat::wire::{self, ContentPart, ImagePart, TextPart, UrlContent};

/// Writes the conversation, with instructions for JSON before it.
pub(super) fn messages(
    call: &CallOptions,
    target: Target<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    // These models want their thoughts back in every turn, be they empty.
    let keeps_thoughts = target.model_id.contains("deepseek-v4");
    let mut rules = MessageRules::new().without_copied_options();
    rules.null_content = false;
    let mut out = Vec::with_capacity(call.prompt.len() + 1);
    out.extend(instructions(call, target, warnings));
    let last_user = call.prompt.iter().rposition(|message| matches!(message, Message::User(_)));
    for (index, message) in call.prompt.iter().enumerate() {
        match message {
            Message::System(message) => {
                out.push(wire::Message::new("system", message.content.as_str()));
            }
            Message::User(message) => out.push(user(message, warnings)?),
            Message::Assistant(message) => {
                let mut written = assistant(message, &rules, warnings)?;
                if keeps_thoughts {
                    written.reasoning_content.get_or_insert_default();
                } else if last_user.is_some_and(|last| index <= last) {
                    written.reasoning_content = None;
                }
                out.push(written);
            }
            Message::Tool(message) => tool_messages(message, &rules, &mut out)?,
            other => {
                warnings.push(Warning::unsupported(format!("message role: {}", other.tag())));
            }
        }
    }
    Ok(out)
}

fn instructions(
    call: &CallOptions,
    target: Target<'_>,
    warnings: &mut Vec<Warning>,
) -> Option<wire::Message> {
    let Some(ResponseFormat::Json(format)) = &call.response_format else { return None };
    let Some(schema) = &format.schema else {
        return Some(wire::Message::new("system", "Return JSON."));
    };
    if target.supports_structured_outputs {
        return None;
    }
    warnings.push(Warning::compatibility(
        "responseFormat JSON schema",
        "JSON response schema is injected into the system message.",
    ));
    let text = format!("Return JSON that conforms to the following schema: {schema}");
    Some(wire::Message::new("system", text))
}

/// An image that is not given as text.
fn is_image(part: &FilePart) -> bool {
    media_type::top_level(&part.media_type) == "image"
        && matches!(part.data, FileData::Reference(_) | FileData::Url(_) | FileData::Data(_))
}

fn user(message: &UserMessage, warnings: &mut Vec<Warning>) -> Result<wire::Message> {
    let mut parts = Vec::with_capacity(message.content.len());
    let mut has_image = false;
    for part in &message.content {
        match part {
            UserPart::Text(part) => {
                parts.push(ContentPart::Text(TextPart::new(part.text.as_str())));
            }
            UserPart::File(part) if is_image(part) => {
                has_image = true;
                parts.push(image(part)?);
            }
            other => warnings
                .push(Warning::unsupported(format!("user message part type: {}", other.tag()))),
        }
    }
    if has_image {
        return Ok(wire::Message::new("user", parts));
    }
    Ok(wire::Message::new("user", wire::Content::Parts(parts).into_text()))
}

fn image(part: &FilePart) -> Result<ContentPart> {
    let FileData::Reference(reference) = &part.data else {
        return Ok(ContentPart::ImageUrl(ImagePart::new(UrlContent::new(file_url(part)?))));
    };
    let id = reference.reference.get("deepseek").ok_or_else(|| {
        Error::invalid_prompt("a file of the prompt has no reference for provider 'deepseek'")
    })?;
    Ok(ContentPart::Other(JsonObject::from_iter([
        ("type".to_owned(), "file".into()),
        ("file_id".to_owned(), id.as_str().into()),
    ])))
}
