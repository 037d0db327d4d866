//! Errors: each of xAI's APIs has a shape of its own, and some come with status 200.

use aqueduct_http::{ApiMessage, EventStream, Response};
use aqueduct_spec::{Error, ErrorKind, Result};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::openai_compatible::{Dialect, read_error};

/// The code of a failure that passes.
const UNAVAILABLE: &str = "The service is currently unavailable";

/// Reads error bodies: `{"error": {"message", …}}` of chat, `{"code", "error"}` of responses, `{"error"}` of speech.
#[derive(Debug)]
pub(super) struct Errors;

impl Dialect for Errors {
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        let Some(text) = body.get("error")?.as_str() else { return read_error(body) };
        Some(match body.get("code").and_then(Value::as_str) {
            Some(code) => ApiMessage::new(format!("{code}: {text}")).with_code(code),
            None => ApiMessage::new(text),
        })
    }
}

/// The failure that a body with status 200 tells of. Its own status says nothing, so it gets the one that it should have had.
pub(super) fn late(text: String, code: Option<String>) -> Error {
    let is_busy = code.as_deref() == Some(UNAVAILABLE);
    let error = Error::new(ErrorKind::Provider, text)
        .with_status(StatusCode::INTERNAL_SERVER_ERROR)
        .with_retryable(is_busy);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// The events of an answer.
///
/// # Errors
/// What has failed, if the answer is JSON: it is an error then, whatever its status.
pub(super) async fn events(response: Response) -> Result<EventStream> {
    #[derive(Deserialize)]
    struct Failure {
        code: String,
        error: String,
    }
    if response.media_type().as_deref() != Some("application/json") {
        return Ok(response.events());
    }
    let headers = response.headers().clone();
    let url = response.url().to_owned();
    let bytes = response.bytes().await?;
    let error = match serde_json::from_slice::<Failure>(&bytes) {
        Ok(failure) => late(failure.error, Some(failure.code)),
        Err(_) => Error::invalid_response("the answer of the API is no stream"),
    };
    Err(error.with_url(&url).with_response(headers, bytes))
}
