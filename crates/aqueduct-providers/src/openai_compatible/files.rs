//! `POST /files`: files that a host keeps, to be named in prompts.

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::files::{Files as Place, UploadFileOptions, UploadFileResult};
use aqueduct_spec::{BoxFuture, Context, JsonObject, ModelInfo, ProviderMetadata, Result, json};
use serde::Deserialize;
use serde_json::Value;

use super::{Endpoint, Plain, error_of, read_json};
use crate::upload::content;
use crate::vendor_options;

/// How a host keeps files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRules {
    /// The key of references, options and metadata.
    pub(crate) key: &'static str,
    pub(crate) purpose: Purpose,
    /// The fields of an answer that are handed on, and what they are called then.
    pub(crate) facts: &'static [(&'static str, &'static str)],
}

/// What files are for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// What the caller says, or this.
    Chosen(&'static str),
    /// Always this.
    #[cfg_attr(not(feature = "deepseek"), expect(dead_code, reason = "only DeepSeek has but one"))]
    Fixed(&'static str),
}

/// A host's place for files.
#[derive(Debug)]
pub(crate) struct Files {
    info: ModelInfo,
    endpoint: Endpoint,
    rules: FileRules,
}

/// Options under the host's key.
///
/// Source: <https://platform.openai.com/docs/api-reference/files/create> (2026-11).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FileOptions {
    /// What it is for.
    purpose: Option<String>,
    /// How long it is kept, in seconds.
    expires_after: Option<f64>,
}

/// What the answer says of the file.
#[derive(Debug, Deserialize)]
struct Uploaded {
    id: String,
    #[serde(flatten)]
    rest: JsonObject,
}

impl Files {
    /// `provider` is the first half of the provider string.
    pub(crate) fn new(provider: &str, endpoint: &Endpoint, rules: FileRules) -> Arc<Self> {
        let info = ModelInfo::new(format!("{provider}.files"), "");
        Arc::new(Self { info, endpoint: endpoint.clone(), rules })
    }

    async fn upload(&self, file: &UploadFileOptions) -> Result<UploadFileResult> {
        let key = self.rules.key;
        let options: FileOptions = vendor_options::read(file.provider_options.as_ref(), key)?;
        let bytes = content(&file.data)?;
        let name = file.filename.as_deref().unwrap_or("blob");
        let purpose = match self.rules.purpose {
            Purpose::Chosen(default) => options.purpose.unwrap_or_else(|| default.to_owned()),
            Purpose::Fixed(purpose) => purpose.to_owned(),
        };
        let mut form = Multipart::new()
            .file("file", name, file.media_type.as_str(), bytes)
            .text("purpose", purpose);
        if let Some(seconds) = options.expires_after {
            form = form
                .text("expires_after[anchor]", "created_at")
                .text("expires_after[seconds]", json::number(seconds).to_string());
        }
        let response = self.endpoint.post("/files", None).multipart(&form).send().await?;
        let Uploaded { id, rest } = read_json::<Uploaded>(response, &Plain).await?.value;
        let reference = ProviderReference::from([(key.to_owned(), id)]);
        let mut result = UploadFileResult::new(reference, Vec::new());
        let kept = rest.get("filename").and_then(Value::as_str).map(str::to_owned);
        result.filename = kept.or_else(|| file.filename.clone());
        result.media_type = Some(file.media_type.clone());
        let facts = self.rules.facts.iter().filter_map(|(theirs, ours)| {
            let value = rest.get(*theirs).filter(|value| !value.is_null())?;
            Some(((*ours).to_owned(), value.clone()))
        });
        result.provider_metadata = Some(ProviderMetadata::of(key, facts.collect()));
        Ok(result)
    }
}

impl Place for Files {
    fn provider(&self) -> &str {
        &self.info.provider
    }

    fn upload_file<'a>(
        &'a self,
        options: UploadFileOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadFileResult>> {
        Box::pin(async move { self.upload(&options).await.map_err(error_of(&self.info)) })
    }
}
