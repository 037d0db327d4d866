//! How long to wait for what.

use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind};

/// The limits of one exchange; connecting has its own, see
/// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the call of `send` to the headers of the answer, so with connecting and uploading. Default: 300 s, because models
    /// that think before they answer take minutes.
    pub first_byte: Option<Duration>,
    /// Between two chunks of the answer. Default: 120 s.
    pub idle: Option<Duration>,
    /// The whole exchange. Default: none, because a stream that goes on is well.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// Sets or lifts the limit up to the answer's headers.
    #[must_use]
    pub fn with_first_byte(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.first_byte = limit.into();
        self
    }

    /// Sets or lifts the limit between two chunks.
    #[must_use]
    pub fn with_idle(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle = limit.into();
        self
    }

    /// Sets or lifts the limit of the whole exchange.
    #[must_use]
    pub fn with_total(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.total = limit.into();
        self
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            first_byte: Some(Duration::from_secs(300)),
            idle: Some(Duration::from_secs(120)),
            total: None,
        }
    }
}

/// The limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Connect(Duration),
    FirstByte(Duration),
    Idle(Duration),
    Total(Duration),
}

impl Limit {
    pub(crate) fn error(self) -> Error {
        let message = match self {
            Self::Connect(limit) => {
                format!("cannot connect to API: no connection within {limit:?} (connect timeout)")
            }
            Self::FirstByte(limit) => {
                format!("the API did not begin to answer within {limit:?} (first-byte timeout)")
            }
            Self::Idle(limit) => {
                format!("the API stopped answering: nothing came for {limit:?} (idle timeout)")
            }
            Self::Total(limit) => {
                format!("the exchange with the API was not over within {limit:?} (total timeout)")
            }
        };
        // Set here, because the status of the answer that stopped is a success.
        Error::new(ErrorKind::Timeout, message).with_retryable(true)
    }
}
