//! What goes over a WebSocket.

use aqueduct_spec::{Error, Result};
use bytes::Bytes;
use serde::Serialize;

/// A message, whole; that it may have come in several frames does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebSocketMessage {
    /// Text, mostly JSON.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl WebSocketMessage {
    /// Writes JSON as a text message.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](aqueduct_spec::ErrorKind::InvalidRequest) if it cannot be written.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self> {
        serde_json::to_string(value).map(Self::Text).map_err(|error| {
            Error::invalid_request("the message cannot be written as JSON").with_source(error)
        })
    }

    /// The content, of text in UTF-8: some send their JSON as binary messages.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// How the other side said that it closes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseFrame {
    /// Why, as a number: 1000 is an end as it should be. 1005 stands for a close without a number.
    ///
    /// Source: RFC 6455 §7.4.1.
    pub code: u16,
    /// Why, in words; often empty.
    pub reason: String,
}

impl CloseFrame {
    /// The number of an end as it should be.
    pub const NORMAL: u16 = 1000;
    /// What stands for a close without a number.
    pub const NO_STATUS: u16 = 1005;

    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}
