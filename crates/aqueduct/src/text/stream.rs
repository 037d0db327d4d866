//! A streamed answer.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use aqueduct_spec::{BoxFuture, Error, ErrorKind, Result};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::emitter::{Emitted, Event};
use super::tape::Tape;
use super::tool_loop::{End, ToolLoop};
use super::transform::{PartStream, Transform, TransformContext};
use super::{TextResult, TextStreamPart};
use crate::tool::Tool;

/// A streamed answer over all its steps.
///
/// It runs only while it is polled, and dropping it cancels the model call and the tools that are under way.
///
/// There are two kinds of failures. An `Err` is the last item: the request was wrong, the model could not be reached, or the
/// connection broke. `Ok(TextStreamPart::Error)` is what the provider itself reports while it streams, and more parts follow.
pub struct TextStream {
    state: State,
}

enum State {
    Preparing(BoxFuture<'static, Result<TextStream>>),
    Failed(Error),
    Running(Running),
    Done(Box<Result<TextResult>>),
}

/// A stream that is read.
struct Running {
    parts: PartStream,
    /// Where the loop leaves its end, behind the last part.
    end: EndSlot,
    tape: Option<Tape>,
    tools: Arc<[Tool]>,
}

type EndSlot = Arc<Mutex<Option<End>>>;

impl TextStream {
    pub(super) fn new(run: ToolLoop, transforms: &[Transform], cx: &TransformContext) -> Self {
        let end = EndSlot::default();
        let tape = run.tape.clone();
        let on_chunk = run.callbacks.chunk.clone();
        let emitted = Emitted::new(|emitter| run.run(emitter));
        let source = Source { emitted, end: Arc::clone(&end) };
        let mut parts: PartStream = source.boxed();
        for transform in transforms {
            parts = transform(parts, cx.clone());
        }
        if on_chunk.is_set() {
            parts = parts
                .then(move |part| {
                    let on_chunk = on_chunk.clone();
                    async move {
                        on_chunk.call(|| part.clone()).await;
                        part
                    }
                })
                .boxed();
        }
        let tools = Arc::clone(&cx.tools);
        Self { state: State::Running(Running { parts, end, tape, tools }) }
    }

    pub(super) fn preparing(stream: impl Future<Output = Result<Self>> + Send + 'static) -> Self {
        Self { state: State::Preparing(Box::pin(stream)) }
    }

    pub(super) fn failed(error: Error) -> Self {
        Self { state: State::Failed(error) }
    }

    /// The tools of the request, once the stream is under way.
    pub(crate) fn tools(&self) -> &[Tool] {
        match &self.state {
            State::Running(running) => &running.tools,
            _ => &[],
        }
    }

    /// The text alone, as it arises. Other parts are passed over; the stream can be gone on with, or collected, afterwards.
    ///
    /// What the provider reports to have failed is an `Err` here, so that it is not lost.
    pub fn text_stream(&mut self) -> TextDeltas<&mut Self> {
        TextDeltas(self)
    }

    /// As [`TextStream::text_stream`], for callers that want to keep nothing else.
    pub fn into_text_stream(self) -> TextDeltas<Self> {
        TextDeltas(self)
    }

    /// Reads what is left and gives the result of the whole stream, also of the parts that were read before. Of a stream that
    /// was given up on it is the steps that were complete.
    ///
    /// # Errors
    /// The error that ended the stream; or what the provider reported, if it gave up on its answer; `Cancelled` if it was given
    /// up on before its first step was complete.
    pub async fn collect(mut self) -> Result<TextResult> {
        while self.next().await.is_some() {}
        match self.state {
            State::Done(result) => *result,
            State::Failed(error) => Err(error),
            State::Preparing(_) | State::Running(_) => {
                Err(Error::internal("a stream ended before its request"))
            }
        }
    }

    /// Reads what is left for its effects alone: tools and callbacks. Failures go to `on_error`.
    pub async fn consume(mut self) {
        while self.next().await.is_some() {}
    }
}

impl Stream for TextStream {
    type Item = Result<TextStreamPart>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let State::Preparing(stream) = &mut self.state {
            self.state = match ready!(stream.as_mut().poll(cx)) {
                Ok(stream) => stream.state,
                Err(error) => State::Failed(error),
            };
        }
        let (done, item) = match &mut self.state {
            // What was prepared is not prepared again.
            State::Preparing(_) => return Poll::Ready(None),
            State::Done(_) => return Poll::Ready(None),
            State::Failed(error) => (Err(error.clone()), Some(Err(error.clone()))),
            State::Running(running) => match ready!(running.parts.poll_next_unpin(cx)) {
                Some(part) => {
                    if let Some(tape) = &running.tape {
                        tape.note(&part);
                    }
                    return Poll::Ready(Some(Ok(part)));
                }
                None => running.ending(),
            },
        };
        self.state = State::Done(Box::new(done));
        Poll::Ready(item)
    }
}

impl Running {
    /// What came of the stream, and its last item.
    fn ending(&self) -> (Result<TextResult>, Option<Result<TextStreamPart>>) {
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        match end {
            Some(End { result: Err(error), is_told: false }) => {
                (Err(error.clone()), Some(Err(error)))
            }
            Some(End { result, .. }) => (result, None),
            None => {
                let message = "a transform ended the stream before its request: let it pass the \
                               rest, or use `TransformContext::stop`";
                (Err(Error::new(ErrorKind::Cancelled, message)), None)
            }
        }
    }
}

/// The parts of the loop, before any transform.
struct Source {
    emitted: Emitted<TextStreamPart, End>,
    end: EndSlot,
}

impl Stream for Source {
    type Item = TextStreamPart;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match ready!(self.emitted.poll_next_unpin(cx)) {
            Some(Event::Part(part)) => Poll::Ready(Some(part)),
            Some(Event::End(end)) => {
                *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
                Poll::Ready(None)
            }
            None => Poll::Ready(None),
        }
    }
}

impl fmt::Debug for TextStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextStream").finish_non_exhaustive()
    }
}

/// The text of a streamed answer, as it arises.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct TextDeltas<S>(S);

impl<S> TextDeltas<S> {
    pub(crate) fn of(parts: S) -> Self {
        Self(parts)
    }
}

impl<S: Stream<Item = Result<TextStreamPart>> + Unpin> Stream for TextDeltas<S> {
    type Item = Result<String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.0).poll_next(cx)) {
                None => None,
                Some(Ok(TextStreamPart::TextDelta(part))) => Some(Ok(part.delta)),
                Some(Ok(TextStreamPart::Error(error)) | Err(error)) => Some(Err(error)),
                Some(Ok(_)) => continue,
            });
        }
    }
}
