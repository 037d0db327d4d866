//! `POST /batches`: many calls of the responses API, answered within a day.
//!
//! The calls go up as a file, a line each; so do the answers come back, those that failed in a file of their own.
//!
//! Source: <https://platform.openai.com/docs/api-reference/batch> (2026-11).

mod results;
mod start;
mod wire;

use aqueduct_http::Json;
use aqueduct_spec::batch::{
    BatchError, BatchOperationOptions, BatchRequestCounts, BatchResults, BatchState, BatchStatus,
    GetBatchResults, GetBatchStatus, StartBatch, StartBatchResult,
};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{BoxFuture, Context, Error, Model, Result, Timestamp};

use super::responses::{ResponsesModel, timestamp};
use crate::failure;
use crate::openai_compatible::{Plain, read_json};
use crate::path_segment::path_segment;
use wire::Batch;

impl ResponsesModel {
    async fn retrieve(&self, options: &BatchOperationOptions) -> Result<Json<Batch>> {
        let path = format!("/batches/{}", path_segment(&options.batch_id));
        let request = self.config.endpoint.get(&path, options.headers.as_ref());
        read_json(request.send().await?, &Plain).await
    }
}

fn status(batch: Json<Batch>) -> BatchStatus {
    let info = ResponseInfo::default().with_headers(&batch.headers);
    let batch = batch.value;
    let mut status = BatchStatus::new(state(&batch));
    status.request_counts = batch.request_counts.as_ref().and_then(counts);
    status.error = batch.errors.and_then(|errors| errors.data?.into_iter().next()).map(|error| {
        let message = error.message.unwrap_or_else(|| "OpenAI batch failed.".to_owned());
        let mut failure = BatchError::new(message);
        failure.code = error.code.map(Into::into);
        failure
    });
    let date = |seconds| timestamp(seconds).as_ref().map(Timestamp::to_string);
    status.created_at = date(batch.created_at);
    status.expires_at = date(batch.expires_at);
    status.raw_status = Some(batch.status);
    status.response = Some(info);
    status
}

/// Counts are of use only together, and only if they fit one another.
fn counts(counts: &wire::Counts) -> Option<BatchRequestCounts> {
    let (total, completed, failed) = (counts.total?, counts.completed?, counts.failed?);
    let pending = total.checked_sub(completed)?.checked_sub(failed)?;
    Some(BatchRequestCounts::new(total, pending, completed, failed))
}

/// A state that is not known is taken for one on the way: nobody fetches answers that are not all there.
fn state(batch: &Batch) -> BatchState {
    match batch.status.as_str() {
        "completed" => BatchState::Completed,
        "failed" | "expired" | "cancelled" => BatchState::Failed,
        _ => BatchState::Pending,
    }
}

impl Model<StartBatch> for ResponsesModel {
    fn call<'a>(
        &'a self,
        call: StartBatch,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartBatchResult>> {
        Box::pin(async move { self.start(&call).await.map_err(failure::of(&self.info)) })
    }
}

impl Model<GetBatchStatus> for ResponsesModel {
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

impl Model<GetBatchResults> for ResponsesModel {
    fn call<'a>(
        &'a self,
        call: GetBatchResults,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchResults>> {
        Box::pin(async move {
            let blame = failure::of(&self.info);
            let batch = self.retrieve(&call).await.map_err(&blame)?;
            if state(&batch.value) == BatchState::Pending {
                let message = format!("OpenAI batch \"{}\" is not complete.", call.batch_id);
                return Err(blame(Error::invalid_request(message)));
            }
            self.results(batch, call.headers.as_ref(), cx).await.map_err(blame)
        })
    }
}
