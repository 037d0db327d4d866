//! `POST /files`: files that xAI keeps, to be named in prompts.
//!
//! Source: <https://docs.x.ai/docs/guides/files> (2026-11).

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::files::{Files as Place, UploadFileOptions, UploadFileResult};
use aqueduct_spec::{BoxFuture, Context, JsonObject, ModelInfo, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::Value;

use super::KEY;
use super::error::Errors;
use crate::openai_compatible::{Endpoint, error_of, read_json};
use crate::{upload, vendor_options};

/// xAI's place for files.
#[derive(Debug)]
pub(super) struct Files {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

/// Options under `xai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileOptions {
    /// Whose it is.
    team_id: Option<String>,
}

/// What the answer says of the file.
#[derive(Debug, Deserialize)]
struct Uploaded {
    id: String,
    #[serde(flatten)]
    rest: JsonObject,
}

/// The fields of an answer that are handed on, and what they are called then.
const FIELDS: &[(&str, &str)] =
    &[("filename", "filename"), ("bytes", "bytes"), ("created_at", "createdAt")];

impl Files {
    pub(super) fn new(endpoint: &Arc<Endpoint>) -> Self {
        Self { info: ModelInfo::new("xai.files", ""), endpoint: Arc::clone(endpoint) }
    }

    async fn upload(&self, file: &UploadFileOptions) -> Result<UploadFileResult> {
        let options: FileOptions = vendor_options::read(file.provider_options.as_ref(), KEY)?;
        let bytes = upload::content(&file.data)?;
        let name = file.filename.as_deref().unwrap_or("blob");
        let mut form = Multipart::new().file("file", name, file.media_type.as_str(), bytes);
        if let Some(team) = options.team_id {
            form = form.text("team_id", team);
        }
        let response = self.endpoint.post("/files", None).multipart(&form).send().await?;
        let Uploaded { id, rest } = read_json::<Uploaded>(response, &Errors).await?.value;
        let reference = BTreeMap::from([(KEY.to_owned(), id)]);
        let mut result = UploadFileResult::new(reference, Vec::new());
        let kept = rest.get("filename").and_then(Value::as_str).map(str::to_owned);
        result.filename = kept.or_else(|| file.filename.clone());
        result.media_type = Some(file.media_type.clone());
        let fields = FIELDS.iter().filter_map(|(theirs, ours)| {
            let value = rest.get(*theirs).filter(|value| !value.is_null())?;
            Some(((*ours).to_owned(), value.clone()))
        });
        result.provider_metadata = Some(ProviderMetadata::of(KEY, fields.collect()));
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
