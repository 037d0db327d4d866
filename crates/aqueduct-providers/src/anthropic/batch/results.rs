//! The answers of a batch: a line of JSON each.

use aqueduct_http::ByteStream;
use aqueduct_spec::batch::{
    BatchError, BatchItem, BatchResults, CancelledItem, ExpiredItem, FailedItem, SucceededItem,
};
use aqueduct_spec::{Context, Error, JsonObject, ProviderMetadata, Result};
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::wire::{Line, LineError, LineResult};
use crate::anthropic::messages::Reply;
use crate::anthropic::messages::decode::generate;
use crate::anthropic::messages::wire::Response;
use crate::json_lines;

/// Reads the answers as they are asked for.
pub(super) fn read(
    body: ByteStream,
    cx: &Context,
    blame: impl Fn(Error) -> Error + Send + 'static,
) -> BatchResults {
    let cx = cx.clone();
    let items = json_lines::read(body, move |line| item(line, &cx));
    BatchResults::new(items.map(move |item| item.map_err(&blame)))
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
    Ok(match line.result {
        LineResult::Succeeded { message } => match Response::deserialize(message) {
            Ok(response) => SucceededItem::new(id, generate(response, Reply::default(), cx)).into(),
            Err(_) => {
                let mut error =
                    BatchError::new("Anthropic returned an invalid Message batch result.");
                error.code = Some("invalid_response".into());
                FailedItem::new(id, error).into()
            }
        },
        LineResult::Errored { error } => failed(id, error),
        LineResult::Canceled => CancelledItem::new(id).into(),
        LineResult::Expired => ExpiredItem::new(id).into(),
    })
}

fn failed(id: String, failure: LineError) -> BatchItem {
    let mut error = BatchError::new(failure.error.message);
    error.error_type = failure.error.kind;
    let mut item = FailedItem::new(id, error);
    item.provider_metadata = failure.request_id.map(|id| {
        ProviderMetadata::of(
            "anthropic",
            JsonObject::from_iter([("requestId".to_owned(), id.into())]),
        )
    });
    item.into()
}
