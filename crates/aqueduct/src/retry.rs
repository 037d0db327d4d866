//! When to send a call again, and after how long: the AI SDK's rule as pure functions.
//!
//! Source: <https://ai-sdk.dev/docs/ai-sdk-core/settings#maxretries> and the behaviour of `ai` 7.0 (2026-08).

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
    delay: impl Fn(&Error, u32) -> Option<Duration>,
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
/// The last error is returned as it is, its message preceded by the number of attempts if there were several.
pub(crate) async fn with_retries<T, F>(max_retries: u32, send: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let delay = |error: &Error, attempt| {
        let delay = retry_delay(error, attempt, INITIAL_DELAY, BACKOFF_FACTOR);
        delay.filter(|_| attempt <= max_retries)
    };
    with_delays(delay, send).await.map_err(|(attempts, error)| match attempts {
        1 => error,
        _ => {
            let last = error.message();
            let message = format!("failed after {attempts} attempts, last error: {last}");
            error.with_message(message)
        }
    })
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
