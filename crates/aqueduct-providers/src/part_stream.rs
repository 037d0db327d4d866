//! Events in, parts out.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use aqueduct_http::{EventStream, SseEvent};
use aqueduct_spec::language::{ErrorPart, StreamPart, StreamResult};
use aqueduct_spec::{Error, ModelInfo, Result};
use futures_core::Stream;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::failure;

/// Reads the events of one streamed answer: a state machine without I/O.
pub(crate) trait DecodeEvents: Send + Unpin + 'static {
    /// Takes the data of the next event.
    ///
    /// # Errors
    /// If the answer cannot be read any further; what is wrong with one event alone is an error part.
    fn event(&mut self, data: &str, parts: &mut VecDeque<StreamPart>) -> Result<()>;

    /// Takes the end of the stream.
    ///
    /// # Errors
    /// If the answer is not complete in a way that no part can tell.
    fn finish(&mut self, parts: &mut VecDeque<StreamPart>) -> Result<()>;
}

impl<D: DecodeEvents + ?Sized> DecodeEvents for Box<D> {
    fn event(&mut self, data: &str, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        (**self).event(data, parts)
    }

    fn finish(&mut self, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        (**self).finish(parts)
    }
}

/// The parts of an answer that arrives as server-sent events, up to `[DONE]` or the end of the connection.
pub(crate) struct PartStream<D> {
    /// Events that were read before the others.
    read: VecDeque<SseEvent>,
    events: Option<EventStream>,
    decoder: D,
    parts: VecDeque<StreamPart>,
    failure: Option<Error>,
}

impl<D: DecodeEvents> PartStream<D> {
    /// `first` are the parts that need no event.
    pub(crate) fn new(events: EventStream, decoder: D, first: StreamPart) -> Self {
        Self {
            read: VecDeque::new(),
            events: Some(events),
            decoder,
            parts: VecDeque::from([first]),
            failure: None,
        }
    }

    /// Puts events before the others that were taken from the same stream already.
    #[cfg_attr(
        not(feature = "openai"),
        expect(dead_code, reason = "only some vendors tell failures in the first events")
    )]
    pub(crate) fn with_read(mut self, events: Vec<SseEvent>) -> Self {
        self.read = events.into();
        self
    }

    /// The parts as the answer of a model, which is to blame for what breaks.
    pub(crate) fn into_result(self, info: &ModelInfo) -> StreamResult {
        let of = failure::of(info);
        StreamResult::new(self.map(move |part| part.map_err(&of)))
    }

    fn end(&mut self, cx: &mut Context<'_>) {
        // After `[DONE]` there is mostly nothing but the end of the body. If that is here already, the connection can be used
        // again; if not, nobody waits for it.
        if let Some(mut events) = self.events.take() {
            let _ = Pin::new(&mut events).poll_next(cx);
        }
        self.failure = self.decoder.finish(&mut self.parts).err();
    }

    fn fail(&mut self, error: Error) {
        self.events = None;
        self.failure = Some(error);
    }
}

impl<D: DecodeEvents> Stream for PartStream<D> {
    type Item = Result<StreamPart>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(part) = this.parts.pop_front() {
                return Poll::Ready(Some(Ok(part)));
            }
            if let Some(error) = this.failure.take() {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(events) = &mut this.events else { return Poll::Ready(None) };
            let event = match this.read.pop_front() {
                Some(event) => Some(Ok(event)),
                None => std::task::ready!(Pin::new(events).poll_next(cx)),
            };
            match event {
                Some(Ok(event)) if event.data_bytes() == "[DONE]" => this.end(cx),
                Some(Ok(event)) => {
                    if let Err(error) = this.decoder.event(event.data(), &mut this.parts) {
                        this.fail(error);
                    }
                }
                Some(Err(error)) => this.fail(error),
                None => {
                    this.events = None;
                    this.end(cx);
                }
            }
        }
    }
}

/// An event as a raw chunk: JSON if it is, else its text.
pub(crate) fn raw_value(data: &str) -> Value {
    serde_json::from_str(data).unwrap_or_else(|_| Value::String(data.to_owned()))
}

/// The part for an event that cannot be read.
pub(crate) fn unreadable(problem: &serde_json::Error) -> StreamPart {
    // The place is enough: the words of the error may repeat the event.
    let message = format!(
        "invalid JSON in an event of the stream at line {} column {}",
        problem.line(),
        problem.column()
    );
    ErrorPart::new(json!({ "name": "AI_JSONParseError", "message": message })).into()
}
