//! Chunks as server-sent events.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue};

use super::UiMessageChunk;

/// The last event of a stream.
pub const SSE_DONE: &[u8] = b"data: [DONE]\n\n";

/// What an answer that streams a message says about itself.
///
/// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol> (2026-08).
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/event-stream"),
    (CACHE_CONTROL, "no-cache"),
    (CONNECTION, "keep-alive"),
    (HeaderName::from_static("x-vercel-ai-ui-message-stream"), "v1"),
    // nginx would hold the events back.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// The headers of an answer that streams a message.
pub fn ui_message_stream_headers() -> HeaderMap {
    HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

impl UiMessageChunk {
    /// The chunk as a server-sent event.
    pub fn to_sse(&self) -> Bytes {
        let mut event = b"data: ".to_vec();
        // Every chunk is an object with text as keys, which serde can always write.
        drop(serde_json::to_writer(&mut event, self));
        event.extend_from_slice(b"\n\n");
        event.into()
    }
}

/// The events of a message, and `[DONE]` behind the last.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct UiSseStream<S> {
    chunks: S,
    is_done: bool,
}

impl<S> UiSseStream<S> {
    /// Writes chunks as events.
    pub fn new(chunks: S) -> Self {
        Self { chunks, is_done: false }
    }
}

impl<S: Stream<Item = UiMessageChunk> + Unpin> Stream for UiSseStream<S> {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(match ready!(Pin::new(&mut self.chunks).poll_next(cx)) {
            Some(chunk) => chunk.to_sse(),
            None => {
                self.is_done = true;
                Bytes::from_static(SSE_DONE)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;
    use crate::ui::{FinishChunk, StartChunk};

    #[tokio::test]
    async fn writes_events_and_an_end() {
        let chunks = [StartChunk::default().into(), FinishChunk::default().into()];
        let events: Vec<_> = UiSseStream::new(stream::iter(chunks)).collect().await;
        let text = String::from_utf8(events.concat()).unwrap();
        let expected =
            "data: {\"type\":\"start\"}\n\ndata: {\"type\":\"finish\"}\n\ndata: [DONE]\n\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn says_what_it_is() {
        let headers = ui_message_stream_headers();
        assert_eq!(headers.len(), 5);
        assert_eq!(headers["x-vercel-ai-ui-message-stream"], "v1");
        assert_eq!(headers["content-type"], "text/event-stream");
    }
}
