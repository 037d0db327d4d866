//! Streams of what is at hand, at the pace of a model.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::vec;

use futures_core::Stream;
use tokio::time::Sleep;

/// Streams these chunks, with waits before them where they are set.
///
/// ```
/// use std::time::Duration;
/// use futures_util::StreamExt as _;
///
/// # async fn example() {
/// let stream = aqueduct::simulate_stream(["drop ", "by ", "drop"])
///     .initial_delay(Duration::from_secs(1))
///     .chunk_delay(Duration::from_millis(20));
/// let text: String = stream.collect().await;
/// # let _ = text;
/// # }
/// ```
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/simulate-readable-stream> (2026-08).
pub fn simulate_stream<T>(chunks: impl IntoIterator<Item = T>) -> SimulatedStream<T> {
    let chunks = chunks.into_iter().collect::<Vec<_>>().into_iter();
    SimulatedStream { chunks, next_delay: None, chunk_delay: None, sleep: None }
}

/// The stream of [`simulate_stream`]. It waits on tokio's clock.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct SimulatedStream<T> {
    chunks: vec::IntoIter<T>,
    /// The wait before the next chunk.
    next_delay: Option<Duration>,
    /// The wait before every chunk but the first.
    chunk_delay: Option<Duration>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<T> SimulatedStream<T> {
    /// Sets the wait before the first chunk. Default: none.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.next_delay = Some(delay);
        self
    }

    /// Sets the wait before every further chunk. Default: none.
    pub fn chunk_delay(mut self, delay: Duration) -> Self {
        self.chunk_delay = Some(delay);
        self
    }
}

impl<T> Unpin for SimulatedStream<T> {}

impl<T> Stream for SimulatedStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        if this.chunks.as_slice().is_empty() {
            return Poll::Ready(None);
        }
        if let Some(delay) = this.next_delay.take() {
            this.sleep = Some(Box::pin(tokio::time::sleep(delay)));
        }
        if let Some(sleep) = &mut this.sleep {
            ready!(sleep.as_mut().poll(cx));
            this.sleep = None;
        }
        this.next_delay = this.chunk_delay;
        Poll::Ready(this.chunks.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::time::Instant;

    use super::*;

    /// The chunks, each with the milliseconds until it came.
    async fn timed(stream: SimulatedStream<char>) -> Vec<(char, u128)> {
        let start = Instant::now();
        stream.map(|chunk| (chunk, start.elapsed().as_millis())).collect().await
    }

    #[tokio::test(start_paused = true)]
    async fn chunks_come_at_their_pace() {
        let (second, tenth) = (Duration::from_secs(1), Duration::from_millis(100));
        let stream = || simulate_stream(['a', 'b', 'c']);
        assert_eq!(timed(stream()).await, [('a', 0), ('b', 0), ('c', 0)]);
        let both = stream().chunk_delay(tenth).initial_delay(second);
        assert_eq!(timed(both).await, [('a', 1000), ('b', 1100), ('c', 1200)]);
        let initial = stream().initial_delay(second);
        assert_eq!(timed(initial).await, [('a', 1000), ('b', 1000), ('c', 1000)]);
        let between = stream().chunk_delay(tenth);
        assert_eq!(timed(between).await, [('a', 0), ('b', 100), ('c', 200)]);
        assert_eq!(timed(simulate_stream([]).initial_delay(second)).await, []);
    }

    #[tokio::test]
    async fn needs_no_clock_without_waits() {
        let mut stream = simulate_stream(0..2);
        assert_eq!(stream.size_hint(), (2, Some(2)));
        assert_eq!((stream.next().await, stream.next().await), (Some(0), Some(1)));
        assert_eq!((stream.next().await, stream.next().await), (None, None));
    }
}
