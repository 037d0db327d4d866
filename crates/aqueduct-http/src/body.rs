//! The body of an answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;
use http_body::Body as _;
use tokio::time::Instant;

use crate::timeouts::{Limit, Timeouts};
use crate::transport::{self, Origin};
use crate::watchdog::Watchdog;

/// The chunks of an answer as they arrive. It ends after its first error.
///
/// Nothing is read ahead, and dropping it closes the exchange.
#[must_use]
pub struct ByteStream {
    /// `None` when it is over.
    body: Option<reqwest::Body>,
    origin: Origin,
    watchdog: Watchdog,
}

impl ByteStream {
    pub(crate) fn new(
        body: reqwest::Body,
        origin: Origin,
        timeouts: Timeouts,
        deadline: Option<Instant>,
    ) -> Self {
        Self { body: Some(body), origin, watchdog: Watchdog::new(timeouts, deadline) }
    }

    /// Ends no later than that.
    pub(crate) fn with_deadline(mut self, deadline: Option<Instant>) -> Self {
        self.watchdog.shorten(deadline);
        self
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](aqueduct_spec::ErrorKind::InvalidResponse) as soon as it is longer than `max_bytes`, and
    /// those of the stream.
    pub async fn collect_up_to(mut self, max_bytes: usize) -> Result<Bytes> {
        let too_large = |origin: &Origin| {
            Error::invalid_response(format!("the answer is larger than {max_bytes} bytes"))
                .with_url(&origin.url)
        };
        let announced = self.body.as_ref().map_or(0, |body| body.size_hint().lower());
        if usize::try_from(announced).map_or(true, |announced| announced > max_bytes) {
            return Err(too_large(&self.origin));
        }
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            if chunk.len() > max_bytes - (first.len() + all.len()) {
                return Err(too_large(&self.origin));
            }
            if first.is_empty() && all.is_empty() {
                first = chunk;
            } else {
                if all.is_empty() {
                    all.extend_from_slice(&std::mem::take(&mut first));
                }
                all.extend_from_slice(&chunk);
            }
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    }

    /// Reads as much as there is, up to a size, and no errors.
    pub(crate) async fn collect_what_comes(mut self, max_bytes: usize) -> Bytes {
        let mut all = BytesMut::new();
        while let Some(Ok(chunk)) = self.next().await {
            let room = max_bytes - all.len();
            all.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if all.len() == max_bytes {
                break;
            }
        }
        all.freeze()
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        loop {
            match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                    // Trailers, or an empty chunk, which would mean the end to some readers.
                    Ok(_) | Err(_) => {}
                },
                Some(Err(error)) => {
                    return Poll::Ready(Some(Err(transport::cut_error(error, &self.origin))));
                }
                None => return Poll::Ready(None),
            }
        }
    }

    fn end_with(&mut self, limit: Limit) -> Poll<Option<Result<Bytes>>> {
        self.body = None;
        Poll::Ready(Some(Err(limit.error().with_url(&self.origin.url))))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.body.is_none() {
            return Poll::Ready(None);
        }
        if let Some(limit) = this.watchdog.overdue() {
            return this.end_with(limit);
        }
        match this.poll_body(cx) {
            Poll::Ready(item) => {
                this.watchdog.reset();
                if !matches!(item, Some(Ok(_))) {
                    this.body = None;
                }
                Poll::Ready(item)
            }
            Poll::Pending => {
                let limit = ready!(this.watchdog.poll(cx));
                this.end_with(limit)
            }
        }
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("url", &self.origin.url)
            .field("is_over", &self.body.is_none())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aqueduct_spec::ErrorKind;
    use futures_util::future::poll_immediate;
    use futures_util::stream;
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A body whose chunks come with these gaps, in seconds.
    fn trickle(gaps: &'static [u64], timeouts: Timeouts) -> ByteStream {
        let chunks = stream::iter(gaps).then(|gap| async {
            sleep(SECOND * u32::try_from(*gap).unwrap()).await;
            Ok::<_, std::io::Error>("x")
        });
        let origin = Origin { url: "http://h/".to_owned(), connect_timeout: SECOND };
        let deadline = timeouts.total.map(|total| Instant::now() + total);
        ByteStream::new(reqwest::Body::wrap_stream(chunks), origin, timeouts, deadline)
    }

    #[tokio::test(start_paused = true)]
    async fn the_idle_limit_begins_anew_with_every_chunk() {
        let timeouts = Timeouts::default().with_idle(SECOND * 10);
        let body = trickle(&[9; 5], timeouts);
        assert_eq!(body.collect_up_to(10).await.unwrap(), "xxxxx");

        let mut body = trickle(&[1, 11], timeouts);
        assert_eq!(body.next().await.unwrap().unwrap(), "x");
        let error = body.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains("nothing came for 10s (idle timeout)"), "{error}");
        assert!(body.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_not_a_silent_server() {
        let mut body = trickle(&[1, 1], Timeouts::default().with_idle(SECOND * 10));
        body.next().await.unwrap().unwrap();
        assert!(poll_immediate(body.next()).await.is_none());
        sleep(SECOND * 100).await;
        assert_eq!(body.next().await.unwrap().unwrap(), "x");
    }

    #[tokio::test(start_paused = true)]
    async fn the_total_limit_holds_for_a_body_that_flows() {
        let timeouts = Timeouts::default().with_idle(SECOND * 10).with_total(SECOND * 3);
        let error = trickle(&[1; 5], timeouts).collect_up_to(10).await.unwrap_err();
        assert!(error.message().contains("within 3s (total timeout)"), "{error}");
        let body = trickle(&[0, 1, 1, 1, 1], timeouts).collect_what_comes(10).await;
        assert_eq!(body, "xxx");
    }

    #[tokio::test(start_paused = true)]
    async fn limits_too_large_to_add_are_none() {
        let timeouts = Timeouts::default().with_idle(Duration::MAX);
        let body = trickle(&[1_000_000], timeouts);
        assert_eq!(body.collect_up_to(10).await.unwrap(), "x");
    }

    #[test]
    fn streams_can_be_sent_and_moved() {
        fn check<T: Send + Unpin + 'static>() {}
        check::<ByteStream>();
        check::<crate::EventStream>();
        check::<crate::Response>();
        check::<crate::Request>();
    }
}
