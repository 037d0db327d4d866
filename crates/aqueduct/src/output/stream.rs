//! A streamed answer that has a form.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::Result;
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::OutputResult;
use super::kind::{ElementsOutput, OutputKind};
use super::tracker::Tracker;
use crate::text::{TextDeltas, TextStream, TextStreamPart};

/// A streamed answer whose text has a form: a stream of the same parts as [`TextStream`], that knows what they come to.
///
/// ```no_run
/// # #[derive(serde::Deserialize, schemars::JsonSchema)]
/// # struct Hero { name: String }
/// # async fn example() -> aqueduct::Result<()> {
/// use aqueduct::{Output, stream_text};
/// use futures_util::StreamExt as _;
///
/// let mut answer = stream_text("openai/gpt-5-mini")
///     .prompt("Three heroes.")
///     .output(Output::array::<Hero>())
///     .await?;
/// let mut heroes = answer.element_stream();
/// while let Some(hero) = heroes.next().await {
///     let hero = hero?;
///     # let _ = hero.name;
/// }
/// let all = answer.collect().await?.output()?;
/// # let _ = all;
/// # Ok(())
/// # }
/// ```
pub struct OutputStream<K> {
    parts: TextStream,
    kind: K,
    tracker: Tracker,
}

impl<K: OutputKind> OutputStream<K> {
    pub(crate) fn new(parts: TextStream, kind: K) -> Self {
        Self { parts, kind, tracker: Tracker::default() }
    }

    /// The partial values, each only if it differs from the one before. Other parts are passed over; the stream can be gone on
    /// with, or collected, afterwards.
    ///
    /// What the provider reports to have failed is an `Err` here, so that it is not lost.
    pub fn partial_output_stream(&mut self) -> PartialOutputs<'_, K> {
        PartialOutputs(self)
    }

    /// The partial value after the last part that was read; for those who read the parts themselves.
    pub fn partial_output(&mut self) -> Option<K::Partial> {
        self.tracker.newest(&self.kind).map(|value| self.kind.read_partial(value))
    }

    /// The partial value, if it has changed since it was last taken.
    pub fn take_partial_output(&mut self) -> Option<K::Partial> {
        self.tracker.take_news(&self.kind).map(|value| self.kind.read_partial(value))
    }

    /// The text alone, as [`TextStream::text_stream`] has it.
    pub fn text_stream(&mut self) -> TextDeltas<&mut Self> {
        TextDeltas::of(self)
    }

    /// Reads what is left and gives the result of the whole stream.
    ///
    /// # Errors
    /// As [`TextStream::collect`]. Whether the text has its form is told by [`OutputResult::output`].
    pub async fn collect(self) -> Result<OutputResult<K>> {
        Ok(OutputResult::streamed(self.parts.collect().await?, self.kind))
    }

    /// The stream without the form of its answer.
    pub fn into_inner(self) -> TextStream {
        self.parts
    }
}

impl<K: ElementsOutput> OutputStream<K> {
    /// The elements, each as soon as it is complete. Other parts are passed over; the stream can be gone on with, or collected,
    /// afterwards. If a step that is not the last one has elements too, they are given as well.
    ///
    /// What the provider reports to have failed is an `Err` here, so that it is not lost.
    pub fn element_stream(&mut self) -> Elements<'_, K> {
        Elements(self)
    }

    /// The next element that is complete after the last part that was read; for those who read the parts themselves.
    pub fn take_element(&mut self) -> Option<K::Element> {
        loop {
            let element = self.tracker.take_element(&self.kind)?;
            if let Some(element) = self.kind.read_element(element) {
                return Some(element);
            }
        }
    }
}

impl<K: OutputKind> Stream for OutputStream<K> {
    type Item = Result<TextStreamPart>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = ready!(this.parts.poll_next_unpin(cx));
        if let Some(Ok(part)) = &item {
            this.tracker.see(part);
        }
        Poll::Ready(item)
    }
}

impl<K> fmt::Debug for OutputStream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

/// The partial values of a stream.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct PartialOutputs<'a, K>(&'a mut OutputStream<K>);

impl<K: OutputKind> Stream for PartialOutputs<'_, K> {
    type Item = Result<K::Partial>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        pull(&mut *self.0, OutputStream::take_partial_output, cx)
    }
}

/// The elements of a stream.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct Elements<'a, K>(&'a mut OutputStream<K>);

impl<K: ElementsOutput> Stream for Elements<'_, K> {
    type Item = Result<K::Element>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        pull(&mut *self.0, OutputStream::take_element, cx)
    }
}

/// Reads parts until there is something to take.
fn pull<K: OutputKind, T>(
    stream: &mut OutputStream<K>,
    take: impl Fn(&mut OutputStream<K>) -> Option<T>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<T>>> {
    loop {
        if let Some(item) = take(stream) {
            return Poll::Ready(Some(Ok(item)));
        }
        match ready!(stream.poll_next_unpin(cx)) {
            None => return Poll::Ready(None),
            Some(Ok(TextStreamPart::Error(error)) | Err(error)) => {
                return Poll::Ready(Some(Err(error)));
            }
            Some(Ok(_)) => {}
        }
    }
}
