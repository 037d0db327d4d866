//! Streams that outlive their readers.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aqueduct_spec::{BoxFuture, BoxStream};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::{AbortChunk, ErrorChunk, SSE_DONE, UiMessageChunk};
use crate::text::AbortHandle;

/// Keeps the events of streams that are under way in the memory of this process, so that a page that lost its connection can
/// have them again from the start and follow on.
///
/// A stream that is kept goes on without readers: that is the work of the driver that [`keep`](ResumableStreams::keep) returns,
/// which the program spawns. When it ends, the stream is forgotten: its message is in the program's store by then.
///
/// So a page that leaves, or calls `stop` of `useChat`, stops nothing. To let its user stop an answer, give it a path of its own
/// that calls [`stop`](ResumableStreams::stop).
///
/// ```no_run
/// use aqueduct::ui::{ResumableStreams, UiMessageOptions, resumed_response, ui_sse_response};
///
/// # async fn example(streams: ResumableStreams) -> aqueduct::Result<()> {
/// // POST /api/chat
/// let answer = aqueduct::stream_text("openai/gpt-5-mini").prompt("hi").await?;
/// let events = answer.into_ui_messages(UiMessageOptions::new()).into_sse();
/// let (events, driver) = streams.keep("chat-1", events);
/// tokio::spawn(driver);
/// let response = ui_sse_response(events);
/// // GET /api/chat/chat-1/stream
/// let again = resumed_response(streams.resume("chat-1"));
/// // POST /api/chat/chat-1/stop
/// streams.stop("chat-1");
/// # drop((response, again));
/// # Ok(())
/// # }
/// ```
///
/// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-resume-streams> (2026-11).
#[derive(Clone)]
pub struct ResumableStreams {
    shelf: Shelf,
    max_streams: usize,
    max_bytes: usize,
}

/// The streams that are under way, by their ids, the oldest first.
type Shelf = Arc<Mutex<VecDeque<(String, Arc<Log>)>>>;

/// How many streams are kept at a time unless the program says otherwise.
const MAX_STREAMS: usize = 1024;

/// How many bytes of a stream are kept unless the program says otherwise.
const MAX_BYTES: usize = 8 << 20;

impl Default for ResumableStreams {
    fn default() -> Self {
        Self { shelf: Arc::default(), max_streams: MAX_STREAMS, max_bytes: MAX_BYTES }
    }
}

impl ResumableStreams {
    /// Keeps 1024 streams of 8 MiB each at most.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many streams are kept at a time. One more, and the oldest can no longer be resumed; those who read it read on.
    #[must_use]
    pub fn max_streams(mut self, streams: usize) -> Self {
        self.max_streams = streams;
        self
    }

    /// How many bytes of a stream are kept. One more, and the stream ends with an error.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Keeps the events of a stream under an id. A stream of the same id is replaced: it goes on, but can no longer be resumed or
    /// stopped. Returns the events for the first reader, and the driver that the stream goes on with, which is to be spawned:
    /// without it there are no events. Dropping the driver cancels the stream.
    pub fn keep(
        &self,
        id: impl Into<String>,
        events: impl Stream<Item = Bytes> + Send + Unpin + 'static,
    ) -> (BoxStream<'static, Bytes>, BoxFuture<'static, ()>) {
        self.keep_log(id.into(), events, Log::new(AbortHandle::new(), EndsBy::Driver))
    }

    /// As [`keep`](ResumableStreams::keep), for a stream that [`stop`](ResumableStreams::stop) shall give up on with a handle:
    /// that of the request. The message then ends as one that somebody gave up on, and who keeps it is told
    /// ([`on_end`](super::UiMessageOptions::on_end)).
    pub fn keep_abortable(
        &self,
        id: impl Into<String>,
        events: impl Stream<Item = Bytes> + Send + Unpin + 'static,
        abort: &AbortHandle,
    ) -> (BoxStream<'static, Bytes>, BoxFuture<'static, ()>) {
        self.keep_log(id.into(), events, Log::new(abort.clone(), EndsBy::Itself))
    }

