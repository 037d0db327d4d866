//! An open WebSocket.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, Result};
use futures_core::Stream;
use futures_util::{Sink as _, StreamExt as _, future::poll_fn};
use http::HeaderMap;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame as WireCloseFrame;
use tokio_tungstenite::tungstenite::{Error as WireError, Message};

use super::{CloseFrame, WebSocketMessage};
use crate::watchdog::Watchdog;

/// How long the other side has to say that it closes too.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that is open in both directions. It is a stream of the messages that come, which ends when the other side
/// closes or after the first error; pings are answered while it is polled.
///
/// Nothing is read ahead and nothing is queued beyond one message: a sender waits until the connection takes more. The idle
/// limit ends it when nothing came and nothing could be sent for so long (someone who speaks and is not answered yet is not
/// idle), the total limit in any case. Dropping it cuts the connection; [`WebSocket::close`] says goodbye.
pub struct WebSocket {
    stream: WebSocketStream<reqwest::Upgraded>,
    headers: HeaderMap,
    protocol: Option<String>,
    url: String,
    watchdog: Watchdog,
    max_message_bytes: usize,
    is_over: bool,
    closed: Option<CloseFrame>,
}

impl WebSocket {
    pub(super) fn new(
        stream: WebSocketStream<reqwest::Upgraded>,
        (headers, protocol): (HeaderMap, Option<String>),
        url: String,
        watchdog: Watchdog,
        max_message_bytes: usize,
    ) -> Self {
        Self {
            stream,
            headers,
            protocol,
            url,
            watchdog,
            max_message_bytes,
            is_over: false,
            closed: None,
        }
    }

    /// The headers with which the other side switched.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The sub-protocol that the other side chose.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// How the other side closed, once it did.
    pub fn closed(&self) -> Option<&CloseFrame> {
        self.closed.as_ref()
    }

    /// Sends a message, as soon as the connection takes it. Dropped before its end, the message may or may not be sent.
    ///
    /// Messages that come meanwhile wait; who must not let them wait uses the `poll_` methods.
    ///
    /// # Errors
    /// `Network` if the connection broke or is closed.
    pub async fn send(&mut self, message: WebSocketMessage) -> Result<()> {
        poll_fn(|cx| self.poll_ready(cx)).await?;
        self.start_send(message)?;
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Ready when a message can be sent.
    ///
    /// # Errors
    /// `Network` if the connection broke or is closed.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let ready = ready!(Pin::new(&mut self.stream).poll_ready(cx));
        Poll::Ready(ready.map_err(|error| self.error(error)))
    }

    /// Sends a message after [`WebSocket::poll_ready`] said so. It may be on its way only after [`WebSocket::poll_flush`].
    ///
    /// # Errors
    /// `Network` if the connection broke or is closed.
    pub fn start_send(&mut self, message: WebSocketMessage) -> Result<()> {
        self.watchdog.reset();
        let message = match message {
            WebSocketMessage::Text(text) => Message::text(text),
            WebSocketMessage::Binary(bytes) => Message::Binary(bytes),
        };
        Pin::new(&mut self.stream).start_send(message).map_err(|error| self.error(error))
    }

    /// Ready when everything sent is on its way.
    ///
    /// # Errors
    /// `Network` if the connection broke.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(cx));
        Poll::Ready(flushed.map_err(|error| self.error(error)))
    }

    /// Begins to say goodbye, after which nothing can be sent. Sent with the next flush or the next poll for messages.
    pub fn start_close(&mut self, code: u16) {
        let frame = WireCloseFrame { code: code.into(), reason: Default::default() };
        // It fails only if the connection is closed already.
        let _ = Pin::new(&mut self.stream).start_send(Message::Close(Some(frame)));
    }

    /// Says goodbye and waits until the other side does too, for 5 seconds at most. What still comes is passed over.
    pub async fn close(mut self) {
        self.start_close(CloseFrame::NORMAL);
        let goodbye = async {
            let _ = poll_fn(|cx| self.poll_flush(cx)).await;
            while let Some(Ok(_)) = self.next().await {}
        };
        // There is nobody to whom a failure would matter.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, goodbye).await;
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WebSocketMessage>>> {
        loop {
            let message = match ready!(self.stream.poll_next_unpin(cx)) {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Poll::Ready(Some(Err(self.error(error)))),
                None => return Poll::Ready(None),
            };
            return Poll::Ready(Some(Ok(match message {
                Message::Text(text) => WebSocketMessage::Text(text.as_str().to_owned()),
                Message::Binary(bytes) => WebSocketMessage::Binary(bytes),
                Message::Close(frame) => {
                    self.closed = Some(match frame {
                        Some(frame) => CloseFrame::new(frame.code.into(), frame.reason.as_str()),
                        None => CloseFrame::new(CloseFrame::NO_STATUS, ""),
                    });
                    continue;
                }
                // Pings are answered below; whole messages are all that is read.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            })));
        }
    }

    fn error(&self, error: WireError) -> Error {
        let broke = |cause: &dyn fmt::Display| {
            Error::new(ErrorKind::Network, format!("the connection to the API broke: {cause}"))
                .with_retryable(true)
        };
        let told = match &error {
            WireError::ConnectionClosed | WireError::AlreadyClosed => broke(&"it is closed"),
            WireError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                broke(&"it ended without a word")
            }
            WireError::Protocol(ProtocolError::SendAfterClosing) => broke(&"it is closed"),
            WireError::Io(cause) => broke(cause),
            WireError::Capacity(CapacityError::MessageTooLong { .. }) => {
                let limit = self.max_message_bytes;
                Error::invalid_response(format!(
                    "a message of the API is larger than {limit} bytes"
                ))
            }
            _ => Error::invalid_response("the API broke the rules of WebSockets"),
        };
        told.with_url(&self.url).with_source(error)
    }
}

impl Stream for WebSocket {
    type Item = Result<WebSocketMessage>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.is_over {
            return Poll::Ready(None);
        }
        let item = if let Some(limit) = this.watchdog.overdue() {
            Some(Err(limit.error().with_url(&this.url)))
        } else {
            match this.poll_message(cx) {
                Poll::Ready(item) => {
                    this.watchdog.reset();
                    item
                }
                Poll::Pending => {
                    let limit = ready!(this.watchdog.poll(cx));
                    Some(Err(limit.error().with_url(&this.url)))
                }
            }
        };
        this.is_over = !matches!(item, Some(Ok(_)));
        Poll::Ready(item)
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("url", &self.url)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}
