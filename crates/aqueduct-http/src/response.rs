//! One answer.

use std::time::Duration;

use aqueduct_spec::{Error, Result};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::body::ByteStream;
use crate::event_stream::EventStream;
use crate::json::decode_json;
use crate::redaction::Redaction;
use crate::status::{self, ApiMessage, MAX_ERROR_BODY_BYTES};
use crate::timeouts::Timeouts;
use crate::transport::Origin;

/// How long the body of an error may take, however it trickles: the status is known, and someone waits for it.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// An answer whose headers have arrived and whose body has not.
#[derive(Debug)]
#[must_use]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    url: String,
    body: ByteStream,
    secrets: Redaction,
}

/// A body that was read as JSON.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Json<T> {
    /// What was read.
    pub value: T,
    /// What it was read from.
    pub bytes: Bytes,
    /// The headers of the answer.
    pub headers: HeaderMap,
}

impl Response {
    /// The default limit of [`Response::bytes`]: 512 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 512 * 1024 * 1024;

    /// The limit of [`Response::json`]: 256 MiB.
    pub const DEFAULT_MAX_JSON_BYTES: usize = 256 * 1024 * 1024;

    pub(crate) fn new(
        response: reqwest::Response,
        origin: Origin,
        timeouts: Timeouts,
        deadline: Option<Instant>,
        secrets: Redaction,
    ) -> Self {
        let (parts, body) = http::Response::<reqwest::Body>::from(response).into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            url: origin.url.clone(),
            body: ByteStream::new(body, origin, timeouts, deadline),
            secrets,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Where the answer comes from, without credentials and query.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The id that the other side gave to the request.
    pub fn request_id(&self) -> Option<&str> {
        status::request_id(&self.headers)
    }

    /// The media type of the body, in lower case and without parameters: `text/event-stream`, `application/json`, …
    pub fn media_type(&self) -> Option<String> {
        media_type(&self.headers)
    }

    /// Passes on an answer with a success status, and makes an error of any other.
    ///
    /// `read` is the vendor's reader of error bodies, which may know nothing (`None`): then the message is the status text.
    /// The body is given to it and kept in the error up to 64 KiB, also if it broke off. Credentials of the request that the
    /// other side repeats in it are blotted out.
    ///
    /// # Errors
    /// What the status stands for, see [`error_kind`](crate::error_kind), or what `read` made of it.
    pub async fn error_for_status(
        self,
        read: impl FnOnce(StatusCode, &HeaderMap, &[u8]) -> Option<ApiMessage>,
    ) -> Result<Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let deadline = Instant::now().checked_add(ERROR_BODY_TIMEOUT);
        let body = self.body.with_deadline(deadline).collect_what_comes(MAX_ERROR_BODY_BYTES).await;
        let body = self.secrets.blot_out(body);
        let message = read(self.status, &self.headers, &body);
        Err(status::status_error(self.status, self.headers, &body, message).with_url(&self.url))
    }

    /// Reads the whole body, up to [`Response::DEFAULT_MAX_BYTES`].
    ///
    /// # Errors
    /// Those of [`Response::bytes_up_to`].
    pub async fn bytes(self) -> Result<Bytes> {
        self.bytes_up_to(Self::DEFAULT_MAX_BYTES).await
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](aqueduct_spec::ErrorKind::InvalidResponse) if it is longer than `max_bytes`;
    /// [`ErrorKind::Network`](aqueduct_spec::ErrorKind::Network) if it was cut;
    /// [`ErrorKind::Timeout`](aqueduct_spec::ErrorKind::Timeout) if it stopped.
    pub async fn bytes_up_to(self, max_bytes: usize) -> Result<Bytes> {
        self.body.collect_up_to(max_bytes).await
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](aqueduct_spec::ErrorKind::InvalidResponse), naming the place in the JSON, with the body
    /// (up to 64 KiB) in [`Error::response_body`]; and those of [`Response::bytes_up_to`].
    pub async fn json<T: DeserializeOwned>(self) -> Result<Json<T>> {
        let bytes = self.body.collect_up_to(Self::DEFAULT_MAX_JSON_BYTES).await?;
        match decode_json(&bytes) {
            Ok(value) => Ok(Json { value, bytes, headers: self.headers }),
            Err(problem) => {
                let mut error =
                    Error::invalid_response(format!("invalid JSON response: {problem}"))
                        .with_status(self.status)
                        .with_url(&self.url);
                if let Some(id) = status::request_id(&self.headers) {
                    error = error.with_request_id(id);
                }
                let body = self.secrets.blot_out(status::capped(&bytes));
                Err(error.with_response(self.headers, body))
            }
        }
    }

    /// Reads the body as server-sent events.
    pub fn events(self) -> EventStream {
        EventStream::new(self.body)
    }

    /// The body as it arrives.
    pub fn into_stream(self) -> ByteStream {
        self.body
    }
}

pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}
