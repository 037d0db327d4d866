//! Status → error, once.

use std::time::SystemTime;

use aqueduct_spec::{Error, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::retry_after::retry_after;
use crate::shown_url;

/// How much of a body an error keeps: 64 KiB.
pub const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// What a vendor's error body says, as far as the vendor's reader understood it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ApiMessage {
    /// The message in the vendor's words.
    pub message: Option<String>,
    /// The vendor's code, such as `context_length_exceeded`.
    pub code: Option<String>,
    /// What the error is about, such as the name of a field.
    pub param: Option<serde_json::Value>,
    /// A better kind than the status tells, such as [`ErrorKind::QuotaExceeded`] for a 429 that waiting does not mend.
    pub kind: Option<ErrorKind>,
    /// Whether the same call may succeed when sent again, if the vendor says more than the status.
    pub retryable: Option<bool>,
}

impl ApiMessage {
    /// Starts with the vendor's message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }

    /// Adds the vendor's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Says what the error is about.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<serde_json::Value>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// Refines the kind that the status stands for.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Overrides whether the call may be sent again.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.retryable = Some(retryable);
        self
    }
}

/// The kind of error that a status stands for.
///
/// Statuses without an error of their own (1xx, 2xx, 3xx) are [`ErrorKind::InvalidResponse`]: they are errors only where the
/// caller cannot use them.
pub fn error_kind(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::Authentication,
        402 => ErrorKind::QuotaExceeded,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        // A conflict is about the state of the other side, and may pass.
        409 => ErrorKind::Provider,
        413 => ErrorKind::TooLarge,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::InvalidRequest,
        0..=399 => ErrorKind::InvalidResponse,
        _ => ErrorKind::Provider,
    }
}

/// The id that the other side gave to the request, for its support.
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    const NAMES: &[&str] = &[
        "x-request-id",
        "request-id",
        "x-amzn-requestid",
        "x-amzn-request-id",
        "apim-request-id",
        "x-ms-request-id",
        "x-requestid",
        "x-vercel-id",
        "cf-ray",
    ];
    NAMES
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .map(str::trim)
        .find(|id| !id.is_empty())
}

/// Makes the error of an answer whose status is not a success.
///
/// The message is the vendor's or else the status text, never the body, which is kept beside it.
pub fn status_error(
    status: StatusCode,
    headers: HeaderMap,
    body: &Bytes,
    message: Option<ApiMessage>,
) -> Error {
    let ApiMessage { message, code, param, kind, retryable } = message.unwrap_or_default();
    let text = message
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(|| status_text(status, &headers));
    let mut error =
        Error::new(kind.unwrap_or_else(|| error_kind(status)), text).with_status(status);
    if let Some(code) = code {
        error = error.with_code(code);
    }
    if let Some(param) = param {
        error = error.with_param(param);
    }
    if let Some(retryable) = retryable {
        error = error.with_retryable(retryable);
    }
    if let Some(wait) = retry_after(&headers, SystemTime::now()) {
        error = error.with_retry_after(wait);
    }
    if let Some(id) = request_id(&headers) {
        error = error.with_request_id(id);
    }
    error.with_response(headers, capped(body))
}

/// As much of a body as an error keeps.
pub(crate) fn capped(body: &Bytes) -> Bytes {
    body.slice(..body.len().min(MAX_ERROR_BODY_BYTES))
}

fn status_text(status: StatusCode, headers: &HeaderMap) -> String {
    if status.is_redirection()
        && let Some(location) = headers.get(http::header::LOCATION).and_then(|to| to.to_str().ok())
    {
        let place = shown_url::of_text(location);
        return format!("the API redirects to {place}: set the base URL to where it is now");
    }
    match status.canonical_reason() {
        Some(reason) => reason.to_owned(),
        None => format!("status {}", status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn every_status_has_a_kind_and_a_retry_rule() {
        use ErrorKind as K;
        let cases = [
            (301, K::InvalidResponse, false),
            (400, K::InvalidRequest, false),
            (401, K::Authentication, false),
            (402, K::QuotaExceeded, false),
            (403, K::Forbidden, false),
            (404, K::NotFound, false),
            (408, K::Timeout, true),
            (409, K::Provider, true),
            (413, K::TooLarge, false),
            (418, K::InvalidRequest, false),
            (422, K::InvalidRequest, false),
            (429, K::RateLimited, true),
            (500, K::Provider, true),
            (503, K::Provider, true),
            (529, K::Provider, true),
        ];
        for (status, kind, retryable) in cases {
            let status = StatusCode::from_u16(status).unwrap();
            let error = status_error(status, HeaderMap::new(), &Bytes::new(), None);
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}");
        }
    }

    #[test]
    fn falls_back_to_the_status_text() {
        let text = |status, message| {
            let status = StatusCode::from_u16(status).unwrap();
            status_error(status, HeaderMap::new(), &Bytes::from("secret"), message).to_string()
        };
        assert_eq!(text(503, None), "Service Unavailable");
        assert_eq!(text(529, None), "status 529");
        assert_eq!(text(400, Some(ApiMessage::new(" "))), "Bad Request");
        assert_eq!(text(400, Some(ApiMessage::new("bad tool"))), "bad tool");
    }

    #[test]
    fn a_redirect_names_the_place_but_not_its_query() {
        let headers = headers(&[("location", "https://me:pw@new.example/v1?key=1")]);
        let error = status_error(StatusCode::FOUND, headers, &Bytes::new(), None);
        assert_eq!(
            error.message(),
            "the API redirects to https://new.example/v1: set the base URL to where it is now"
        );
    }

    #[test]
    fn keeps_what_the_answer_said() {
        let headers = headers(&[("cf-ray", "ray"), ("request-id", "req_1"), ("retry-after", "3")]);
        let message = ApiMessage::new("no credit")
            .with_code("insufficient_quota")
            .with_param("model")
            .with_kind(ErrorKind::QuotaExceeded);
        let body = Bytes::from(vec![b'x'; MAX_ERROR_BODY_BYTES + 1]);
        let error = status_error(StatusCode::TOO_MANY_REQUESTS, headers, &body, Some(message));
        assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
        assert!(!error.is_retryable());
        assert_eq!(error.code(), Some("insufficient_quota"));
        assert_eq!(error.param(), Some(&serde_json::json!("model")));
        assert_eq!(error.request_id(), Some("req_1"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert_eq!(error.response_body().unwrap().len(), MAX_ERROR_BODY_BYTES);
        assert_eq!(error.response_headers().unwrap()["cf-ray"], "ray");
    }
}
