//! A new batch.

use aqueduct_http::Multipart;
use aqueduct_spec::batch::{BatchWarning, StartBatchOptions, StartBatchResult};
use aqueduct_spec::{Error, Result};

use super::status;
use super::wire::{Batch, NewBatch, NewLine, Uploaded};
use crate::openai::responses::ResponsesModel;
use crate::openai_compatible::{Plain, read_json};

/// Where each call goes, as the file has to say it.
const ENDPOINT: &str = "/v1/responses";

/// How long the host keeps the file of the calls: as long again as it may take to answer them.
const FILE_EXPIRES_AFTER_SECONDS: u32 = 48 * 60 * 60;

impl ResponsesModel {
    pub(super) async fn start(&self, options: &StartBatchOptions) -> Result<StartBatchResult> {
        let mut lines = Vec::new();
        let mut warnings = Vec::new();
        for request in &options.requests {
            let encoded = self.encode(&request.options)?;
            let line = NewLine {
                custom_id: &request.id,
                method: "POST",
                url: ENDPOINT,
                body: &encoded.request,
            };
            serde_json::to_writer(&mut lines, &line).map_err(|error| {
                Error::invalid_request("a call of the batch cannot be written as JSON")
                    .with_source(error)
            })?;
            lines.push(b'\n');
            warnings.extend(encoded.warnings.into_iter().map(|warning| {
                let mut warning = BatchWarning::new(warning);
                warning.request_id = Some(request.id.clone());
                warning
            }));
        }
        let form = Multipart::new()
            .file("file", "batch.jsonl", "application/jsonl", lines)
            .text("purpose", "batch")
            .text("expires_after[anchor]", "created_at")
            .text("expires_after[seconds]", FILE_EXPIRES_AFTER_SECONDS.to_string());
        let headers = options.headers.as_ref();
        let endpoint = &self.config.endpoint;
        let upload = endpoint.post("/files", headers).multipart(&form);
        let file = read_json::<Uploaded>(upload.send().await?, &Plain).await?.value;
        let body =
            NewBatch { input_file_id: &file.id, endpoint: ENDPOINT, completion_window: "24h" };
        let create = endpoint.post("/batches", headers).json(&body);
        let batch = read_json::<Batch>(create.send().await?, &Plain).await?;
        let id = batch.value.id.clone();
        let mut result = StartBatchResult::new(id, status(batch));
        result.warnings = warnings;
        Ok(result)
    }
}
