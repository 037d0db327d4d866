//! Error bodies.

use aqueduct_http::{ApiMessage, Json, Response};
use aqueduct_spec::{ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure;

/// Reads `{"type": "error", "error": {"type", "message"}}`; `None` if it has another shape.
fn read(body: &[u8]) -> Option<ApiMessage> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error")?;
    let mut message = ApiMessage::new(error.get("message")?.as_str()?);
    message.code = error.get("type").and_then(Value::as_str).map(str::to_owned);
    message.kind = message.code.as_deref().and_then(kind);
    Some(message)
}

/// What the vendor's types of errors stand for, where they say more than the status does.
///
/// Source: <https://platform.claude.com/docs/en/api/errors> (2026-11).
pub(super) fn kind(name: &str) -> Option<ErrorKind> {
    Some(match name {
        "authentication_error" => ErrorKind::Authentication,
        "billing_error" => ErrorKind::QuotaExceeded,
        "permission_error" => ErrorKind::Forbidden,
        "request_too_large" => ErrorKind::TooLarge,
        "rate_limit_error" => ErrorKind::RateLimited,
        "timeout_error" => ErrorKind::Timeout,
        _ => return None,
    })
}

/// Passes on a success, and makes an error of anything else.
pub(super) async fn check(response: Response) -> Result<Response> {
    response.error_for_status(|_, _, body| read(body)).await
}

/// Reads a JSON answer. Hosts that copy the API send errors with status 200: then the error is theirs.
pub(super) async fn json<T: DeserializeOwned>(response: Response) -> Result<Json<T>> {
    check(response).await?.json().await.map_err(|error| {
        match error.response_body().and_then(read) {
            Some(message) => failure::told(error, message),
            None => error,
        }
    })
}
