//! `POST /v1/messages/batches`: many calls of the messages API, answered within a day.
//!
//! Source: <https://platform.claude.com/docs/en/build-with-claude/batch-processing> (2026-11).

mod results;
mod start;
mod wire;

use aqueduct_http::Json;
use aqueduct_spec::batch::{
    BatchOperationOptions, BatchRequestCounts, BatchResults, BatchState, BatchStatus,
    GetBatchResults, GetBatchStatus, StartBatch, StartBatchResult,
};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{BoxFuture, Context, Error, Model, Result};

use super::error;
use super::messages::MessagesModel;
use crate::failure;
use crate::path_segment::path_segment;
use wire::Batch;

impl MessagesModel {
    async fn retrieve(&self, options: &BatchOperationOptions) -> Result<Json<Batch>> {
        let endpoint = &self.config.endpoint;
        let path = format!("/messages/batches/{}", path_segment(&options.batch_id));
        let headers = options.headers.as_ref();
        let response = endpoint.get(&path, headers, &endpoint.betas(headers)).send().await?;
        error::json(response).await
    }

    async fn results(&self, options: &BatchOperationOptions, cx: &Context) -> Result<BatchResults> {
        let batch = self.retrieve(options).await?.value;
        let refused = |why: &str| {
            Error::invalid_request(format!("Anthropic batch \"{}\" {why}", options.batch_id))
        };
        if state(&batch) == BatchState::Pending {
            return Err(refused("is not complete."));
        }
        if batch.archived_at.is_some() {
            return Err(refused("results are no longer available."));
        }
        if batch.results_url.is_none() {
            return Err(refused("does not have a results URL."));
        }
        // The documented place below the base URL, not the one that the answer names: the key goes nowhere else, and a host
        // in between stays in between.
        let endpoint = &self.config.endpoint;
        let path = format!("/messages/batches/{}/results", path_segment(&options.batch_id));
        let headers = options.headers.as_ref();
        let response = endpoint.get(&path, headers, &endpoint.betas(headers)).send().await?;
        let response = error::check(response).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let mut answers = results::read(response.into_stream(), cx, failure::of(&self.info));
        answers.response = Some(info);
        Ok(answers)
    }
}

fn status(batch: Json<Batch>) -> BatchStatus {
    let info = ResponseInfo::default().with_headers(&batch.headers);
    let batch = batch.value;
    let mut status = BatchStatus::new(state(&batch));
    status.request_counts = batch.request_counts.map(|counts| {
        let failed = counts.errored + counts.canceled + counts.expired;
        let total = counts.processing + counts.succeeded + failed;
        BatchRequestCounts::new(total, counts.processing, counts.succeeded, failed)
    });
    status.raw_status = Some(batch.processing_status);
    status.created_at = batch.created_at;
    status.expires_at = batch.expires_at;
    status.response = Some(info);
    status
}

/// A batch that was cancelled ends like any other; its calls say how.
fn state(batch: &Batch) -> BatchState {
    if batch.processing_status == "ended" { BatchState::Completed } else { BatchState::Pending }
}

impl Model<StartBatch> for MessagesModel {
    fn call<'a>(
        &'a self,
        call: StartBatch,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartBatchResult>> {
        Box::pin(async move { self.start(&call).await.map_err(failure::of(&self.info)) })
    }
}

impl Model<GetBatchStatus> for MessagesModel {
    fn call<'a>(
        &'a self,
        call: GetBatchStatus,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchStatus>> {
        Box::pin(
            async move { self.retrieve(&call).await.map(status).map_err(failure::of(&self.info)) },
        )
    }
}

impl Model<GetBatchResults> for MessagesModel {
    fn call<'a>(
        &'a self,
        call: GetBatchResults,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchResults>> {
        Box::pin(async move { self.results(&call, cx).await.map_err(failure::of(&self.info)) })
    }
}
