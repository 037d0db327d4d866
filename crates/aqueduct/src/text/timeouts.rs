//! How long the parts of a request may take.

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, Result};

/// Limits on the time of a request. A mere `Duration` is a limit on the whole.
///
/// ```
/// use std::time::Duration;
///
/// let timeouts = aqueduct::Timeouts::new()
///     .total(Duration::from_secs(60))
///     .chunk(Duration::from_secs(5))
///     .tool(Duration::from_secs(10))
///     .tool_named("search", Duration::from_secs(30));
/// # let _ = timeouts;
/// ```
///
/// A request that takes too long fails with [`ErrorKind::Timeout`]; [`Error::param`] names the limit (`timeout.step`, …). Tools
/// are different: the model is shown that one took too long, and the request goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeouts {
    pub(crate) total: Option<Duration>,
    pub(crate) step: Option<Duration>,
    pub(crate) first_chunk: Option<Duration>,
    pub(crate) chunk: Option<Duration>,
    tool: Option<Duration>,
    tools: BTreeMap<String, Duration>,
}

impl Timeouts {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the whole request: all steps, tools and attempts.
    #[must_use]
    pub fn total(mut self, limit: Duration) -> Self {
        self.total = Some(limit);
        self
    }

    /// Limits every step: the model's answer and the tools that it calls.
    #[must_use]
    pub fn step(mut self, limit: Duration) -> Self {
        self.step = Some(limit);
        self
    }

    /// Limits the time from the beginning of a streamed answer to its first content. Only for streams; a whole answer comes
    /// with a warning.
    #[must_use]
    pub fn first_chunk(mut self, limit: Duration) -> Self {
        self.first_chunk = Some(limit);
        self
    }

    /// Limits the time between pieces of a streamed answer's content. Only for streams; a whole answer comes with a warning.
    #[must_use]
    pub fn chunk(mut self, limit: Duration) -> Self {
        self.chunk = Some(limit);
        self
    }

    /// Limits every execution of a tool.
    #[must_use]
    pub fn tool(mut self, limit: Duration) -> Self {
        self.tool = Some(limit);
        self
    }

    /// Limits the executions of one tool, whatever the limit for all of them.
    #[must_use]
    pub fn tool_named(mut self, name: impl Into<String>, limit: Duration) -> Self {
        self.tools.insert(name.into(), limit);
        self
    }

    pub(super) fn of_tool(&self, name: &str) -> Option<Duration> {
        self.tools.get(name).copied().or(self.tool)
    }
}

impl From<Duration> for Timeouts {
    fn from(limit: Duration) -> Self {
        Self::new().total(limit)
    }
}

/// Which limit it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Total,
    Step,
    FirstChunk,
    Chunk,
}

impl Limit {
    /// The name before a person, and the setting.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Total => ("total", "timeout.total"),
            Self::Step => ("step", "timeout.step"),
            Self::FirstChunk => ("first chunk", "timeout.first_chunk"),
            Self::Chunk => ("chunk", "timeout.chunk"),
        }
    }

    pub(crate) fn error(self, limit: Duration) -> Error {
        let (name, setting) = self.names();
        let message = format!("{name} timeout of {}ms exceeded", limit.as_millis());
        Error::new(ErrorKind::Timeout, message).with_param(setting).with_retryable(false)
    }

    /// Waits for the future, at most as long as the limit says.
    pub(super) async fn hold<T>(
        self,
        limit: Option<Duration>,
        future: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        match limit {
            None => future.await,
            Some(limit) => {
                let timed = tokio::time::timeout(limit, future).await;
                timed.unwrap_or_else(|_| Err(self.error(limit)))
            }
        }
    }
}
