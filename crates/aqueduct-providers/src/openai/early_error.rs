//! Failures that come as the first events of a stream with status 200: to the caller they are failures of the call, which can
//! be sent again, and not of an answer that has begun.

use aqueduct_http::{EventStream, Response, SseEvent, error_kind, request_id};
use aqueduct_spec::{Error, ErrorKind, Result};
use futures_util::StreamExt as _;
use http::StatusCode;
use serde_json::Value;

/// So many events that say nothing are waited through.
const MAX_SILENT_EVENTS: usize = 16;

/// What an event says of the call.
pub(super) enum Verdict {
    /// Nothing yet.
    Silent,
    /// The answer has begun.
    Begun,
    /// The call has failed.
    Failed(Failure),
}

/// What an event says has failed.
#[derive(Debug, Default)]
pub(super) struct Failure {
    pub(super) message: Option<String>,
    pub(super) code: Option<Value>,
    pub(super) kind: Option<String>,
}

impl Failure {
    /// Reads `{"message", "code", "type"}`.
    pub(super) fn read(error: &Value) -> Self {
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let code = error.get("code").filter(|code| code.is_string() || code.is_number());
        Self { message: text("message"), code: code.cloned(), kind: text("type") }
    }

    /// The status that the call would have failed with.
    fn status(&self) -> StatusCode {
        let number = match &self.code {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) if text.len() == 3 => text.parse().ok(),
            _ => None,
        };
        let status = number.and_then(|it| StatusCode::from_u16(u16::try_from(it).ok()?).ok());
        if let Some(status) = status.filter(|it| it.is_client_error() || it.is_server_error()) {
            return status;
        }
        let code = self.code.as_ref().and_then(Value::as_str).unwrap_or_default();
        let words = format!("{code} {}", self.kind.as_deref().unwrap_or_default());
        let words = words.to_ascii_lowercase();
        let known = WORDS.iter().find(|(word, _)| words.contains(word));
        known.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status)
    }
}

/// Words in codes and types, and the statuses they go with.
const WORDS: &[(&str, StatusCode)] = &[
    ("insufficient_quota", StatusCode::TOO_MANY_REQUESTS),
    ("rate_limit", StatusCode::TOO_MANY_REQUESTS),
    ("authentication", StatusCode::UNAUTHORIZED),
    ("permission", StatusCode::FORBIDDEN),
    ("not_found", StatusCode::NOT_FOUND),
    ("invalid", StatusCode::BAD_REQUEST),
    ("bad_request", StatusCode::BAD_REQUEST),
    ("context_length", StatusCode::BAD_REQUEST),
    ("overload", StatusCode::SERVICE_UNAVAILABLE),
    ("timeout", StatusCode::GATEWAY_TIMEOUT),
];

/// The events of an answer, and those of them that were read already.
pub(super) struct Begun {
    pub(super) read: Vec<SseEvent>,
    pub(super) events: EventStream,
}

/// Reads events until the answer has begun.
///
/// # Errors
/// What the first of them say has failed, or what broke.
pub(super) async fn begin(response: Response, verdict: fn(&str) -> Verdict) -> Result<Begun> {
    let headers = response.headers().clone();
    let mut events = response.events();
    let mut read = Vec::new();
    while read.len() < MAX_SILENT_EVENTS {
        let Some(event) = events.next().await.transpose()? else { break };
        let judged = verdict(event.data());
        if let Verdict::Failed(failure) = judged {
            let status = failure.status();
            let code = match &failure.code {
                Some(Value::String(code)) => Some(code.clone()),
                Some(code) => Some(code.to_string()),
                None => failure.kind.clone(),
            };
            let mut kind = error_kind(status);
            if code.as_deref() == Some("insufficient_quota") {
                kind = ErrorKind::QuotaExceeded;
            }
            let message = failure.message.unwrap_or_else(|| {
                "OpenAI stream failed before any output was generated".to_owned()
            });
            let mut error = Error::new(kind, message).with_status(status);
            if let Some(code) = code {
                error = error.with_code(code);
            }
            if let Some(id) = request_id(&headers) {
                error = error.with_request_id(id.to_owned());
            }
            return Err(error.with_response(headers, event.data_bytes().clone()));
        }
        read.push(event);
        if matches!(judged, Verdict::Begun) {
            break;
        }
    }
    Ok(Begun { read, events })
}
