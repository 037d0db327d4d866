//! Messages as contents.

use aqueduct_spec::language::{FilePart, Message, Prompt, ToolPart, UserPart};
use aqueduct_spec::{Data, Error, FileData, Result, Warning, media_type};

use super::assistant::{self, Signatures};
use super::part_options::PartOptions;
use super::tool_result;
use crate::google::generate_content::capabilities::Capabilities;
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire::{Content, Part};

/// A prompt as the API has it.
#[derive(Debug, Default)]
pub(super) struct EncodedPrompt {
    pub(super) system_instruction: Option<Content>,
    pub(super) contents: Vec<Content>,
}

pub(super) fn encode(
    prompt: &Prompt,
    capabilities: Capabilities,
    dialect: &Dialect,
    warnings: &mut Vec<Warning>,
) -> Result<EncodedPrompt> {
    let mut system = Vec::new();
    let mut contents: Vec<Content> = Vec::new();
    let mut signatures = Signatures::default();
    for message in prompt {
        match message {
            Message::System(_) if !contents.is_empty() => {
                return Err(Error::unsupported(
                    "system messages are only supported at the beginning of the conversation",
                ));
            }
            Message::System(message) => system.push(Part::text(message.content.as_str())),
            Message::User(message) => {
                let parts = message.content.iter().map(|part| user_part(part, dialect));
                contents.push(Content::new("user", parts.collect::<Result<_>>()?));
            }
            Message::Assistant(message) => {
                let parts = assistant::encode(
                    &message.content,
                    capabilities,
                    dialect,
                    &mut signatures,
                    warnings,
                )?;
                contents.push(Content::new("model", parts));
            }
            Message::Tool(message) => {
                let parts = tool_parts(&message.content, &mut contents, capabilities, dialect)?;
                contents.push(Content::new("user", parts));
            }
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    signatures.warn(warnings);
    if capabilities.is_gemma {
        put_before(&mut contents, &system);
        return Ok(EncodedPrompt { system_instruction: None, contents });
    }
    let system_instruction =
        (!system.is_empty()).then(|| Content { parts: Some(system), ..Content::default() });
    Ok(EncodedPrompt { system_instruction, contents })
}

/// Gemma has no system instruction: what it says goes before the first words of the user.
fn put_before(contents: &mut [Content], system: &[Part]) {
    let texts: Vec<&str> = system.iter().filter_map(|part| part.text.as_deref()).collect();
    if texts.is_empty() {
        return;
    }
    if let Some(first) = contents.first_mut().filter(|it| it.role.as_deref() == Some("user")) {
        let text = Part::text(format!("{}\n\n", texts.join("\n\n")));
        first.parts.get_or_insert_default().insert(0, text);
    }
}

fn user_part(part: &UserPart, dialect: &Dialect) -> Result<Part> {
    match part {
        UserPart::Text(part) => Ok(Part::text(part.text.as_str())),
        UserPart::File(part) => user_file(part, dialect),
        other => Err(Error::unsupported(format_args!("{} parts in user messages", other.tag()))),
    }
}

fn user_file(part: &FilePart, dialect: &Dialect) -> Result<Part> {
    match &part.data {
        FileData::Text(text) => Ok(text_file(&part.media_type, &text.text)),
        FileData::Url(url) => {
            Ok(Part::file(media_type::resolve(&part.media_type, &part.data)?, url.url.as_str()))
        }
        FileData::Reference(reference) => {
            let uri = reference_uri(&reference.reference, dialect)?;
            Ok(Part::file(media_type::resolve(&part.media_type, &part.data)?, uri))
        }
        FileData::Data(inline) => {
            let media_type = media_type::resolve(&part.media_type, &part.data)?;
            Ok(Part::inline(media_type, inline.data.to_base64()))
        }
        other => Err(Error::unsupported(format_args!("file data of type {}", other.tag()))),
    }
}

/// A file that is text; the API takes files as bytes alone.
pub(super) fn text_file(media_type: &str, text: &str) -> Part {
    let media_type = if media_type::is_full(media_type) { media_type } else { "text/plain" };
    Part::inline(media_type, Data::from(text.as_bytes().to_vec()).to_base64())
}

/// What the vendor calls a file that was uploaded before.
pub(super) fn reference_uri<'a>(
    reference: &'a aqueduct_spec::data::ProviderReference,
    dialect: &Dialect,
) -> Result<&'a str> {
    if dialect.is_vertex {
        return Err(Error::unsupported("file parts with provider references"));
    }
    crate::google::reference::resolve(reference)
}

fn tool_parts(
    given: &[ToolPart],
    contents: &mut [Content],
    capabilities: Capabilities,
    dialect: &Dialect,
) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for part in given {
        let ToolPart::ToolResult(result) = part else { continue };
        let options = PartOptions::of(result.provider_options.as_ref(), dialect);
        // What the vendor's tools returned was part of the model's turn, and goes back to it.
        if let Some(tool) = options.server_tool()
            && let Some(last) = contents.last_mut().filter(|it| it.role.as_deref() == Some("model"))
        {
            let part = tool_result::of_server(&result.output, tool, options.signature());
            last.parts.get_or_insert_default().push(part);
            continue;
        }
        tool_result::encode(result, capabilities, dialect, &mut parts)?;
    }
    Ok(parts)
}
