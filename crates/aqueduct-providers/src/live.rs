//! Live audio over a WebSocket: audio goes up while parts come down, both when the parts are polled.
//!
//! ```text
//! AudioReader ─ codec.audio ─▶ WebSocket ─ codec.receive ─▶ parts
//! ```
//!
//! Nothing is spawned and nothing piles up: a chunk is read only when the connection takes it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_http::{CloseFrame, WebSocket, WebSocketMessage};
use aqueduct_spec::{AudioReader, Error, ErrorKind, Result};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;

/// What a provider is told, and what it says.
pub(crate) trait LiveCodec: Send + Unpin + 'static {
    type Part: Send + Unpin + 'static;

    /// Writes a chunk of audio.
    fn audio(&mut self, chunk: Bytes, out: &mut VecDeque<WebSocketMessage>) -> Result<()>;

    /// Says that the audio is complete.
    fn end(&mut self) -> Result<WebSocketMessage>;

    /// Reads a message. Its parts are handed on before its failure, if it is one.
    fn receive(&mut self, message: &[u8], parts: &mut VecDeque<Self::Part>) -> Result<After>;

    /// What failed, if the other side said so before it closed the connection or the connection broke.
    fn reported(&mut self) -> Option<Error> {
        None
    }
}

/// What a message means for the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// More follows.
    GoOn,
    /// No more audio is wanted; something may still come.
    StopAudio,
    /// The answer is complete.
    Finished,
}

/// The parts of a live answer.
pub(crate) struct Live<C: LiveCodec> {
    socket: WebSocket,
    codec: C,
    audio: Option<AudioReader>,
    outgoing: VecDeque<WebSocketMessage>,
    ready: VecDeque<C::Part>,
    /// Why nothing can be sent any more. What the other side said before is worth more, so that it is read first.
    broken: Option<Error>,
    /// What the answer failed with, to be told behind the parts that are there.
    failed: Option<Error>,
    is_over: bool,
}

impl<C: LiveCodec> Live<C> {
    /// Begins with these parts; no audio is read before they are.
    pub(crate) fn new(
        socket: WebSocket,
        codec: C,
        audio: AudioReader,
        first: impl IntoIterator<Item = C::Part>,
    ) -> Self {
        Self {
            socket,
            codec,
            audio: Some(audio),
            outgoing: VecDeque::new(),
            ready: first.into_iter().collect(),
            broken: None,
            failed: None,
            is_over: false,
        }
    }

    /// Ready when something was sent, or will never be again.
    ///
    /// # Errors
    /// If the audio itself fails.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if let Err(error) = ready!(self.socket.poll_ready(cx)) {
            self.stop_sending(error);
            return Poll::Ready(Ok(()));
        }
        if self.outgoing.is_empty() {
            let chunk = match &mut self.audio {
                Some(audio) => audio.poll_next_unpin(cx),
                None => Poll::Pending,
            };
            match chunk {
                Poll::Ready(Some(chunk)) => self.codec.audio(chunk?, &mut self.outgoing)?,
                Poll::Ready(None) => {
                    self.audio = None;
                    self.outgoing.push_back(self.codec.end()?);
                }
                // While nobody speaks, what was said goes out.
                Poll::Pending => {
                    let Err(error) = ready!(self.socket.poll_flush(cx)) else {
                        return Poll::Pending;
                    };
                    self.stop_sending(error);
                }
            }
        }
        if let Some(message) = self.outgoing.pop_front()
            && let Err(error) = self.socket.start_send(message)
        {
            self.stop_sending(error);
        }
        Poll::Ready(Ok(()))
    }

    fn stop_sending(&mut self, error: Error) {
        self.stop_audio();
        self.broken.get_or_insert(error);
    }

    fn stop_audio(&mut self) {
        self.audio = None;
        self.outgoing.clear();
    }

    /// Takes what the other side said.
    fn take(&mut self, message: Option<Result<WebSocketMessage>>, cx: &mut Context<'_>) {
        let after = match message {
            Some(Ok(message)) => self.codec.receive(message.as_bytes(), &mut self.ready),
            Some(Err(error)) => Err(self.codec.reported().or(self.broken.take()).unwrap_or(error)),
            None => {
                let reported = self.codec.reported();
                Err(reported.unwrap_or_else(|| closed_early(self.socket.closed())))
            }
        };
        match after {
            Ok(After::GoOn) => {}
            Ok(After::StopAudio) => self.stop_audio(),
            Ok(After::Finished) => {
                self.end();
                self.say_goodbye(cx);
            }
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: Error) {
        self.end();
        self.failed = Some(error);
    }

    fn end(&mut self) {
        self.stop_audio();
        self.is_over = true;
    }

    /// Says goodbye, as far as that goes without waiting: the answer is complete, whatever becomes of the connection.
    fn say_goodbye(&mut self, cx: &mut Context<'_>) {
        self.socket.start_close(CloseFrame::NORMAL);
        let _ = self.socket.poll_flush(cx);
    }
}

impl<C: LiveCodec> Stream for Live<C> {
    type Item = Result<C::Part>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(part) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(part)));
            }
            if this.is_over {
                return Poll::Ready(this.failed.take().map(Err));
            }
            let has_sent = match this.broken {
                Some(_) => false,
                None => match this.poll_send(cx) {
                    Poll::Ready(Ok(())) => true,
                    Poll::Ready(Err(error)) => {
                        this.fail(error);
                        continue;
                    }
                    Poll::Pending => false,
                },
            };
            match this.socket.poll_next_unpin(cx) {
                Poll::Ready(message) => this.take(message, cx),
                Poll::Pending if has_sent => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// A connection was closed before the answer was complete.
fn closed_early(frame: Option<&CloseFrame>) -> Error {
    let how = match frame {
        None => "without a word".to_owned(),
        Some(CloseFrame { code, reason, .. }) if reason.is_empty() => format!("with code {code}"),
        Some(CloseFrame { code, reason, .. }) => format!("with code {code}: {reason}"),
    };
    let message = format!("the API closed the connection before the answer was complete, {how}");
    Error::new(ErrorKind::Network, message).with_retryable(true)
}
