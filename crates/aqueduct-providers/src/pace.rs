//! Waiting for jobs: how long between two questions, and how long in all.

use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, Result};
use tokio::time::{Instant, sleep};

/// The steps in which a job is asked after.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    limit: Duration,
    begin: Instant,
}

impl Pace {
    /// Starts to wait.
    pub(crate) fn new(interval: Duration, limit: Duration) -> Self {
        Self { interval, limit, begin: Instant::now() }
    }

    /// Waits until the job may be asked after again.
    ///
    /// # Errors
    /// `Timeout` if it has taken longer than anybody waits; `job` names it.
    pub(crate) async fn next(&self, job: &str) -> Result<()> {
        sleep(self.interval).await;
        if self.begin.elapsed() <= self.limit {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Timeout,
            format!("job '{job}' was not done within {} ms", self.limit.as_millis()),
        ))
    }
}
