//! Server-sent events from a body.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::Result;
use futures_core::Stream;

use crate::body::ByteStream;
use crate::sse::{SseDecoder, SseEvent, SurrogateJoiner};

/// What to do with an event that the stream ended in, for want of an empty line after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnfinishedEvent {
    /// Discard it, as the standard says: it can be half an event.
    #[default]
    Discard,
    /// Return it, for servers that forget the last empty line.
    Dispatch,
}

/// The events of an answer. It ends after its first error; dropping it cancels the exchange.
///
/// JSON that was cut within a character beyond U+FFFF, as servers in JavaScript do (`"\ud83d"` in one event, `"\ude00"` in the
/// next), is joined; other halves of surrogate pairs become U+FFFD, for text has no place for them.
///
/// Errors are those of [`ByteStream`] (cut: `Network`, stopped: `Timeout`) and of [`SseDecoder`] (an event too large).
#[derive(Debug)]
#[must_use]
pub struct EventStream {
    /// `None` when it is over.
    body: Option<ByteStream>,
    decoder: SseDecoder,
    joiner: SurrogateJoiner,
    unfinished: UnfinishedEvent,
    ended_within_event: bool,
}

impl EventStream {
    /// Reads the events of a stream of bytes.
    pub fn new(body: ByteStream) -> Self {
        Self {
            body: Some(body),
            decoder: SseDecoder::new(),
            joiner: SurrogateJoiner::default(),
            unfinished: UnfinishedEvent::Discard,
            ended_within_event: false,
        }
    }

    /// Limits the bytes of one event. Default: [`SseDecoder::DEFAULT_MAX_EVENT_BYTES`].
    pub fn with_max_event_bytes(mut self, bytes: usize) -> Self {
        self.decoder = self.decoder.with_max_event_bytes(bytes);
        self
    }

    /// Sets what is done with an event that the stream ends in.
    pub fn with_unfinished_event(mut self, unfinished: UnfinishedEvent) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// Whether the stream has ended within an event: it was cut without the connection noticing, or the server forgot the
    /// last empty line.
    pub fn ended_within_event(&self) -> bool {
        self.ended_within_event
    }

    fn finish(&mut self) -> Option<SseEvent> {
        self.body = None;
        self.ended_within_event = self.decoder.has_unfinished_event();
        self.decoder.finish().filter(|_| self.unfinished == UnfinishedEvent::Dispatch)
    }
}

impl Stream for EventStream {
    type Item = Result<SseEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match this.decoder.next_event() {
                Ok(Some(event)) => {
                    return Poll::Ready(Some(Ok(event.joined(&mut this.joiner))));
                }
                Ok(None) => {}
                Err(error) => {
                    this.body = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
            let Some(body) = &mut this.body else { return Poll::Ready(None) };
            match ready!(Pin::new(body).poll_next(cx)) {
                Some(Ok(chunk)) => this.decoder.push(chunk),
                Some(Err(error)) => {
                    this.body = None;
                    this.ended_within_event = this.decoder.has_unfinished_event();
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let last = this.finish();
                    return Poll::Ready(last.map(|event| Ok(event.joined(&mut this.joiner))));
                }
            }
        }
    }
}
