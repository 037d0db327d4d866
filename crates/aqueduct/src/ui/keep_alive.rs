//! Events that say nothing but that the connection stands.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// Comments, which readers of server-sent events pass over.
const STREAM_OPEN: &[u8] = b": stream-open\n\n";
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// Sends a comment at the beginning, and another whenever no event came for so long. Proxies and load balancers cut
/// connections on which nothing comes, many of them after a minute, and a tool or a thought may take longer.
///
/// ```
/// use std::time::Duration;
///
/// use aqueduct::ui::{StreamBody, UiMessageStream, keep_alive, ui_sse_response};
///
/// fn respond(message: UiMessageStream) -> http::Response<StreamBody> {
///     ui_sse_response(keep_alive(message.into_sse(), Duration::from_secs(15)))
/// }
/// ```
///
/// Source: the behaviour of `ai` 7.0.173, `keepAliveMs` (2026-11).
pub fn keep_alive<S: Stream<Item = Bytes>>(events: S, interval: Duration) -> KeepAlive<S> {
    KeepAlive { events, interval, sleep: None, is_open: false, is_waiting: false }
}

/// Events with comments between them: see [`keep_alive`].
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct KeepAlive<S> {
    events: S,
    interval: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    is_open: bool,
    is_waiting: bool,
}

impl<S: Stream<Item = Bytes> + Unpin> Stream for KeepAlive<S> {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let this = &mut *self;
        if !this.is_open {
            this.is_open = true;
            return Poll::Ready(Some(Bytes::from_static(STREAM_OPEN)));
        }
        if let Poll::Ready(event) = Pin::new(&mut this.events).poll_next(cx) {
            this.is_waiting = false;
            return Poll::Ready(event);
        }
        if !this.is_waiting {
            // An interval that no clock can count ends never.
            let Some(until) = Instant::now().checked_add(this.interval) else {
                return Poll::Pending;
            };
            this.is_waiting = true;
            match &mut this.sleep {
                Some(sleep) => sleep.as_mut().reset(until),
                None => this.sleep = Some(Box::pin(sleep_until(until))),
            }
        }
        let Some(sleep) = &mut this.sleep else { return Poll::Pending };
        ready!(sleep.as_mut().poll(cx));
        this.is_waiting = false;
        Poll::Ready(Some(Bytes::from_static(KEEP_ALIVE)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn comments_fill_the_gaps() {
        let gaps = stream::iter([0, 1, 10, 3]).then(|seconds| async move {
            sleep(Duration::from_secs(seconds)).await;
            Bytes::from(format!("data: {seconds}\n\n"))
        });
        let events: Vec<_> = keep_alive(gaps.boxed(), Duration::from_secs(4)).collect().await;
        let text = String::from_utf8(events.concat()).unwrap();
        let seen: Vec<_> = text.split_terminator("\n\n").collect();
        let expected = [
            ": stream-open",
            "data: 0",
            "data: 1",
            ": keep-alive",
            ": keep-alive",
            "data: 10",
            "data: 3",
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn an_interval_may_be_longer_than_any_wait() {
        let event = stream::once(sleep(Duration::from_secs(9))).map(|()| Bytes::from_static(b"x"));
        let events = keep_alive(event.boxed(), Duration::MAX);
        assert_eq!(events.collect::<Vec<_>>().await.len(), 2);
    }
}
