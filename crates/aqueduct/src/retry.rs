//! When to send a call again, and after how long: the AI SDK's rule as pure functions.
//!
//! Source: <https://ai-sdk.dev/docs/ai-sdk-core/settings#maxretries> and the behaviour of `ai` 7.0 (2026-08).

use std::fmt;
use std::time::Duration;

use aqueduct_spec::{Error, Result};

/// The wait before the first new attempt.
pub const INITIAL_DELAY: Duration = Duration::from_secs(2);

/// How much longer every further wait is.
pub const BACKOFF_FACTOR: u32 = 2;

/// How many new attempts follow the first one unless the caller says otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// A provider that asks for a longer wait than this is not obeyed unless our own wait would be longer still.
const LONGEST_OBEYED: Duration = Duration::from_secs(60);

/// The wait after the failed attempt number `attempt`, counted from 1; `None` if another attempt makes no sense.
///
/// The wait is `initial · factor^(attempt - 1)`. The provider's own `retry-after` takes its place where it is shorter than
/// 60 seconds or than that wait.
pub fn retry_delay(
    error: &Error,
    attempt: u32,
    initial: Duration,
    factor: u32,
) -> Option<Duration> {
    if !error.is_retryable() {
        return None;
    }
    let backoff = initial.saturating_mul(factor.saturating_pow(attempt.saturating_sub(1)));
    let asked = error.retry_after().filter(|asked| *asked < LONGEST_OBEYED || *asked < backoff);
    Some(asked.unwrap_or(backoff))
}

/// Sends a call again as long as `delay` names a wait after the failed attempt, counted from 1. A failure comes with the
/// number of attempts.
pub(crate) async fn with_delays<T, F>(
    mut delay: impl FnMut(&Error, u32) -> Option<Duration>,
    mut send: impl FnMut() -> F,
) -> Result<T, (u32, Error)>
where
    F: Future<Output = Result<T>>,
{
    let mut attempt = 1;
    loop {
        let error = match send().await {
            Ok(output) => return Ok(output),
            Err(error) => error,
        };
        let Some(delay) = delay(&error, attempt) else { return Err((attempt, error)) };
        tokio::time::sleep(delay).await;
        attempt += 1;
    }
}

/// Sends a call again as [`retry_delay`] says, at most `max_retries` times.
///
/// The last error is returned as it is if there was one attempt. If there were several, its message says so and its source is
/// a [`RetryError`] with all of them.
pub(crate) async fn with_retries<T, F>(max_retries: u32, send: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    with_retries_if(max_retries, || true, send).await
}

/// As [`with_retries`], as long as it may be sent again at all.
pub(crate) async fn with_retries_if<T, F>(
    max_retries: u32,
    may: impl Fn() -> bool,
    send: impl FnMut() -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut errors = Vec::new();
    let delay = |error: &Error, attempt| {
        errors.push(error.clone());
        let delay = retry_delay(error, attempt, INITIAL_DELAY, BACKOFF_FACTOR);
        delay.filter(|_| attempt <= max_retries && may())
    };
    let result = with_delays(delay, send).await;
    result.map_err(|(attempts, error)| match attempts {
        1 => error,
        _ => RetryError::wrap(error, errors, max_retries),
    })
}

/// Why there was no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryReason {
    /// There were as many as were allowed.
    MaxRetriesExceeded,
    /// The last error is of a kind that does not get better.
    ErrorNotRetryable,
}

/// All errors of a call that was sent several times, as the source of the last one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RetryError {
    /// Why there was no further attempt.
    pub reason: RetryReason,
    /// The errors in their order, the last one included.
    pub errors: Vec<Error>,
}

impl RetryError {
    /// Returns what was tried before an error, if it is the last of several.
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    fn wrap(last: Error, errors: Vec<Error>, max_retries: u32) -> Error {
        let attempts = errors.len();
        let words = last.message();
        let (reason, message) = match u32::try_from(attempts) {
            Ok(attempts) if attempts <= max_retries => (
                RetryReason::ErrorNotRetryable,
                format!("failed after {attempts} attempts with a non-retryable error: {words}"),
            ),
            _ => (
                RetryReason::MaxRetriesExceeded,
                format!("failed after {attempts} attempts, last error: {words}"),
            ),
        };
        last.with_message(message).with_source(Self { reason, errors })
    }
}

impl fmt::Display for RetryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} attempts failed", self.errors.len())
    }
}

impl std::error::Error for RetryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.errors.last().map(|error| error as _)
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::ErrorKind;

    use super::*;

    fn delay(attempt: u32, retry_after_s: Option<u64>) -> Option<u64> {
        let mut error = Error::new(ErrorKind::RateLimited, "slow down");
        if let Some(seconds) = retry_after_s {
            error = error.with_retry_after(Duration::from_secs(seconds));
        }
        retry_delay(&error, attempt, INITIAL_DELAY, BACKOFF_FACTOR).map(|delay| delay.as_secs())
    }

    #[test]
    fn doubles_unless_told_otherwise() {
        assert_eq!([1, 2, 3].map(|attempt| delay(attempt, None)), [Some(2), Some(4), Some(8)]);
        assert_eq!(delay(1, Some(0)), Some(0));
        assert_eq!(delay(1, Some(59)), Some(59));
        assert_eq!(delay(1, Some(60)), Some(2));
        assert_eq!(delay(7, Some(100)), Some(100), "shorter than the backoff of 128 s");
        assert_eq!(delay(7, Some(200)), Some(128));
        assert!(delay(u32::MAX, None).is_some(), "saturates");
    }

    #[test]
    fn gives_up_on_what_cannot_get_better() {
        let error = Error::invalid_request("no");
        assert_eq!(retry_delay(&error, 1, INITIAL_DELAY, BACKOFF_FACTOR), None);
    }
}
