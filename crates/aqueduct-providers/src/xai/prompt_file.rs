//! Files in prompts.

use aqueduct_spec::language::FilePart;
use aqueduct_spec::{Error, FileData, Result, media_type};

use super::KEY;
use super::options::{FileOptions, ImageDetail};
use crate::openai_compatible::chat::encode::file_url;
use crate::vendor_options;

/// What a file in a user's message is to xAI.
pub(super) enum PromptFile {
    /// An image, by its URL or as a `data:` URL.
    Image { url: String, detail: Option<ImageDetail> },
    /// An uploaded file.
    Uploaded { id: String },
    /// Anything else that the host fetches itself.
    Document { url: String },
    /// Anything else that is at hand.
    Inline,
}

impl PromptFile {
    /// Reads a part.
    ///
    /// # Errors
    /// `InvalidPrompt` for a reference of another provider's, `Unsupported` for text files and images of an unknown kind.
    pub(super) fn of(part: &FilePart) -> Result<Self> {
        match &part.data {
            FileData::Reference(file) => {
                let id = file.reference.get(KEY).cloned();
                id.map(|id| Self::Uploaded { id }).ok_or_else(|| {
                    Error::invalid_prompt("a file has no reference for provider 'xai'")
                })
            }
            FileData::Text(_) => Err(Error::unsupported("text file parts")),
            FileData::Url(_) | FileData::Data(_)
                if media_type::top_level(&part.media_type) == "image" =>
            {
                let options: FileOptions =
                    vendor_options::read(part.provider_options.as_ref(), KEY)?;
                Ok(Self::Image { url: file_url(part)?, detail: options.image_detail })
            }
            FileData::Url(file) => Ok(Self::Document { url: file.url.clone() }),
            FileData::Data(_) => Ok(Self::Inline),
            other => Err(Error::unsupported(format_args!("file parts of kind {}", other.tag()))),
        }
    }
}
