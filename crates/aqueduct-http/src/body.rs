//! The body of an answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;
use http_body::Body as _;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::timeouts::{Limit, Timeouts};
use crate::transport::{self, Origin};

/// The chunks of an answer as they arrive. It ends after its first error.
///
/// Nothing is read ahead, and dropping it closes the exchange.
#[must_use]
pub struct ByteStream {
    /// `None` when it is over.
    body: Option<reqwest::Body>,
    origin: Origin,
    timeouts: Timeouts,
    deadline: Option<Instant>,
    /// Set while nothing is there: a body that flows costs no timer.
    waiting: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl ByteStream {
    pub(crate) fn new(
        body: reqwest::Body,
        origin: Origin,
        timeouts: Timeouts,
        deadline: Option<Instant>,
    ) -> Self {
        Self { body: Some(body), origin, timeouts, deadline, waiting: None, is_waiting: false }
    }

    /// Ends no later than that.
    pub(crate) fn with_deadline(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = self.deadline.into_iter().chain(deadline).min();
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

    /// Ready with the limit that was exceeded.
    fn poll_limits(&mut self, cx: &mut Context<'_>) -> Poll<Limit> {
        if !self.is_waiting {
            let idle = self.timeouts.idle.and_then(|idle| Instant::now().checked_add(idle));
            let Some(until) = idle.into_iter().chain(self.deadline).min() else {
                return Poll::Pending;
            };
            self.is_waiting = true;
            match &mut self.waiting {
                Some(sleep) => sleep.as_mut().reset(until),
                None => self.waiting = Some(Box::pin(sleep_until(until))),
            }
        }
        let Some(sleep) = &mut self.waiting else { return Poll::Pending };
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(self.exceeded_limit())
    }

    fn exceeded_limit(&self) -> Limit {
        match (self.is_over_deadline(), self.timeouts.idle) {
            (false, Some(idle)) => Limit::Idle(idle),
            _ => Limit::Total(self.timeouts.total.unwrap_or_default()),
        }
    }

    fn is_over_deadline(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
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
        if this.is_over_deadline() {
            return this.end_with(this.exceeded_limit());
        }
        match this.poll_body(cx) {
            Poll::Ready(item) => {
                this.is_waiting = false;
                if !matches!(item, Some(Ok(_))) {
                    this.body = None;
                }
                Poll::Ready(item)
            }
            Poll::Pending => {
                let limit = ready!(this.poll_limits(cx));
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
