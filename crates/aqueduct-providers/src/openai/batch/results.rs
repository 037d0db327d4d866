//! The answers of a batch: a file of those that came, and one of those that failed.

use std::collections::VecDeque;
use std::sync::Arc;

use aqueduct_http::Json;
use aqueduct_spec::batch::{
    BatchError, BatchItem, BatchResults, CancelledItem, ExpiredItem, FailedItem, SucceededItem,
};
use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::{BoxStream, Context, Error, JsonObject, ModelInfo, ProviderMetadata, Result};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;

use super::wire::{Batch, Line, LineError, LineResponse};
use crate::openai::responses::wire::{Item, Response};
use crate::openai::responses::{Reading, ResponsesModel, decode};
use crate::openai::settings::Config;
use crate::openai_compatible::{Plain, check};
use crate::path_segment::path_segment;
use crate::{failure, json_lines};

/// The key of metadata.
const KEY: &str = "openai";

impl ResponsesModel {
    pub(super) async fn results(
        &self,
        batch: Json<Batch>,
        headers: Option<&Headers>,
        cx: &Context,
    ) -> Result<BatchResults> {
        let mut files = Files {
            config: Arc::clone(&self.config),
            info: self.info.clone(),
            headers: headers.cloned(),
            cx: cx.clone(),
            left: [batch.value.output_file_id, batch.value.error_file_id]
                .into_iter()
                .flatten()
                .collect(),
            open: None,
        };
        // A file that is gone is a failure of the call, not of an answer.
        files.open_next().await?;
        let items = stream::try_unfold(files, |mut files| async move {
            Ok(files.next().await?.map(|item| (item, files)))
        });
        let mut results = BatchResults::new(items);
        results.response = Some(ResponseInfo::default().with_headers(&batch.headers));
        Ok(results)
    }
}

/// Files of answers, one after the other.
struct Files {
    config: Arc<Config>,
    info: ModelInfo,
    headers: Option<Headers>,
    cx: Context,
    left: VecDeque<String>,
    open: Option<BoxStream<'static, Result<BatchItem>>>,
}

impl Files {
    async fn open_next(&mut self) -> Result<()> {
        let Some(id) = self.left.pop_front() else { return Ok(()) };
        let path = format!("/files/{}/content", path_segment(&id));
        let request = self.config.endpoint.get(&path, self.headers.as_ref());
        let response = check(request.send().await?, &Plain).await?;
        let cx = self.cx.clone();
        let items = json_lines::read(response.into_stream(), move |line| item(line, &cx));
        self.open = Some(Box::pin(items));
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<BatchItem>> {
        let blame = failure::of(&self.info);
        while let Some(open) = &mut self.open {
            if let Some(item) = open.next().await {
                return item.map(Some).map_err(blame);
            }
            self.open = None;
            self.open_next().await.map_err(&blame)?;
        }
        Ok(None)
    }
}

fn item(line: &[u8], cx: &Context) -> Result<BatchItem> {
    let line: Line = serde_json::from_slice(line).map_err(|problem| {
        // The words of the error may repeat the answer.
        Error::invalid_response(format!(
            "an answer of the batch cannot be read at column {}",
            problem.column()
        ))
    })?;
    let id = line.custom_id;
    Ok(match (line.error, line.response) {
        (Some(error), _) => not_made(id, error),
        (None, None) => {
            let message = "OpenAI returned a batch result without a response or error.";
            failed(id, message, "invalid_batch_result")
        }
        (None, Some(response)) if !(200..300).contains(&response.status_code) => {
            refused(id, &response)
        }
        (None, Some(response)) => answered(id, &response.body, cx),
    })
}

/// A call that was not made, and why.
fn not_made(id: String, error: LineError) -> BatchItem {
    let mut reason = BatchError::new(error.message);
    let item = error.code.clone();
    reason.code = Some(error.code.into());
    match item.as_str() {
        "batch_cancelled" => {
            let mut item = CancelledItem::new(id);
            item.error = Some(reason);
            item.into()
        }
        "batch_expired" => {
            let mut item = ExpiredItem::new(id);
            item.error = Some(reason);
            item.into()
        }
        _ => FailedItem::new(id, reason).into(),
    }
}

/// A call that the host refused.
fn refused(id: String, response: &LineResponse) -> BatchItem {
    let error = response.body.get("error");
    let text = |name: &str| error?.get(name)?.as_str().map(str::to_owned);
    let message = text("message").unwrap_or_else(|| {
        format!("OpenAI batch request failed with status code {}.", response.status_code)
    });
    let mut reason = BatchError::new(message);
    reason.error_type = text("type");
    reason.code = error.and_then(|error| match error.get("code")? {
        Value::Number(code) => Some(code.to_string().into()),
        code => code.as_str().map(Into::into),
    });
    reason.status_code = Some(response.status_code.into());
    let mut item = FailedItem::new(id, reason);
    item.provider_metadata = response.request_id.as_deref().map(|id| {
        ProviderMetadata::of(KEY, JsonObject::from_iter([("requestId".to_owned(), id.into())]))
    });
    item.into()
}

fn answered(id: String, body: &Value, cx: &Context) -> BatchItem {
    let Ok(response) = Response::deserialize(body) else {
        return failed(id, "OpenAI returned an invalid Responses batch result.", INVALID_RESPONSE);
    };
    if let Some(error) = &response.error {
        let mut reason = BatchError::new(error.message.as_str());
        reason.error_type = error.rest.get("type").and_then(Value::as_str).map(str::to_owned);
        reason.code = error.code.clone().filter(|code| !code.is_null());
        return FailedItem::new(id, reason).into();
    }
    let Some(output) = &response.output else {
        let reason = response.incomplete_details.as_ref().and_then(|it| it.reason.as_deref());
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let message = format!("OpenAI Responses returned no output{reason}.");
        return failed(id, message, INVALID_RESPONSE);
    };
    let is_call = |item: &Item| matches!(item, Item::FunctionCall(_) | Item::CustomToolCall(_));
    if output.iter().any(is_call) {
        // Nobody waits to run it.
        let message =
            "OpenAI returned a tool call, but tool calls are not supported in text batches.";
        return failed(id, message, "unsupported_tool_call");
    }
    match decode(response, &Reading::new(KEY).with_logprobs(), cx) {
        Ok(result) => SucceededItem::new(id, result).into(),
        Err(error) => failed(id, error.message(), INVALID_RESPONSE),
    }
}

const INVALID_RESPONSE: &str = "invalid_response";

fn failed(id: String, message: impl Into<String>, code: &str) -> BatchItem {
    let mut reason = BatchError::new(message);
    reason.code = Some(code.into());
    FailedItem::new(id, reason).into()
}
