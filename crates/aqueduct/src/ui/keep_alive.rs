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
    KeepAlive { events, interval, sleep: None, last: None, is_open: false }
}

/// Events with comments between them: see [`keep_alive`].
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct KeepAlive<S> {
    events: S,
    interval: Duration,
    /// Set once an interval, not for every event.
    sleep: Option<Pin<Box<Sleep>>>,
    /// When something was sent last.
    last: Option<Instant>,
    is_open: bool,
}

impl<S> KeepAlive<S> {
    /// Sends no comment at the beginning.
    pub fn without_opening(mut self) -> Self {
        self.is_open = true;
        self
    }
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
            this.last = Some(Instant::now());
            return Poll::Ready(event);
        }
        loop {
            let last = *this.last.get_or_insert_with(Instant::now);
            // An interval that no clock can count ends never.
            let Some(until) = last.checked_add(this.interval) else { return Poll::Pending };
            let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
            ready!(sleep.as_mut().poll(cx));
            let now = Instant::now();
            if until <= now {
                this.last = Some(now);
                sleep.as_mut().reset(now.checked_add(this.interval).unwrap_or(now));
                return Poll::Ready(Some(Bytes::from_static(KEEP_ALIVE)));
            }
            sleep.as_mut().reset(until);
        }
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
    async fn nothing_is_said_that_was_not_asked_for() {
        let slow = stream::iter(0..5).then(|_| async {
            sleep(Duration::from_secs(9)).await;
            Bytes::from_static(b"x")
        });
        let events = keep_alive(slow.boxed(), Duration::from_secs(10)).without_opening();
        assert_eq!(events.collect::<Vec<_>>().await.len(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn an_interval_may_be_longer_than_any_wait() {
        let event = stream::once(sleep(Duration::from_secs(9))).map(|()| Bytes::from_static(b"x"));
        let events = keep_alive(event.boxed(), Duration::MAX);
        assert_eq!(events.collect::<Vec<_>>().await.len(), 2);
    }
}
