//! Files in a user's message.

use aqueduct_spec::language::FilePart;
use aqueduct_spec::{Data, Error, FileData, Result, media_type};

use super::wire::{
    ContentPart, FileContent, FilePart as WireFile, ImagePart, InputAudio, InputAudioPart,
    TextPart, UrlContent, VideoPart,
};

/// Which files a host takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKinds {
    /// Images, videos, sound, PDF and text.
    #[default]
    All,
    /// Images alone.
    Images,
    /// Images, videos and text.
    ImagesVideosText,
}

/// Writes a file as a part of a message.
pub(super) fn file(part: &FilePart, kinds: FileKinds) -> Result<ContentPart> {
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
    let top_level = media_type::top_level(&part.media_type);
    if kinds == FileKinds::Images && top_level != "image" {
        return Err(Error::unsupported("Non-image file content parts"));
    }
    if kinds == FileKinds::ImagesVideosText && matches!(top_level, "audio" | "application") {
        return Err(unsupported_type(&part.media_type));
    }
    match top_level {
        "image" => Ok(ContentPart::ImageUrl(ImagePart::new(url(part)?))),
        "video" => Ok(ContentPart::VideoUrl(VideoPart::new(url(part)?))),
        "audio" => audio(part),
        "application" => pdf(part),
        "text" => text(part),
        _ => Err(unsupported_type(&part.media_type)),
    }
}

fn unsupported_type(media_type: &str) -> Error {
    Error::unsupported(format_args!("file part media type {media_type}"))
}

fn url(part: &FilePart) -> Result<UrlContent> {
    Ok(UrlContent::new(file_url(part)?))
}

/// The URL, or the bytes as a `data:` URL.
pub(crate) fn file_url(part: &FilePart) -> Result<String> {
    if let FileData::Url(file) = &part.data {
        return Ok(file.url.clone());
    }
    let media_type = media_type::resolve(&part.media_type, &part.data)?;
    Ok(inline(part, "files with URLs")?.to_data_url(&media_type))
}

fn inline<'a>(part: &'a FilePart, otherwise: &str) -> Result<&'a Data> {
    match &part.data {
        FileData::Data(inline) => Ok(&inline.data),
        _ => Err(Error::unsupported(otherwise)),
    }
}

fn audio(part: &FilePart) -> Result<ContentPart> {
    let data = inline(part, "audio file parts with URLs")?;
    let media_type = media_type::resolve(&part.media_type, &part.data)?;
    let format = match media_type.as_ref() {
        "audio/wav" => "wav",
        "audio/mp3" | "audio/mpeg" => "mp3",
        other => return Err(Error::unsupported(format_args!("audio media type {other}"))),
    };
    let audio = InputAudio::new(data.to_base64(), format);
    Ok(ContentPart::InputAudio(InputAudioPart::new(audio)))
}

fn pdf(part: &FilePart) -> Result<ContentPart> {
    let data = inline(part, "PDF file parts with URLs")?;
    let media_type = media_type::resolve(&part.media_type, &part.data)?;
    if media_type != "application/pdf" {
        return Err(unsupported_type(&media_type));
    }
    let filename = part.filename.as_deref().unwrap_or("document.pdf").to_owned();
    let file_data = Some(data.to_data_url(&media_type));
    let file = FileContent { filename: Some(filename), file_data, ..FileContent::default() };
    Ok(ContentPart::File(WireFile::new(file)))
}

fn text(part: &FilePart) -> Result<ContentPart> {
    let text = match &part.data {
        FileData::Url(file) => file.url.clone(),
        _ => {
            let bytes = inline(part, "text file parts")?.to_bytes()?;
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    Ok(ContentPart::Text(TextPart::new(text)))
}
