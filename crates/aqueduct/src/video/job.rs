//! Jobs that make videos: started once, asked after until they are done.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::video::{
    GenerateVideoOptions, GenerateVideoResult, GetVideoStatusOptions, StartVideoResult, VideoStatus,
};
use aqueduct_spec::{
    BoxFuture, Error, ErrorKind, GetVideoStatus, ProviderMetadata, Result, StartVideo, VideoModel,
    Warning,
};
use tokio::time::Instant;

use crate::image::merge_lists;
use crate::request::Shared;

/// How often and how long to ask after a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Poll {
    /// The wait before each question. Default: 5 s.
    pub interval: Duration,
    /// How long to wait for the job in all. Default: 10 min.
    pub timeout: Duration,
}

impl Default for Poll {
    fn default() -> Self {
        Self { interval: Duration::from_secs(5), timeout: Duration::from_secs(600) }
    }
}

impl Poll {
    /// Sets the wait before each question.
    #[must_use]
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets how long to wait in all.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// Where a provider reports the end of a job, and how the caller learns of the report.
#[non_exhaustive]
pub struct Webhook {
    /// The URL that the provider calls.
    pub url: String,
    /// Ends when it was called.
    pub received: BoxFuture<'static, Result<()>>,
}

impl Webhook {
    /// Names the URL, and what ends when it was called.
    pub fn new(
        url: impl Into<String>,
        received: impl Future<Output = Result<()>> + Send + 'static,
    ) -> Self {
        Self { url: url.into(), received: Box::pin(received) }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

/// Makes a webhook for each job.
pub(super) type WebhookFactory = Arc<dyn Fn() -> BoxFuture<'static, Result<Webhook>> + Send + Sync>;

/// Starts a job. All attempts carry one key, so that a start that was only seemingly lost is not paid for twice.
pub(super) async fn start(
    model: &dyn VideoModel,
    mut options: GenerateVideoOptions,
    shared: &Shared,
) -> Result<StartVideoResult> {
    let headers = options.headers.get_or_insert_default();
    let is_given = headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("idempotency-key") && value.is_some());
    if !is_given {
        let key = format!("aqueduct_vid_{}", shared.context.generate_id());
        headers.insert("idempotency-key".to_owned(), Some(key));
    }
    shared.call(model, StartVideo::from(options)).await
}

/// Starts a job and waits for its end.
pub(super) async fn run(
    model: &dyn VideoModel,
    mut options: GenerateVideoOptions,
    shared: &Shared,
    poll: Poll,
    webhook: Option<&WebhookFactory>,
) -> Result<GenerateVideoResult> {
    let mut received = None;
    if let Some(webhook) = webhook {
        let webhook = webhook().await?;
        options.webhook_url = Some(webhook.url);
        received = Some(webhook.received);
    }
    let started = start(model, options, shared).await?;
    // A provider that cannot call back says so; then only asking helps.
    let refuses = |warning: &Warning| {
        matches!(warning, Warning::Unsupported(warning)
            if warning.feature.to_ascii_lowercase().starts_with("webhook"))
    };
    let received = received.filter(|_| !started.warnings.iter().any(refuses));
    let mut warnings = started.warnings;
    let mut metadata = started.provider_metadata.unwrap_or_default();
    let called_back = received.is_some();
    let begin = Instant::now();
    if let Some(received) = received {
        let waited = tokio::time::timeout(poll.timeout, received).await;
        waited.map_err(|_elapsed| timed_out(model, poll))??;
    }
    loop {
        if !called_back {
            let left = poll.timeout.saturating_sub(begin.elapsed());
            tokio::time::sleep(poll.interval.min(left)).await;
            if begin.elapsed() >= poll.timeout {
                return Err(timed_out(model, poll));
            }
        }
        let mut question = GetVideoStatusOptions::new(started.operation.clone());
        question.headers.clone_from(&shared.headers);
        question.provider_options.clone_from(&shared.provider_options);
        let status = shared.call(model, GetVideoStatus::from(question)).await?;
        match status {
            VideoStatus::Completed(mut result) => {
                warnings.append(&mut result.warnings);
                result.warnings = warnings;
                merge(&mut metadata, result.provider_metadata.as_ref());
                result.provider_metadata = (!metadata.is_empty()).then_some(metadata);
                return Ok(result);
            }
            VideoStatus::Pending(status) => {
                warnings.extend(status.warnings.into_iter().flatten());
                merge(&mut metadata, status.provider_metadata.as_ref());
            }
            VideoStatus::Error(status) => {
                return Err(failed(model, ErrorKind::Provider, status.error)
                    .with_retryable(false)
                    .with_metadata(metadata));
            }
            VideoStatus::Cancelled(_) => {
                return Err(failed(model, ErrorKind::Cancelled, "the video job was cancelled"));
            }
            _ => {
                let text = "the video job is in a state that this version does not know";
                return Err(failed(model, ErrorKind::InvalidResponse, text));
            }
        }
        if called_back {
            let text = "the video job was reported to be done, but it is not";
            return Err(failed(model, ErrorKind::InvalidResponse, text));
        }
    }
}

fn merge(into: &mut ProviderMetadata, other: Option<&ProviderMetadata>) {
    if let Some(other) = other {
        merge_lists(into, other, "videos");
    }
}

fn timed_out(model: &dyn VideoModel, poll: Poll) -> Error {
    let text = format!("the video job did not end within {:?}", poll.timeout);
    failed(model, ErrorKind::Timeout, text).with_retryable(false)
}

fn failed(
    model: &dyn VideoModel,
    kind: ErrorKind,
    text: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    let info = model.info();
    Error::new(kind, text).with_provider(&info.provider).with_model(&info.model_id)
}
