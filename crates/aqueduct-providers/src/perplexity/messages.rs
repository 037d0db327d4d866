//! The conversation as Perplexity wants it: text, or parts where there are files. There are no tools.

use aqueduct_spec::language::{AssistantMessage, AssistantPart, FilePart, Message, UserPart};
use aqueduct_spec::{Error, FileData, JsonObject, Result, Warning, media_type};
use serde_json::{Value, json};

use crate::openai_compatible::chat::encode::file_url;
use crate::openai_compatible::chat::wire::{
    self, Content, ContentPart, ImagePart, TextPart, UrlContent,
};

/// A part of either side.
enum Part<'a> {
    Text(&'a str),
    File(&'a FilePart),
    /// What has no place here.
    Nothing,
}

/// Writes the conversation. What other providers left in it and this API has no place for is left out with a warning.
pub(super) fn messages(
    prompt: &[Message],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut out = Vec::with_capacity(prompt.len());
    for message in prompt {
        out.push(match message {
            Message::System(message) => wire::Message::new("system", message.content.as_str()),
            Message::User(message) => said(
                "user",
                message.content.iter().map(|part| match part {
                    UserPart::Text(part) => Part::Text(&part.text),
                    UserPart::File(part) => Part::File(part),
                    _ => Part::Nothing,
                }),
            )?,
            Message::Assistant(message) => assistant(message, warnings)?,
            Message::Tool(_) => {
                warn("tool messages", warnings);
                continue;
            }
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        });
    }
    Ok(out)
}

fn assistant(message: &AssistantMessage, warnings: &mut Vec<Warning>) -> Result<wire::Message> {
    let mut parts = Vec::with_capacity(message.content.len());
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => parts.push(Part::Text(&part.text)),
            AssistantPart::File(part) if is_sendable(part) => parts.push(Part::File(part)),
            other => warn(&format!("assistant parts of type {}", other.tag()), warnings),
        }
    }
    said("assistant", parts.into_iter())
}

/// Whether the API takes a file.
fn is_sendable(part: &FilePart) -> bool {
    file(part, 0).is_ok()
}

fn warn(feature: &str, warnings: &mut Vec<Warning>) {
    let warning = Warning::unsupported(feature);
    if !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

fn said<'a>(role: &str, content: impl Iterator<Item = Part<'a>>) -> Result<wire::Message> {
    let (mut parts, mut has_file) = (Vec::new(), false);
    for (index, part) in content.enumerate() {
        match part {
            Part::Text(text) => parts.push(ContentPart::Text(TextPart::new(text))),
            Part::File(part) => {
                has_file = true;
                parts.push(file(part, index)?);
            }
            Part::Nothing => {}
        }
    }
    let parts = Content::Parts(parts);
    let content = if has_file { parts } else { Content::Text(parts.into_text()) };
    let mut message = wire::Message::new(role, "");
    message.content = Some(content);
    Ok(message)
}

fn file(part: &FilePart, index: usize) -> Result<ContentPart> {
    let unsupported = |kind: &str| Error::unsupported(format_args!("file part media type {kind}"));
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
    match media_type::top_level(&part.media_type) {
        "image" => Ok(ContentPart::ImageUrl(ImagePart::new(UrlContent::new(file_url(part)?)))),
        "application" => {
            let whole = media_type::resolve(&part.media_type, &part.data)?;
            if whole != "application/pdf" {
                return Err(unsupported(&whole));
            }
            Ok(pdf(part, index))
        }
        _ => Err(unsupported(&part.media_type)),
    }
}

/// A document, by its URL or as plain base64; the latter needs a name.
fn pdf(part: &FilePart, index: usize) -> ContentPart {
    let (url, name) = match &part.data {
        FileData::Data(inline) => {
            let name = part.filename.clone().filter(|name| !name.is_empty());
            (inline.data.to_base64(), Some(name.unwrap_or_else(|| format!("document-{index}.pdf"))))
        }
        FileData::Url(file) => (file.url.clone(), part.filename.clone()),
        _ => (String::new(), None),
    };
    let mut object = JsonObject::from_iter([
        ("type".to_owned(), "file_url".into()),
        ("file_url".to_owned(), json!({ "url": url })),
    ]);
    if let Some(name) = name {
        object.insert("file_name".to_owned(), Value::String(name));
    }
    ContentPart::Other(object)
}
