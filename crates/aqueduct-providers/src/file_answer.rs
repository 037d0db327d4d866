//! Answers that are a file: an image or audio as bytes.

use aqueduct_http::Response;
use aqueduct_spec::{Error, Result};
use bytes::Bytes;

/// Reads an answer that is a file. What cannot be one is refused: nothing at all, the page of a proxy, or JSON, which is how a
/// failure looks that came with a success status.
///
/// # Errors
/// `InvalidResponse` with status, headers and body, and those of [`Response::bytes`].
pub(crate) async fn read_file(response: Response) -> Result<Bytes> {
    let (status, headers) = (response.status(), response.headers().clone());
    let url = response.url().to_owned();
    let request_id = response.request_id().map(str::to_owned);
    let other = response
        .media_type()
        .filter(|found| matches!(found.as_str(), "text/html" | "application/json"));
    let bytes = response.bytes().await?;
    let message = match other {
        Some(found) => format!("the answer is no file but {found}"),
        None if bytes.is_empty() => "the answer is an empty file".to_owned(),
        None => return Ok(bytes),
    };
    let kept = bytes.slice(..bytes.len().min(aqueduct_http::MAX_ERROR_BODY_BYTES));
    let error = Error::invalid_response(message)
        .with_status(status)
        .with_url(&url)
        .with_response(headers, kept);
    Err(match request_id {
        Some(id) => error.with_request_id(id),
        None => error,
    })
}
