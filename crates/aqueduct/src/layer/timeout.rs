//! Bounds the wait for an answer.

use std::time::Duration;

use aqueduct_spec::{Answer, BoxFuture, Call, Context, Error, ErrorKind, Model, Result};

use super::describe_as_inner;

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until a whole answer is there. Default: 600 s.
    pub answer: Option<Duration>,
    /// Until a stream is there, and around [`FirstPart`](super::FirstPart) until its first content. Default: 300 s, because
    /// models that think before they answer take minutes.
    pub first_part: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { answer: Some(Duration::from_secs(600)), first_part: Some(Duration::from_secs(300)) }
    }
}

impl Timeouts {
    /// Sets or lifts the limit of whole answers.
    #[must_use]
    pub fn with_answer(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.answer = limit.into();
        self
    }

    /// Sets or lifts the limit up to a stream's first content.
    #[must_use]
    pub fn with_first_part(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.first_part = limit.into();
        self
    }

    /// The same limit for both.
    pub fn both(limit: Duration) -> Self {
        Self { answer: Some(limit), first_part: Some(limit) }
    }

    fn of<A: Answer>(self) -> Option<Duration> {
        if A::STREAMS { self.first_part } else { self.answer }
    }
}

/// Gives a call up that is not answered in time; the error is one that retries and fallbacks act on.
///
/// Once a stream has been handed over, this layer no longer watches it: the transport's idle timeout does.
#[derive(Debug, Clone)]
pub struct Timeout<M> {
    inner: M,
    limits: Timeouts,
}

impl<M> Timeout<M> {
    /// Wraps a model.
    pub fn new(inner: M, limits: Timeouts) -> Self {
        Self { inner, limits }
    }
}

describe_as_inner!(Timeout);

impl<C: Call, M: Model<C>> Model<C> for Timeout<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        let answer = self.inner.call(call, cx);
        let Some(limit) = self.limits.of::<C::Output>() else { return answer };
        Box::pin(async move {
            tokio::time::timeout(limit, answer).await.unwrap_or_else(|_elapsed| {
                let what = if C::Output::STREAMS { "begin to answer" } else { "answer" };
                let info = self.inner.info();
                Err(Error::new(
                    ErrorKind::Timeout,
                    format!("the model '{}' did not {what} within {limit:?}", info.model_id),
                )
                .with_provider(&info.provider)
                .with_model(&info.model_id)
                .with_retryable(true))
            })
        })
    }
}
