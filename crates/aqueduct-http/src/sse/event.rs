//! What one server-sent event holds.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use aqueduct_spec::{Error, Result};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::SurrogateJoiner;
use crate::json::decode_json;

/// One server-sent event.
#[derive(Clone, PartialEq, Eq)]
pub struct SseEvent {
    pub(super) event: Option<Utf8>,
    pub(super) data: Utf8,
    pub(super) id: Option<Utf8>,
    pub(super) retry: Option<Duration>,
}

impl SseEvent {
    /// The event's type; `None` stands for `message`, the type of an event that names none.
    pub fn event(&self) -> Option<&str> {
        self.event.as_ref().map(Utf8::as_str)
    }

    /// The data: the event's `data` lines, joined with line feeds.
    pub fn data(&self) -> &str {
        self.data.as_str()
    }

    /// The data as shared bytes, which are valid UTF-8.
    pub fn data_bytes(&self) -> &Bytes {
        &self.data.0
    }

    /// Reads the data as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](aqueduct_spec::ErrorKind::InvalidResponse), naming the place; the data can be found in
    /// [`Error::response_body`], not in the message.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        decode_json(&self.data.0).map_err(|problem| {
            Error::invalid_response(format!("invalid JSON in an event of the stream: {problem}"))
                .with_response(http::HeaderMap::new(), crate::status::capped(&self.data.0))
        })
    }

    /// Has the halves of characters joined that were cut between this event and those before it.
    pub(crate) fn joined(mut self, joiner: &mut SurrogateJoiner) -> Self {
        if let Cow::Owned(data) = joiner.join(self.data.as_str()) {
            self.data = Utf8(data.into());
        }
        self
    }

    /// The id last seen in the stream, which stays in force for the events after it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(Utf8::as_str)
    }

    /// The reconnection time last seen in the stream, which stays in force for the events after it.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }
}

/// The data is a part of someone's conversation: only its length is shown.
impl fmt::Debug for SseEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseEvent")
            .field("event", &self.event())
            .field("data_bytes", &self.data.0.len())
            .field("id", &self.id())
            .field("retry", &self.retry)
            .finish()
    }
}

/// Bytes that are known to be valid UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Utf8(Bytes);

impl Utf8 {
    /// Takes bytes as they are if they are valid; otherwise replaces what is not, as the UTF-8 decoder of the web does.
    ///
    /// Whole field values must be given: then no sequence is cut in two.
    pub(super) fn new(bytes: Bytes) -> Self {
        match std::str::from_utf8(&bytes) {
            Ok(_) => Self(bytes),
            Err(_) => Self(Bytes::from(String::from_utf8_lossy(&bytes).into_owned())),
        }
    }

    fn as_str(&self) -> &str {
        // Looking again costs less than a copy would, and the crate has no unsafe code.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
