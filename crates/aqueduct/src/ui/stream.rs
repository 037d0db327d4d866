//! A message for a user interface, as it arises.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use aqueduct_spec::BoxStream;
use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::unfold;

use super::from_part::Translation;
use super::options::{Keeping, UiMessageOptions};
use super::track::Tracker;
use super::{ErrorChunk, MessageMetadataChunk, UiMessageChunk, UiSseStream};
use crate::text::{TextStream, TextStreamPart};

/// A message for a user interface, as it arises: a stream of [`UiMessageChunk`].
///
/// It runs only while it is polled, and dropping it cancels what is under way. What goes wrong is a chunk of its own.
#[must_use = "a stream does nothing unless it is polled"]
pub struct UiMessageStream(BoxStream<'static, UiMessageChunk>);

impl UiMessageStream {
    /// Takes chunks for a message, such as those of another server.
    pub fn new(chunks: impl Stream<Item = UiMessageChunk> + Send + 'static) -> Self {
        Self(chunks.boxed())
    }

    /// Puts the id of the message in and tells those who want to know.
    pub(super) fn kept(
        chunks: impl Stream<Item = UiMessageChunk> + Send + 'static,
        keeping: Keeping,
        message_id: Option<String>,
    ) -> Self {
        let tracker = Tracker::new(chunks.boxed(), keeping, message_id);
        Self(unfold(tracker, Tracker::next).boxed())
    }

    /// The message as server-sent events, with `[DONE]` behind the last.
    pub fn into_sse(self) -> UiSseStream<Self> {
        UiSseStream::new(self)
    }
}

impl Stream for UiMessageStream {
    type Item = UiMessageChunk;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<UiMessageChunk>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for UiMessageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UiMessageStream").finish_non_exhaustive()
    }
}

impl TextStream {
    /// Makes the answer a message for a user interface.
    ///
    /// ```no_run
    /// # async fn example() -> aqueduct::Result<()> {
    /// use aqueduct::ui::UiMessageOptions;
    ///
    /// let answer = aqueduct::stream_text("openai/gpt-5-mini").prompt("hi").await?;
    /// let response = answer.into_ui_messages(UiMessageOptions::new()).into_response();
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_ui_messages(self, options: UiMessageOptions) -> UiMessageStream {
        let message_id = options.keeping.message_id();
        let keeping = options.keeping.clone();
        let answer = Answer {
            parts: self,
            options,
            message_id: message_id.clone(),
            ready: VecDeque::new(),
            invalid_calls: BTreeSet::new(),
        };
        UiMessageStream::kept(unfold(answer, Answer::next), keeping, message_id)
    }
}

/// An answer that is translated.
struct Answer {
    parts: TextStream,
    options: UiMessageOptions,
    message_id: Option<String>,
    /// What the last part came to: three chunks at most.
    ready: VecDeque<UiMessageChunk>,
    /// The calls whose failure is still to come.
    invalid_calls: BTreeSet<String>,
}

impl Answer {
    async fn next(mut self) -> Option<(UiMessageChunk, Self)> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some((chunk, self));
            }
            match self.parts.next().await? {
                Ok(part) => self.translate(&part),
                Err(error) => {
                    let text = (self.options.keeping.error_text)(&error);
                    self.ready.push_back(ErrorChunk::new(text).into());
                }
            }
        }
    }

    /// Whether the page knows already: that a call is invalid is its outcome, too.
    fn is_told(&mut self, part: &TextStreamPart) -> bool {
        match part {
            TextStreamPart::ToolCall(call) if call.is_invalid() => {
                self.invalid_calls.insert(call.tool_call_id.clone());
                false
            }
            TextStreamPart::ToolError(error) if !error.provider_executed => {
                self.invalid_calls.remove(&error.tool_call_id)
            }
            _ => false,
        }
    }

    fn translate(&mut self, part: &TextStreamPart) {
        let metadata = self.options.metadata.as_ref().and_then(|note| note(part));
        let translation = Translation {
            options: &self.options,
            tools: self.parts.tools(),
            message_id: self.message_id.as_deref(),
            metadata: metadata.as_ref(),
        };
        let chunk = translation.chunk(part);
        let note = metadata
            .filter(|_| !matches!(part, TextStreamPart::Start | TextStreamPart::Finish(_)))
            .map(|metadata| UiMessageChunk::from(MessageMetadataChunk::new(metadata)));
        if self.is_told(part) {
            self.ready.extend(note);
            return;
        }
        match part {
            // A step is told of as a whole, with its notes.
            TextStreamPart::FinishStep(_) => self.ready.extend(note.into_iter().chain(chunk)),
            _ => self.ready.extend(chunk.into_iter().chain(note)),
        }
    }
}
