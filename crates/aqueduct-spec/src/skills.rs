//! Skills kept at a provider: folders of instructions and files that its models can use.

use crate::context::Context;
use crate::data::{FileData, ProviderReference};
use crate::error::Result;
use crate::json::{nullish, shape};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::BoxFuture;
use crate::warning::Warning;

shape! {
    /// A skill to upload.
    #[derive(Default)]
    UploadSkillOptions {
        /// Its files.
        files: Vec<SkillFile>,
    } {
        /// What to call it before a person.
        display_title: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// One file of a skill.
    SkillFile {
        /// Where it lies in the skill's folder.
        path: String,
        /// The content: bytes or text.
        data: FileData,
    } {}
}
shape! {
    /// A skill that was uploaded.
    UploadSkillResult {
        /// What the provider calls it.
        provider_reference: ProviderReference,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What to call it before a person.
        display_title: String,
        /// Its name, as the skill itself says.
        name: String,
        /// What it is for, as the skill itself says.
        description: String,
        /// The version that was made.
        latest_version: String,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}

/// A provider's place for skills. Dropping the future gives up the upload.
pub trait Skills: Send + Sync + 'static {
    /// The provider string, as in `anthropic.skills`.
    fn provider(&self) -> &str;

    /// Uploads a skill.
    fn upload_skill<'a>(
        &'a self,
        options: UploadSkillOptions,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadSkillResult>>;
}
