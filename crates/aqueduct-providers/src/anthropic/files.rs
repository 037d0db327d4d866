//! `POST /v1/files`: files kept at the vendor.
//!
//! Source: <https://platform.claude.com/docs/en/build-with-claude/files> (2026-11).

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::files::{Files, UploadFileOptions, UploadFileResult};
use aqueduct_spec::{BoxFuture, Context, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::Value;

use super::config::Config;
use super::error;
use crate::upload::content;

const BETA: &str = "files-api-2025-04-14";

/// The vendor's place for files.
#[derive(Debug)]
pub(super) struct AnthropicFiles(pub(super) Arc<Config>);

/// A file as the vendor knows it.
#[derive(Debug, Deserialize)]
struct File {
    id: String,
    filename: Option<String>,
    mime_type: Option<String>,
    size_bytes: Option<Value>,
    created_at: Option<Value>,
    downloadable: Option<bool>,
}

impl AnthropicFiles {
    async fn upload(&self, options: UploadFileOptions) -> Result<UploadFileResult> {
        let content = content(&options.data)?;
        // The name that browsers give to a file without one.
        let filename = options.filename.as_deref().unwrap_or("blob");
        let form = Multipart::new().file("file", filename, options.media_type.as_str(), content);
        let mut betas = self.0.endpoint.betas(None);
        betas.add(BETA);
        let request = self.0.endpoint.post("/files", None, &betas).multipart(&form);
        let file = error::json::<File>(request.send().await?).await?.value;
        Ok(result(file, options))
    }
}

fn result(file: File, options: UploadFileOptions) -> UploadFileResult {
    let mut metadata = JsonObject::new();
    let facts = [
        ("filename", file.filename.clone().map(Value::from)),
        ("mimeType", file.mime_type.clone().map(Value::from)),
        ("sizeBytes", file.size_bytes),
        ("createdAt", file.created_at),
        ("downloadable", file.downloadable.map(Value::from)),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact.filter(|fact| !fact.is_null()) {
            metadata.insert(name.to_owned(), fact);
        }
    }
    let reference = ProviderReference::from([("anthropic".to_owned(), file.id)]);
    let mut result = UploadFileResult::new(reference, Vec::new());
    result.media_type = Some(file.mime_type.unwrap_or(options.media_type));
    result.filename = file.filename.or(options.filename);
    result.provider_metadata = Some(ProviderMetadata::of("anthropic", metadata));
    result
}

impl Files for AnthropicFiles {
    fn provider(&self) -> &str {
        &self.0.provider
    }

    fn upload_file<'a>(
        &'a self,
        options: UploadFileOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadFileResult>> {
        Box::pin(async move {
            let result = self.upload(options).await;
            result.map_err(|error| error.with_provider(self.0.provider.as_str()))
        })
    }
}
