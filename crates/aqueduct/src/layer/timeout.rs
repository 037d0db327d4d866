//! Bounds the wait for an answer.

use std::time::Duration;

use aqueduct_spec::{Answer, BoxFuture, Call, Context, Error, ErrorKind, Model, ModelInfo, Result};

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

    /// Waits for an answer of a model no longer than these limits say.
    pub(crate) async fn hold<A: Answer, E: From<Error>>(
        self,
        model: &ModelInfo,
        answer: impl Future<Output = Result<A, E>>,
    ) -> Result<A, E> {
        let Some(limit) = self.of::<A>() else { return answer.await };
        tokio::time::timeout(limit, answer).await.unwrap_or_else(|_elapsed| {
            let what = if A::STREAMS { "begin to answer" } else { "answer" };
            let message = format!("the model '{}' did not {what} within {limit:?}", model.model_id);
            Err(Error::new(ErrorKind::Timeout, message)
                .with_provider(&model.provider)
                .with_model(&model.model_id)
                .with_retryable(true)
                .into())
        })
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
        Box::pin(async move { self.limits.hold(self.inner.info(), answer).await })
    }
}
