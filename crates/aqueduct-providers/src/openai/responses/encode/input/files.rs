//! What the user says, files among it.

use aqueduct_spec::language::{FilePart, UserMessage, UserPart};
use aqueduct_spec::{Data, Error, FileData, JsonObject, Result, media_type};

use super::super::super::options::option;
use super::wire::{self, Content, ContentPart, InputFile, InputImage};
use super::{Writer, input_text};

impl Writer<'_> {
    pub(super) fn user(&mut self, message: &UserMessage) -> Result<()> {
        let mut parts = Vec::with_capacity(message.content.len());
        for (index, part) in message.content.iter().enumerate() {
            parts.push(match part {
                UserPart::Text(part) => {
                    let breakpoint = self.breakpoint(part.provider_options.as_ref());
                    input_text(&part.text, breakpoint).into()
                }
                UserPart::File(part) => self.user_file(part, index)?,
                other => {
                    let what = format_args!("user parts of type {}", other.tag());
                    return Err(Error::unsupported(what));
                }
            });
        }
        self.items.push(wire::Message::new("user", Content::Parts(parts)).into());
        Ok(())
    }

    fn user_file(&self, part: &FilePart, index: usize) -> Result<ContentPart> {
        let is_image = media_type::top_level(&part.media_type) == "image";
        match &part.data {
            FileData::Reference(file) => {
                let id = file.reference.get(self.rules.key).cloned().ok_or_else(|| {
                    Error::invalid_prompt(format!(
                        "a file has no reference for provider '{}'",
                        self.rules.key
                    ))
                })?;
                let id = Some(id);
                Ok(if is_image {
                    InputImage { file_id: id, ..self.image(part) }.into()
                } else {
                    InputFile { file_id: id, ..self.file(part) }.into()
                })
            }
            FileData::Url(_) => Ok(self.url(part).unwrap_or_else(|| self.file(part).into())),
            FileData::Data(inline) => self.user_data(part, &inline.data, is_image, index),
            FileData::Text(_) => Err(Error::unsupported("text file parts")),
            other => Err(Error::unsupported(format_args!("file parts of kind {}", other.tag()))),
        }
    }

    fn user_data(
        &self,
        part: &FilePart,
        data: &Data,
        is_image: bool,
        index: usize,
    ) -> Result<ContentPart> {
        let file_id = self.file_id(data);
        if is_image {
            return Ok(match file_id {
                Some(id) => InputImage { file_id: Some(id), ..self.image(part) }.into(),
                None => self.inline(part, data, "")?,
            });
        }
        let full = media_type::resolve(&part.media_type, &part.data)?;
        let is_pdf = full == "application/pdf";
        if !is_pdf && !self.rules.pass_through_unsupported_files {
            return Err(Error::unsupported(format_args!("file part media type {full}")));
        }
        let extension = if is_pdf { ".pdf" } else { "" };
        match file_id {
            Some(id) => Ok(InputFile { file_id: Some(id), ..self.file(part) }.into()),
            None => self.inline(part, data, &format!("part-{index}{extension}")),
        }
    }

    /// The id of an uploaded file that is given in place of bytes.
    fn file_id(&self, data: &Data) -> Option<String> {
        match data {
            Data::Base64(text) => {
                let mut prefixes = self.rules.file_id_prefixes.iter();
                prefixes.any(|prefix| text.starts_with(prefix.as_str())).then(|| text.clone())
            }
            Data::Bytes(_) => None,
        }
    }

    /// A file by its URL; `None` if it has none.
    pub(super) fn url(&self, part: &FilePart) -> Option<ContentPart> {
        let FileData::Url(file) = &part.data else { return None };
        let url = Some(file.url.clone());
        Some(if media_type::top_level(&part.media_type) == "image" {
            InputImage { image_url: url, ..self.image(part) }.into()
        } else {
            InputFile { file_url: url, ..self.file(part) }.into()
        })
    }

    /// A file by its bytes.
    pub(super) fn inline(
        &self,
        part: &FilePart,
        data: &Data,
        default_name: &str,
    ) -> Result<ContentPart> {
        let full = media_type::resolve(&part.media_type, &part.data)?;
        let url = Some(data.to_data_url(&full));
        if media_type::top_level(&part.media_type) == "image" {
            return Ok(InputImage { image_url: url, ..self.image(part) }.into());
        }
        let filename = Some(part.filename.clone().unwrap_or_else(|| default_name.to_owned()));
        Ok(InputFile { filename, file_data: url, ..self.file(part) }.into())
    }

    fn image(&self, part: &FilePart) -> InputImage {
        let options = part.provider_options.as_ref();
        InputImage {
            image_url: None,
            file_id: None,
            detail: option(options, self.rules.key, "imageDetail").cloned(),
            prompt_cache_breakpoint: self.breakpoint(options),
            rest: JsonObject::new(),
        }
    }

    fn file(&self, part: &FilePart) -> InputFile {
        let breakpoint = self.breakpoint(part.provider_options.as_ref());
        InputFile { prompt_cache_breakpoint: breakpoint, ..InputFile::default() }
    }
}
