//! Sends a failed call again.

use std::time::Duration;

use aqueduct_spec::{BoxFuture, Call, Context, Error, Model, Result};

use super::describe_as_inner;
use crate::retry::{BACKOFF_FACTOR, DEFAULT_MAX_RETRIES, INITIAL_DELAY, retry_delay, with_delays};

/// How often and after how long to send a failed call again.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many attempts follow the first. Default: 2.
    pub max_retries: u32,
    /// The wait before the first of them, unless the provider asks for another. Default: 2 s.
    pub initial_delay: Duration,
    /// How much longer every further wait is. Default: 2.
    pub factor: u32,
    /// The share of our own wait that is added by chance, so that clients that failed together do not come back together;
    /// 0.25 adds up to a quarter. Default: 0.
    pub jitter: f64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: DEFAULT_MAX_RETRIES,
            initial_delay: INITIAL_DELAY,
            factor: BACKOFF_FACTOR,
            jitter: 0.0,
        }
    }
}

impl RetryPolicy {
    /// The usual waits, this often.
    pub fn times(max_retries: u32) -> Self {
        Self { max_retries, ..Self::default() }
    }

    /// Never.
    pub fn never() -> Self {
        Self::times(0)
    }

    /// Sets the wait before the first new attempt.
    #[must_use]
    pub fn with_initial_delay(mut self, delay: Duration) -> Self {
        self.initial_delay = delay;
        self
    }

    /// Sets how much longer every further wait is.
    #[must_use]
    pub fn with_factor(mut self, factor: u32) -> Self {
        self.factor = factor;
        self
    }

    /// Sets the share of our own wait that is added by chance, between 0 and 1.
    #[must_use]
    pub fn with_jitter(mut self, share: f64) -> Self {
        self.jitter = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        self
    }

    /// The wait after the failed attempt number `attempt`, counted from 1; `None` if it was the last.
    pub fn delay(&self, error: &Error, attempt: u32) -> Option<Duration> {
        if attempt > self.max_retries {
            return None;
        }
        let delay = retry_delay(error, attempt, self.initial_delay, self.factor)?;
        let asked = error.retry_after() == Some(delay);
        Some(if asked || self.jitter == 0.0 {
            delay
        } else {
            delay.saturating_add(delay.mul_f64(self.jitter * fastrand::f64()))
        })
    }
}

/// Sends a call again that failed in a way that may pass, after the wait the provider asked for or a growing one of our own. A
/// call whose audio was read is not sent again ([`Call::is_spent`]).
#[derive(Debug, Clone)]
pub struct Retry<M> {
    inner: M,
    policy: RetryPolicy,
}

impl<M> Retry<M> {
    /// Wraps a model.
    pub fn new(inner: M, policy: RetryPolicy) -> Self {
        Self { inner, policy }
    }
}

describe_as_inner!(Retry);

impl<C: Call, M: Model<C>> Model<C> for Retry<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(async move {
            let delay = |error: &Error, attempt| {
                self.policy.delay(error, attempt).filter(|_| !call.is_spent())
            };
            let send = || self.inner.call(call.clone(), cx);
            with_delays(delay, send).await.map_err(|(_, error)| error)
        })
    }
}