    fn keep_log(
        &self,
        id: String,
        events: impl Stream<Item = Bytes> + Send + Unpin + 'static,
        log: Log,
    ) -> (BoxStream<'static, Bytes>, BoxFuture<'static, ()>) {
        let log = Arc::new(log);
        {
            let mut shelf = self.shelf();
            shelf.retain(|(other, _)| *other != id);
            shelf.push_back((id, Arc::clone(&log)));
            while shelf.len() > self.max_streams {
                shelf.pop_front();
            }
        }
        let end = End { shelf: Arc::clone(&self.shelf), log: Arc::clone(&log) };
        (log.read(), Box::pin(drive(events, end, self.max_bytes)))
    }

    /// The events of a stream that is under way, from the first on; `None` if there is none of this id.
    pub fn resume(&self, id: &str) -> Option<BoxStream<'static, Bytes>> {
        let shelf = self.shelf();
        shelf.iter().find(|(other, _)| other == id).map(|(_, log)| log.read())
    }

    /// Gives up on a stream and says whether there was one of this id. Its readers are told, and what it was made from is dropped:
    /// at once, or, if it was kept with a handle, when it has ended by itself.
    pub fn stop(&self, id: &str) -> bool {
        let shelf = self.shelf();
        let log = shelf.iter().find(|(other, _)| other == id).map(|(_, log)| log);
        log.inspect(|log| log.abort.abort()).is_some()
    }

    fn shelf(&self) -> MutexGuard<'_, VecDeque<(String, Arc<Log>)>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ResumableStreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableStreams").field("streams", &self.shelf().len()).finish()
    }
}

/// Reads a stream to its end, whoever else reads it.
async fn drive(events: impl Stream<Item = Bytes> + Unpin, end: End, max_bytes: usize) {
    let mut bytes = 0_usize;
    let mut events = events.take_until(end.log.stopped());
    while let Some(event) = events.next().await {
        bytes = bytes.saturating_add(event.len());
        if bytes > max_bytes {
            let error = ErrorChunk::new("The answer is too long to be kept.");
            end.log.push(UiMessageChunk::from(error).to_sse());
            end.log.push(Bytes::from_static(SSE_DONE));
            return;
        }
        end.log.push(event);
    }
    if events.take_result().is_some() {
        end.log.push(UiMessageChunk::from(AbortChunk::default()).to_sse());
        end.log.push(Bytes::from_static(SSE_DONE));
    }
}

/// Ends a log, also if its driver is dropped, and takes it from the shelf.
struct End {
    shelf: Shelf,
    log: Arc<Log>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.retain(|(_, log)| !Arc::ptr_eq(log, &self.log));
        drop(shelf);
        self.log.progress.send_modify(|progress| progress.is_done = true);
    }
}

/// The events of one stream.
struct Log {
    events: Mutex<Vec<Bytes>>,
    progress: watch::Sender<Progress>,
    abort: AbortHandle,
    ends_by: EndsBy,
}

/// Who ends a stream that is given up on.
enum EndsBy {
    /// The driver, which drops it.
    Driver,
    /// What it is made from, which has the same handle.
    Itself,
}

#[derive(Default)]
struct Progress {
    events: usize,
    is_done: bool,
}

impl Log {
    fn new(abort: AbortHandle, ends_by: EndsBy) -> Self {
        let progress = watch::Sender::new(Progress::default());
        Self { events: Mutex::default(), progress, abort, ends_by }
    }

    /// Waits until the driver has to end the stream.
    fn stopped(&self) -> BoxFuture<'static, ()> {
        let abort = self.abort.clone();
        match self.ends_by {
            EndsBy::Driver => Box::pin(async move { drop(abort.aborted().await) }),
            EndsBy::Itself => Box::pin(std::future::pending()),
        }
    }

    fn push(&self, event: Bytes) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        self.progress.send_modify(|progress| progress.events += 1);
    }

    fn get(&self, number: usize) -> Option<Bytes> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// All events from the first on, as they come.
    fn read(self: &Arc<Self>) -> BoxStream<'static, Bytes> {
        let news = self.progress.subscribe();
        unfold((Arc::clone(self), news, 0), |(log, mut news, number)| async move {
            // The sender is the log's own, so that the wait cannot fail.
            drop(news.wait_for(|progress| progress.is_done || progress.events > number).await);
            let event = log.get(number)?;
            Some((event, (log, news, number + 1)))
        })
        .boxed()
    }
}
