//! Batches of language calls.

use aqueduct_spec::batch::{
    BatchItem, BatchRequest, BatchResults, BatchStatus, BatchWarning, GetBatchResults,
    GetBatchStatus, StartBatch, StartBatchOptions, StartBatchResult,
};
use aqueduct_spec::language::{CallOptions, ResponseInfo};
use aqueduct_spec::warning::Warning;
use aqueduct_spec::{BoxFuture, Context, Error, Model, ProviderOptions, Result};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::Value;

use super::ID;
use super::endpoint::Endpoint;
use super::model::{GatewayModel, take_headers};
use super::video::IDEMPOTENCY_KEY;
use crate::json_lines;

/// The body that starts a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    model_id: &'a str,
    #[serde(flatten)]
    options: &'a StartBatchOptions,
}

impl Model<StartBatch> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: StartBatch,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartBatchResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let mut request = self.post(Endpoint::BATCH_START, headers.as_ref());
            if idempotency_key(&call).is_some()
                && let Some(key) = take_idempotency_key(&mut call.options_mut().provider_options)
            {
                request = request.header(IDEMPOTENCY_KEY, key);
            }
            let mut warnings = Vec::new();
            if !call.requests.iter().all(|one| is_batchable(&one.options)) {
                warnings.extend(call.options_mut().requests.iter_mut().flat_map(make_batchable));
            }
            let body = Start { model_id: self.id(), options: &call };
            let mut answer = self.ask::<StartBatchResult>(request, &body, cx).await?;
            let said = answer.value.status.response.take();
            answer.value.status.response = Some(answer.response(said));
            answer.value.warnings.extend(warnings);
            Ok(answer.value)
        })
    }
}

fn idempotency_key(options: &StartBatchOptions) -> Option<&str> {
    options.provider_options.as_ref()?.get(ID)?.get("idempotencyKey")?.as_str()
}

/// Takes the key out of the options: it travels as a header, and the same batch must have the same body with or without it.
fn take_idempotency_key(options: &mut Option<ProviderOptions>) -> Option<String> {
    let whole = options.as_mut()?;
    let mut own = whole.remove(ID)?;
    let key = own.shift_remove("idempotencyKey");
    if !own.is_empty() {
        whole.insert(ID, own);
    }
    if whole.is_empty() {
        *options = None;
    }
    match key {
        Some(Value::String(key)) => Some(key),
        _ => None,
    }
}

/// Whether a call holds only what a batch takes.
fn is_batchable(options: &CallOptions) -> bool {
    options.tools.is_none()
        && options.tool_choice.is_none()
        && options.response_format.is_none()
        && options.include_raw_chunks.is_none()
        && options.headers.is_none()
}

/// Takes out of a call what a batch does not take, and says so.
fn make_batchable(request: &mut BatchRequest) -> Vec<BatchWarning> {
    let options = &mut request.options;
    let dropped = [
        ("tools", options.tools.take().is_some_and(|tools| !tools.is_empty())),
        ("toolChoice", options.tool_choice.take().is_some()),
        ("responseFormat", options.response_format.take().is_some()),
        ("includeRawChunks", options.include_raw_chunks.take() == Some(true)),
        ("headers", options.headers.take().is_some_and(|headers| !headers.is_empty())),
    ];
    let dropped = dropped.into_iter().filter(|(_, was_set)| *was_set);
    dropped
        .map(|(feature, _)| {
            let mut warning = BatchWarning::new(Warning::unsupported_because(
                feature,
                "a batch does not take it",
            ));
            warning.request_id = Some(request.id.clone());
            warning
        })
        .collect()
}

impl Model<GetBatchStatus> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GetBatchStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchStatus>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::BATCH_STATUS, headers.as_ref());
            let mut answer = self.ask::<BatchStatus>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(answer.response(said));
            Ok(answer.value)
        })
    }
}

impl Model<GetBatchResults> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GetBatchResults,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<BatchResults>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::BATCH_RESULTS, headers.as_ref());
            let response = self.send(request.json(&*call)).await?;
            let info = ResponseInfo::default().with_headers(response.headers());
            let items = json_lines::read(response.into_stream(), read_item);
            let model = self.id().to_owned();
            let items = items.map(move |item| {
                item.map_err(|error| error.with_provider(ID).with_model(model.clone()))
            });
            let mut results = BatchResults::new(items);
            results.response = Some(info);
            Ok(results)
        })
    }
}

fn read_item(line: &[u8]) -> Result<BatchItem> {
    // serde's words quote the line, which is part of somebody's conversation.
    let wrong = |what| Error::invalid_response(format!("a line of the batch's results {what}"));
    let item: BatchItem = serde_json::from_slice(line).map_err(|error| {
        if error.is_data() { wrong("is no result") } else { wrong("is not JSON") }
    })?;
    if item.id().is_empty() {
        return Err(wrong("does not say which call it answers"));
    }
    Ok(item)
}
