//! Leaves a failing model alone for a while.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aqueduct_spec::{BoxFuture, Call, Context, Error, ErrorKind, Model, Result};
use tokio::time::Instant;

use super::describe_as_inner;

/// When to leave a failing model alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CooldownPolicy {
    /// After how many failures in a row. Default: 3.
    pub failures: u32,
    /// How long the first time. Default: 5 s. It doubles each time that the next attempt fails too.
    pub initial: Duration,
    /// How long at most. Default: 5 min.
    pub max: Duration,
}

impl Default for CooldownPolicy {
    fn default() -> Self {
        Self { failures: 3, initial: Duration::from_secs(5), max: Duration::from_secs(300) }
    }
}

impl CooldownPolicy {
    /// Sets after how many failures in a row; at least one.
    #[must_use]
    pub fn with_failures(mut self, failures: u32) -> Self {
        self.failures = failures.max(1);
        self
    }

    /// Sets how long the first time. The longest is raised to it.
    #[must_use]
    pub fn with_initial(self, initial: Duration) -> Self {
        self.with_durations(initial, self.max)
    }

    /// Sets how long the first time and at most.
    #[must_use]
    pub fn with_durations(mut self, initial: Duration, max: Duration) -> Self {
        self.initial = initial;
        self.max = max.max(initial);
        self
    }
}

/// How something has fared of late.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Record {
    /// Failures in a row.
    failures: u32,
    /// Rests in a row.
    rests: u32,
    /// When it may be tried again.
    until: Option<Instant>,
    /// Whether somebody finds out if it is well again.
    is_probed: bool,
}

impl Record {
    /// When it may be tried again, if that is not now.
    pub(crate) fn resting_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    /// Whether nothing speaks against it.
    pub(crate) fn is_clean(&self) -> bool {
        self.failures == 0 && self.until.is_none()
    }

    /// An attempt begins. If it is the first after a rest, the rest goes on for all others until it is known how the attempt
    /// went, or for as long again if that is never known: only one caller finds out.
    pub(crate) fn begin(&mut self, now: Instant, policy: &CooldownPolicy) {
        if self.failures >= policy.failures && self.until.is_some() {
            self.until = Some(now + length(self.rests.saturating_sub(1), policy));
            self.is_probed = true;
        }
    }

    /// An attempt failed in a way that speaks against it.
    pub(crate) fn failed(&mut self, now: Instant, policy: &CooldownPolicy) {
        self.failures = self.failures.saturating_add(1);
        // Calls that were under way when the rest began say nothing new: it must not grow with the number of callers.
        let is_news = self.is_probed || self.resting_until(now).is_none();
        if self.failures >= policy.failures && is_news {
            self.until = Some(now + length(self.rests, policy));
            self.rests = self.rests.saturating_add(1);
            self.is_probed = false;
        }
    }

    /// It asked to be left alone.
    pub(crate) fn rest_for(&mut self, wait: Duration, now: Instant) {
        self.until = self.until.max(now.checked_add(wait));
    }
}

/// How long the rest is that follows so many others.
fn length(rests: u32, policy: &CooldownPolicy) -> Duration {
    policy.initial.saturating_mul(1 << rests.min(31)).min(policy.max)
}

/// Whether an error says that the one who answered is not well, rather than that the call is wrong.
fn speaks_against_model(error: &Error) -> bool {
    error.is_retryable() || error.kind() == ErrorKind::InvalidResponse
}

/// Answers at once with an error while the model inside is left alone: after several failures in a row, or because it asked
/// for it with `retry-after`. Then one call finds out whether it is well again.
#[derive(Debug)]
pub struct Cooldown<M> {
    inner: M,
    policy: CooldownPolicy,
    record: Mutex<Record>,
}

impl<M> Cooldown<M> {
    /// Wraps a model.
    pub fn new(inner: M, policy: CooldownPolicy) -> Self {
        Self { inner, policy, record: Mutex::default() }
    }

    fn update<T>(&self, change: impl FnOnce(&mut Record, Instant) -> T) -> T {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut record, Instant::now())
    }
}

describe_as_inner!(Cooldown);

impl<C: Call, M: Model<C>> Model<C> for Cooldown<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(async move {
            let left = self.update(|record, now| {
                let left = record.resting_until(now).map(|until| until - now);
                if left.is_none() {
                    record.begin(now, &self.policy);
                }
                left
            });
            if let Some(left) = left {
                let info = self.inner.info();
                return Err(Error::new(
                    ErrorKind::Provider,
                    format!("the model '{}' failed lately and is left alone", info.model_id),
                )
                .with_provider(&info.provider)
                .with_model(&info.model_id)
                .with_retryable(true)
                .with_retry_after(left));
            }
            let answer = self.inner.call(call, cx).await;
            self.update(|record, now| match &answer {
                Err(error) if speaks_against_model(error) => {
                    record.failed(now, &self.policy);
                    if let Some(wait) = error.retry_after() {
                        record.rest_for(wait.min(self.policy.max), now);
                    }
                }
                // An error that is the call's own fault shows that somebody is there and answers.
                Ok(_) | Err(_) => *record = Record::default(),
            });
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: CooldownPolicy = CooldownPolicy {
        failures: 2,
        initial: Duration::from_secs(10),
        max: Duration::from_secs(25),
    };

    /// How long it rests after `failures` at once, in seconds.
    fn rest(record: &mut Record, now: Instant, failures: u32) -> Option<u64> {
        for _ in 0..failures {
            record.failed(now, &POLICY);
        }
        record.resting_until(now).map(|until| (until - now).as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn rests_grow_with_failed_probes_and_not_with_callers() {
        let mut record = Record::default();
        let mut now = Instant::now();
        assert_eq!(rest(&mut record, now, 1), None);
        assert_eq!(rest(&mut record, now, 64), Some(10));
        for expected in [20, 25, 25] {
            now = record.resting_until(now).unwrap();
            assert_eq!(record.resting_until(now), None, "the rest is over");
            record.begin(now, &POLICY);
            assert!(record.resting_until(now).is_some(), "only one finds out");
            assert_eq!(rest(&mut record, now, 1), Some(expected));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_nobody_hears_of_holds_others_off_for_one_rest_only() {
        let mut record = Record::default();
        let start = Instant::now();
        rest(&mut record, start, 2);
        let now = start + Duration::from_secs(10);
        record.begin(now, &POLICY);
        assert_eq!(record.resting_until(now), Some(now + Duration::from_secs(10)));
    }
}
