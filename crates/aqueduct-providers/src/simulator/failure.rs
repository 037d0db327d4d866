//! Failures, as a real provider's transport reports them.

use aqueduct_http::{ApiMessage, status_error};
use aqueduct_spec::{Error, ErrorKind};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

/// A failure that a script asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Failure {
    pub(super) status: Option<u16>,
    pub(super) kind: Option<FailureKind>,
    pub(super) message: Option<String>,
    pub(super) code: Option<String>,
    pub(super) retry_after_ms: Option<u64>,
    pub(super) times: Option<u32>,
}

/// A failure without an answer.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FailureKind {
    Network,
    Timeout,
}

impl Failure {
    /// Makes the error, with status, headers and body as if it had come over the network.
    pub(super) fn error(&self) -> Error {
        let message = self.message.clone();
        match (self.kind, self.status) {
            (Some(FailureKind::Network), _) => cut()
                .with_message(message.unwrap_or_else(|| "simulated network failure".to_owned())),
            (Some(FailureKind::Timeout), _) => Error::new(
                ErrorKind::Timeout,
                message.unwrap_or_else(|| "simulated timeout".to_owned()),
            ),
            (None, status) => self.refusal(status.unwrap_or(500), HeaderMap::new()),
        }
    }

    /// Makes the error of an answer with a status, beside these headers.
    pub(super) fn refusal(&self, status: u16, mut headers: HeaderMap) -> Error {
        // A number out of range cannot travel as a status, and a success would be no failure.
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| !status.is_success() && !status.is_informational())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = self.message.clone().unwrap_or_else(|| {
            format!("simulated failure: {}", status.canonical_reason().unwrap_or("unknown status"))
        });
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(milliseconds) = self.retry_after_ms {
            headers.insert(HeaderName::from_static("retry-after-ms"), milliseconds.into());
            headers.insert(RETRY_AFTER, milliseconds.div_ceil(1000).into());
        }
        let code = self.code.as_deref().unwrap_or("simulated_failure");
        let body = json!({ "error": { "message": message, "type": "simulated", "code": code } });
        let read = ApiMessage::new(message).with_code(code);
        status_error(status, headers, &Bytes::from(body.to_string()), Some(read))
    }
}

/// The connection broke.
pub(super) fn cut() -> Error {
    Error::new(ErrorKind::Network, "simulated network failure: the connection broke")
}
