//! What the user says: text, pictures, documents.

use aqueduct_spec::language::{FilePart, UserMessage, UserPart};
use aqueduct_spec::{Data, Error, FileData, Result, media_type};
use serde_json::{Value, json};

use super::notes::Notes;
use crate::anthropic::messages::wire::{self, Block, Source};
use crate::anthropic::options::FileOptions;
use crate::anthropic::reference;

pub(super) fn encode(
    message: &UserMessage,
    blocks: &mut Vec<Block>,
    notes: &mut Notes,
) -> Result<()> {
    let last = message.content.len().saturating_sub(1);
    for (index, part) in message.content.iter().enumerate() {
        let options = match part {
            UserPart::Text(part) => part.provider_options.as_ref(),
            UserPart::File(part) => part.provider_options.as_ref(),
            _ => return Err(Error::unsupported(format_args!("content part: {}", part.tag()))),
        };
        let mut mark = notes.cache.take(options);
        if mark.is_none() && index == last {
            mark = notes.cache.take(message.provider_options.as_ref());
        }
        match part {
            UserPart::Text(part) => {
                let mut text = wire::TextBlock::new(part.text.as_str());
                text.cache_control = mark;
                blocks.push(Block::Text(text));
            }
            UserPart::File(part) => blocks.push(file(part, mark, notes)?),
            _ => {}
        }
    }
    Ok(())
}

fn file(part: &FilePart, mark: Option<Value>, notes: &mut Notes) -> Result<Block> {
    let top_level = media_type::top_level(&part.media_type);
    match &part.data {
        FileData::Reference(data) => {
            let file_id = reference::resolve(&data.reference)?.to_owned();
            notes.betas.add("files-api-2025-04-14");
            if options(part)?.container_upload == Some(true) {
                return Ok(Block::ContainerUpload(wire::ContainerUploadBlock::new(file_id)));
            }
            let source = Source::File { file_id };
            if top_level == "image" {
                return Ok(image(source, mark));
            }
            let mut document = wire::DocumentBlock::new(source);
            document.cache_control = mark;
            Ok(Block::Document(document))
        }
        FileData::Text(data) => document(part, text_source(data.text.clone()), mark),
        FileData::Url(data) => {
            let source = Source::Url { url: data.url.clone() };
            match part.media_type.as_str() {
                _ if top_level == "image" => Ok(image(source, mark)),
                "application/pdf" => {
                    notes.betas.add("pdfs-2024-09-25");
                    document(part, source, mark)
                }
                "text/plain" => document(part, source, mark),
                _ => Err(unsupported(part)),
            }
        }
        FileData::Data(data) => match top_level {
            "image" => {
                let media_type = media_type::resolve(&part.media_type, &part.data)?.into_owned();
                Ok(image(Source::Base64 { media_type, data: data.data.to_base64() }, mark))
            }
            "application"
                if media_type::resolve(&part.media_type, &part.data)? == "application/pdf" =>
            {
                notes.betas.add("pdfs-2024-09-25");
                document(part, pdf_source(&data.data), mark)
            }
            _ if part.media_type == "text/plain" => {
                document(part, text_source(decoded(&data.data)?), mark)
            }
            _ => Err(unsupported(part)),
        },
        FileData::Unknown(_) => {
            Err(Error::unsupported(format_args!("file data of type: {}", part.data.tag())))
        }
        _ => Err(unsupported(part)),
    }
}

fn image(source: Source, mark: Option<Value>) -> Block {
    let mut image = wire::ImageBlock::new(source);
    image.cache_control = mark;
    Block::Image(image)
}

fn document(part: &FilePart, source: Source, mark: Option<Value>) -> Result<Block> {
    let options = options(part)?;
    let mut document = wire::DocumentBlock::new(source);
    document.title = options.title.or_else(|| part.filename.clone());
    document.context = options.context.filter(|context| !context.is_empty());
    if options.citations.is_some_and(|citations| citations.enabled) {
        document.citations = Some(json!({ "enabled": true }));
    }
    document.cache_control = mark;
    Ok(Block::Document(document))
}

fn options(part: &FilePart) -> Result<FileOptions> {
    let options = part.provider_options.as_ref();
    let typed = options.map(|options| options.typed("anthropic")).transpose()?;
    Ok(typed.flatten().unwrap_or_default())
}

pub(super) fn pdf_source(data: &Data) -> Source {
    Source::Base64 { media_type: "application/pdf".to_owned(), data: data.to_base64() }
}

fn text_source(data: String) -> Source {
    Source::Text { media_type: "text/plain".to_owned(), data }
}

fn decoded(data: &Data) -> Result<String> {
    let bytes = data.to_bytes()?;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(text).into_owned())
}

fn unsupported(part: &FilePart) -> Error {
    Error::unsupported(format_args!("media type: {}", part.media_type))
}
