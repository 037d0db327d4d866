//! A message that the program writes itself, with answers of models merged in.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use aqueduct_spec::{BoxFuture, BoxStream, Result, generate_id};
use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::{self, SelectAll};
use tokio::sync::mpsc;

use super::options::{ErrorText, UiMessageOptions};
use super::{ErrorChunk, StartChunk, UiMessageChunk, UiMessageStream};

/// How many chunks may wait for the reader.
const ROOM: usize = 16;

/// How long an id is that the program did not make.
const ID_LENGTH: usize = 16;

/// Writes the chunks of a message. Clones write the same message.
///
/// What is written after the message has ended, or after its reader has left, is dropped.
#[derive(Clone)]
pub struct UiMessageWriter {
    news: mpsc::Sender<News>,
    error_text: ErrorText,
}

enum News {
    Chunk(Box<UiMessageChunk>),
    Merge(BoxStream<'static, UiMessageChunk>),
}

impl UiMessageWriter {
    /// Writes a chunk; waits while the reader is far behind.
    pub async fn write(&self, chunk: impl Into<UiMessageChunk>) {
        // Nobody reads any more, which is no failure of the writer's.
        drop(self.news.send(News::Chunk(Box::new(chunk.into()))).await);
    }

    /// Merges another stream in. The message ends only when it has ended as well.
    pub async fn merge(&self, stream: impl Stream<Item = UiMessageChunk> + Send + 'static) {
        drop(self.news.send(News::Merge(stream.boxed())).await);
    }

    /// What a failure is called before the user.
    pub fn error_text(&self, error: &(dyn StdError + 'static)) -> String {
        (self.error_text)(error)
    }
}

impl fmt::Debug for UiMessageWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UiMessageWriter").finish_non_exhaustive()
    }
}

/// Makes a message of what a function writes: data of the program's own, and answers of models merged in.
///
/// The message has one id, whatever is merged: that of its options, or of what is merged first if nothing is written before.
///
/// The function runs while the stream is polled and is dropped with it. Its error becomes an error chunk, with the text that
/// the options' `on_error` gives it. Of the options count those that keep the message; what is sent is the function's affair.
///
/// ```no_run
/// use aqueduct::ui::{DataChunk, UiMessageOptions, create_ui_message_stream};
///
/// let stream = create_ui_message_stream(UiMessageOptions::new(), |writer| async move {
///     writer.write(DataChunk::new("data-status", "thinking")).await;
///     let answer = aqueduct::stream_text("openai/gpt-5-mini").prompt("hi").await?;
///     writer.merge(answer.into_ui_messages(UiMessageOptions::new())).await;
///     Ok(())
/// });
/// ```
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/create-ui-message-stream> (2026-08).
pub fn create_ui_message_stream<F>(
    options: UiMessageOptions,
    execute: impl FnOnce(UiMessageWriter) -> F,
) -> UiMessageStream
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let keeping = options.keeping;
    let (news, inbox) = mpsc::channel(ROOM);
    let error_text = keeping.error_text.clone();
    let writer = UiMessageWriter { news, error_text: error_text.clone() };
    let written = Written {
        execute: Some(Box::pin(execute(writer))),
        inbox,
        merged: SelectAll::new(),
        error_text,
    };
    let message_id = keeping.message_id().or_else(|| Some(generate_id(ID_LENGTH)));
    UiMessageStream::kept(begun(written), keeping, message_id)
}

/// Begins the message before its first part. A page shows what comes earlier as a message of its own, under an id that it makes
/// up, and all of it once more when the message begins under another.
fn begun(chunks: impl Stream<Item = UiMessageChunk>) -> impl Stream<Item = UiMessageChunk> {
    let mut has_begun = false;
    chunks.flat_map(move |chunk| {
        let is_part = match &chunk {
            UiMessageChunk::Error(_) | UiMessageChunk::Abort(_) => false,
            UiMessageChunk::Data(data) => data.transient != Some(true),
            _ => true,
        };
        let is_start = matches!(chunk, UiMessageChunk::Start(_));
        let start = (is_part && !is_start && !has_begun).then(StartChunk::default);
        has_begun |= is_part;
        stream::iter(start.map(UiMessageChunk::from).into_iter().chain([chunk]))
    })
}

/// What is written, and what is merged into it.
struct Written {
    execute: Option<BoxFuture<'static, Result<()>>>,
    inbox: mpsc::Receiver<News>,
    merged: SelectAll<BoxStream<'static, UiMessageChunk>>,
    error_text: ErrorText,
}

impl Stream for Written {
    type Item = UiMessageChunk;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<UiMessageChunk>> {
        loop {
            match self.inbox.poll_recv(cx) {
                Poll::Ready(Some(News::Chunk(chunk))) => return Poll::Ready(Some(*chunk)),
                Poll::Ready(Some(News::Merge(stream))) => {
                    self.merged.push(stream);
                    continue;
                }
                Poll::Ready(None) | Poll::Pending => {}
            }
            if let Some(execute) = &mut self.execute {
                match execute.as_mut().poll(cx) {
                    Poll::Ready(result) => {
                        self.execute = None;
                        if let Err(error) = result {
                            let text = (self.error_text)(&error);
                            // What was written before comes before.
                            self.merged.push(stream::iter([ErrorChunk::new(text).into()]).boxed());
                        }
                        continue;
                    }
                    Poll::Pending if !self.inbox.is_empty() => continue,
                    Poll::Pending => {}
                }
            }
            return match self.merged.poll_next_unpin(cx) {
                Poll::Ready(Some(chunk)) => Poll::Ready(Some(chunk)),
                _ if !self.inbox.is_empty() => continue,
                Poll::Ready(None) if self.execute.is_none() => Poll::Ready(None),
                _ => Poll::Pending,
            };
        }
    }
}
