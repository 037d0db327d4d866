//! `POST /files`: files that OpenAI keeps, to be named in prompts.

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::files::{Files as Place, UploadFileOptions, UploadFileResult};
use aqueduct_spec::{
    BoxFuture, Context, Error, FileData, JsonObject, ModelInfo, ProviderMetadata, Result, json,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::settings::Config;
use crate::openai_compatible::{Plain, error_of, read_json};

/// OpenAI's place for files.
#[derive(Debug)]
pub(super) struct Files {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `openai`.
///
/// Source: <https://platform.openai.com/docs/api-reference/files/create> (2026-11).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FileOptions {
    /// What it is for; `assistants` unless said.
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

/// The fields of an answer that are handed on, and what they are called then.
const FIELDS: &[(&str, &str)] = &[
    ("filename", "filename"),
    ("purpose", "purpose"),
    ("bytes", "bytes"),
    ("created_at", "createdAt"),
    ("status", "status"),
    ("expires_at", "expiresAt"),
];

impl Files {
    pub(super) fn new(config: &Arc<Config>) -> Self {
        let info = ModelInfo::new(config.provider_string("files"), "");
        Self { info, config: Arc::clone(config) }
    }

    async fn upload(&self, file: &UploadFileOptions) -> Result<UploadFileResult> {
        let options = file.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
        let options: FileOptions = options.flatten().unwrap_or_default();
        let bytes = match &file.data {
            FileData::Data(inline) => inline.data.to_bytes()?,
            FileData::Text(text) => Bytes::from(text.text.clone().into_bytes()),
            other => {
                let what = format_args!("uploads of file data of type {}", other.tag());
                return Err(Error::unsupported(what));
            }
        };
        let name = file.filename.as_deref().unwrap_or("blob");
        let purpose = options.purpose.unwrap_or_else(|| "assistants".to_owned());
        let mut form = Multipart::new()
            .file("file", name, file.media_type.as_str(), bytes)
            .text("purpose", purpose);
        if let Some(seconds) = options.expires_after {
            form = form
                .text("expires_after[anchor]", "created_at")
                .text("expires_after[seconds]", json::number(seconds).to_string());
        }
        let response = self.config.endpoint.post("/files", None).multipart(&form).send().await?;
        let Uploaded { id, rest } = read_json::<Uploaded>(response, &Plain).await?.value;
        let reference = [("openai".to_owned(), id)];
        let mut result =
            UploadFileResult::new(std::collections::BTreeMap::from(reference), Vec::new());
        let kept = rest.get("filename").and_then(Value::as_str).map(str::to_owned);
        result.filename = kept.or_else(|| file.filename.clone());
        result.media_type = Some(file.media_type.clone());
        let fields = FIELDS.iter().filter_map(|(theirs, ours)| {
            let value = rest.get(*theirs).filter(|value| !value.is_null())?;
            Some(((*ours).to_owned(), value.clone()))
        });
        result.provider_metadata = Some(ProviderMetadata::of("openai", fields.collect()));
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
