//! Error bodies.

use std::time::Duration;

use aqueduct_http::{ApiMessage, Json, Response};
use aqueduct_spec::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads `{"error": {"code", "message", "status", "details"}}`; `None` if it has another shape.
fn read(body: &[u8]) -> Option<ApiMessage> {
    let error = error_of(body)?;
    let mut message = ApiMessage::new(error.get("message")?.as_str()?);
    message.code = error.get("status").and_then(Value::as_str).map(str::to_owned);
    Some(message)
}

/// The error in a body. Where a stream was asked for without events, it stands in a list.
fn error_of(body: &[u8]) -> Option<Value> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("error").or_else(|| body.get(0)?.get("error")).cloned()
}

/// When to try again, which the vendor says in the body: `"retryDelay": "34.07s"`.
///
/// Source: <https://cloud.google.com/apis/design/errors#error_details> (`google.rpc.RetryInfo`, 2026-11).
fn retry_delay(body: &[u8]) -> Option<Duration> {
    let error = error_of(body)?;
    let details = error.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Passes on a success, and makes an error of anything else.
pub(super) async fn check(response: Response) -> Result<Response> {
    response.error_for_status(|_, _, body| read(body)).await.map_err(with_retry_delay)
}

fn with_retry_delay(error: Error) -> Error {
    match error.response_body().and_then(retry_delay) {
        Some(delay) if error.retry_after().is_none() => error.with_retry_after(delay),
        _ => error,
    }
}

/// Reads a JSON answer.
pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<Json<T>> {
    check(response).await?.json().await
}
