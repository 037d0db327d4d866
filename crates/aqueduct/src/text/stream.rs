//! A streamed answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{Error, Result};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::emitter::{Emitted, Event};
use super::tool_loop::ToolLoop;
use super::{TextResult, TextStreamPart};

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
    Failed(Error),
    Running(Emitted<TextStreamPart, Result<TextResult>>),
    Done(Box<Result<TextResult>>),
}

impl TextStream {
    pub(super) fn new(run: ToolLoop) -> Self {
        let emitted = Emitted::new(|emitter| async move { run.run(&emitter).await });
        Self { state: State::Running(emitted) }
    }

    pub(super) fn failed(error: Error) -> Self {
        Self { state: State::Failed(error) }
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

    /// Reads what is left and gives the result of the whole stream, also of the parts that were read before.
    ///
    /// # Errors
    /// The error that ended the stream; or what the provider reported, if it gave up on its answer.
    pub async fn collect(mut self) -> Result<TextResult> {
        while self.next().await.is_some() {}
        match self.state {
            State::Done(result) => *result,
            State::Failed(error) => Err(error),
            State::Running(_) => Err(Error::internal("a stream ended before its request")),
        }
    }
}

impl Stream for TextStream {
    type Item = Result<TextStreamPart>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (done, item) = match &mut self.state {
            State::Done(_) => return Poll::Ready(None),
            State::Failed(error) => (Err(error.clone()), Some(Err(error.clone()))),
            State::Running(emitted) => match ready!(emitted.poll_next_unpin(cx)) {
                Some(Event::Part(part)) => return Poll::Ready(Some(Ok(part))),
                Some(Event::End(Ok(result))) => match result.last_step().failure() {
                    // The consumer has seen it as a part already.
                    Some(error) => (Err(error.clone()), None),
                    None => (Ok(result), None),
                },
                Some(Event::End(Err(error))) => (Err(error.clone()), Some(Err(error))),
                None => return Poll::Ready(None),
            },
        };
        self.state = State::Done(Box::new(done));
        Poll::Ready(item)
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
