//! Server-sent events: one `data:` line each, and a comment when nothing came for a while.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderValue, header};
use serde::Serialize;
use tokio::time::{Instant, Sleep};

/// Begins the data of an event.
pub(super) const DATA: &[u8] = b"data: ";

/// Writes an event.
pub(super) fn event(value: &impl Serialize) -> Bytes {
    let mut out = BytesMut::with_capacity(256);
    write_event(&mut out, value);
    out.freeze()
}

/// Writes an event behind others.
pub(super) fn write_event(out: &mut BytesMut, value: &impl Serialize) {
    out.put_slice(DATA);
    write_json(out, value);
    out.put_slice(b"\n\n");
}

/// Writes JSON. Only a map with keys that are no strings fails, and there is none.
pub(super) fn write_json(out: &mut BytesMut, value: &impl Serialize) {
    let _ = serde_json::to_writer(out.writer(), value);
}

/// Answers with a stream of events.
pub(super) fn response(
    events: impl Stream<Item = Bytes> + Send + 'static,
    heartbeat: Option<Duration>,
) -> Response {
    let events = Heartbeat::new(Box::pin(events), heartbeat);
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    // nginx holds answers back unless told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Puts a comment between events when there was none for one to two periods. It looks once in a period rather than setting
/// a timer for every event.
struct Heartbeat<S> {
    events: Pin<Box<S>>,
    clock: Option<(Duration, Pin<Box<Sleep>>)>,
    quiet: bool,
}

impl<S> Heartbeat<S> {
    fn new(events: Pin<Box<S>>, period: Option<Duration>) -> Self {
        let clock = period.map(|period| (period, Box::pin(tokio::time::sleep(period))));
        Self { events, clock, quiet: true }
    }
}

impl<S: Stream<Item = Bytes>> Stream for Heartbeat<S> {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Poll::Ready(event) = this.events.as_mut().poll_next(cx) {
            this.quiet = false;
            return Poll::Ready(event.map(Ok));
        }
        let Some((period, sleep)) = &mut this.clock else { return Poll::Pending };
        while sleep.as_mut().poll(cx).is_ready() {
            sleep.as_mut().reset(Instant::now() + *period);
            if std::mem::replace(&mut this.quiet, true) {
                return Poll::Ready(Some(Ok(Bytes::from_static(b": still here\n\n"))));
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn says_that_it_is_still_there() {
        let silence =
            stream::once(tokio::time::sleep(Duration::from_secs(35))).map(|()| Bytes::from("x"));
        let beats = Heartbeat::new(Box::pin(silence), Some(Duration::from_secs(10)));
        let all: Vec<_> = beats.map(Result::unwrap).collect().await;
        assert_eq!(all.len(), 4);
        assert!(all[..3].iter().all(|beat| beat == ": still here\n\n") && all[3] == "x");
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_quiet_when_asked_to_or_when_events_come() {
        let slow = |n| {
            stream::iter(0..n).then(|_| async {
                tokio::time::sleep(Duration::from_secs(9)).await;
                Bytes::from("x")
            })
        };
        let all: Vec<_> = Heartbeat::new(Box::pin(slow(5)), None).collect().await;
        assert_eq!(all.len(), 5);
        let all: Vec<_> =
            Heartbeat::new(Box::pin(slow(5)), Some(Duration::from_secs(10))).collect().await;
        assert_eq!(all.len(), 5);
    }
}
