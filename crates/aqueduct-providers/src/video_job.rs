//! Videos by jobs: one is started, and asked after until the video is there.

use std::time::Duration;

use aqueduct_spec::video::{GenerateVideoResult, VideoStatus};
use aqueduct_spec::{Error, ErrorKind, Result, Warning};

use crate::pace::Pace;

/// A time in milliseconds; what is none is not set.
pub(crate) fn milliseconds(given: Option<f64>) -> Option<Duration> {
    Duration::try_from_secs_f64(given? / 1000.0).ok().filter(|time| !time.is_zero())
}

/// Waits for a video. `warnings` are those of its start; `job` names it in errors.
///
/// # Errors
/// `Provider` if the job failed or was cancelled, `Timeout` if it has taken longer than the pace allows, and those of asking.
pub(crate) async fn wait<F>(
    pace: &Pace,
    job: &str,
    warnings: Vec<Warning>,
    mut ask: impl FnMut() -> F + Send,
) -> Result<GenerateVideoResult>
where
    F: Future<Output = Result<VideoStatus>> + Send,
{
    loop {
        pace.next(job).await?;
        match ask().await? {
            VideoStatus::Completed(mut result) => {
                result.warnings.splice(0..0, warnings);
                return Ok(result);
            }
            VideoStatus::Error(failed) => {
                return Err(Error::new(ErrorKind::Provider, failed.error));
            }
            VideoStatus::Cancelled(_) => {
                let message = format!("the video job '{job}' was cancelled");
                return Err(Error::new(ErrorKind::Provider, message));
            }
            _ => {}
        }
    }
}
