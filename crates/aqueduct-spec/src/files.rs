//! Files kept at a provider, to be named in prompts instead of sent again.

use crate::context::Context;
use crate::data::{FileData, ProviderReference};
use crate::error::Result;
use crate::json::{nullish, shape};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::BoxFuture;
use crate::warning::Warning;

shape! {
    /// A file to upload.
    UploadFileOptions {
        /// The content: bytes or text.
        data: FileData,
        /// The media type.
        media_type: String,
    } {
        /// The file's name.
        filename: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A file that was uploaded.
    UploadFileResult {
        /// What the provider calls it; goes into prompts as [`FileData::Reference`].
        provider_reference: ProviderReference,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// The media type that the provider found.
        media_type: String,
        /// The name that the provider keeps.
        filename: String,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}

/// A provider's place for files. Dropping the future gives up the upload.
pub trait Files: Send + Sync + 'static {
    /// The provider string, as in `openai.files`.
    fn provider(&self) -> &str;

    /// Uploads a file.
    fn upload_file<'a>(
        &'a self,
        options: UploadFileOptions,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadFileResult>>;
}
