//! Chunks, read as the messages that they make.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{Error, ErrorKind, Result};
use futures_core::Stream;

use super::assemble::Assembler;
use super::{UiMessage, UiMessageChunk};

/// Reads chunks as the message that they make: the message after every chunk that changed it.
///
/// What the other side calls an error is an `Err` and the stream goes on, unless
/// [`terminate_on_error`](UiMessageReader::terminate_on_error) says otherwise; a chunk that belongs to nothing that began is an
/// `Err` and the end.
///
/// ```
/// use aqueduct::ui::{TextDeltaChunk, TextStartChunk, UiMessageChunk, read_ui_message_stream};
/// use futures_util::{StreamExt as _, stream};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let chunks: [UiMessageChunk; 2] =
///     [TextStartChunk::new("1").into(), TextDeltaChunk::new("1", "hi").into()];
/// let messages: Vec<_> = read_ui_message_stream(stream::iter(chunks)).collect().await;
/// assert_eq!(messages[1].as_ref().unwrap().text(), "hi");
/// # });
/// ```
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/read-ui-message-stream> (2026-08).
pub fn read_ui_message_stream<S>(chunks: S) -> UiMessageReader<S>
where
    S: Stream<Item = UiMessageChunk> + Unpin,
{
    UiMessageReader {
        chunks,
        assembler: Assembler::new(""),
        terminates_on_error: false,
        is_done: false,
    }
}

/// A message that is read; see [`read_ui_message_stream`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct UiMessageReader<S> {
    chunks: S,
    assembler: Assembler,
    terminates_on_error: bool,
    is_done: bool,
}

impl<S> UiMessageReader<S> {
    /// Goes on with a message of the model's.
    pub fn message(mut self, message: UiMessage) -> Self {
        self.assembler = Assembler::of(message);
        self
    }

    /// Whether the first error ends the stream; it goes on otherwise.
    pub fn terminate_on_error(mut self, terminates: bool) -> Self {
        self.terminates_on_error = terminates;
        self
    }
}

impl<S: Stream<Item = UiMessageChunk> + Unpin> Stream for UiMessageReader<S> {
    type Item = Result<UiMessage>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.is_done {
            let Some(chunk) = ready!(Pin::new(&mut self.chunks).poll_next(cx)) else {
                self.is_done = true;
                break;
            };
            if let UiMessageChunk::Error(error) = chunk {
                self.is_done = self.terminates_on_error;
                return Poll::Ready(Some(Err(Error::new(ErrorKind::Provider, error.error_text))));
            }
            match self.assembler.apply(&chunk) {
                Ok(true) => return Poll::Ready(Some(Ok(self.assembler.message().clone()))),
                Ok(false) => {}
                Err(error) => {
                    self.is_done = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl<S> fmt::Debug for UiMessageReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UiMessageReader").finish_non_exhaustive()
    }
}
