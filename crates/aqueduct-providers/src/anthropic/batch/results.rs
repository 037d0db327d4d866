//! The answers of a batch: a line of JSON each.

use aqueduct_http::ByteStream;
use aqueduct_spec::batch::{
    BatchError, BatchItem, BatchResults, CancelledItem, ExpiredItem, FailedItem, SucceededItem,
};
use aqueduct_spec::{Context, Error, JsonObject, ProviderMetadata, Result};
use bytes::BytesMut;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

use super::wire::{Line, LineError, LineResult};
use crate::anthropic::messages::Reply;
use crate::anthropic::messages::decode::generate;
use crate::anthropic::messages::wire::Response;

/// The most bytes that one answer may take.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;

/// Reads the answers as they are asked for.
pub(super) fn read(
    body: ByteStream,
    cx: &Context,
    blame: impl Fn(Error) -> Error + Send + 'static,
) -> BatchResults {
    let reader = Reader { body: Some(body), held: BytesMut::new(), searched: 0 };
    let cx = cx.clone();
    let lines = stream::unfold(reader, |mut reader| async move {
        let line = reader.next_line().await.transpose()?;
        Some((line, reader))
    });
    BatchResults::new(lines.map(move |line| item(&line.map_err(&blame)?, &cx).map_err(&blame)))
}

struct Reader {
    /// `None` when it is over.
    body: Option<ByteStream>,
    held: BytesMut,
    /// How much of what is held is known to have no line break.
    searched: usize,
}

impl Reader {
    async fn next_line(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let fresh = self.held.get(self.searched..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|byte| *byte == b'\n') {
                let line = self.held.split_to(self.searched + at + 1);
                self.searched = 0;
                if !line.trim_ascii().is_empty() {
                    return Ok(Some(line.trim_ascii().to_vec()));
                }
                continue;
            }
            self.searched = self.held.len();
            let Some(body) = &mut self.body else {
                let rest = self.held.split();
                self.searched = 0;
                let rest = rest.trim_ascii();
                return Ok((!rest.is_empty()).then(|| rest.to_vec()));
            };
            match body.next().await {
                Some(Ok(chunk)) if self.held.len() + chunk.len() > MAX_LINE_BYTES => {
                    self.stop();
                    return Err(Error::invalid_response(format!(
                        "an answer of the batch is larger than {MAX_LINE_BYTES} bytes"
                    )));
                }
                Some(Ok(chunk)) => self.held.extend_from_slice(&chunk),
                Some(Err(error)) => {
                    self.stop();
                    return Err(error);
                }
                None => self.body = None,
            }
        }
    }

    fn stop(&mut self) {
        self.body = None;
        self.held.clear();
        self.searched = 0;
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
