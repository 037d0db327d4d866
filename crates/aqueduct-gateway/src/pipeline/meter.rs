//! Counts what a call took and used, however it ends.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use aqueduct_spec::embedding::EmbedResult;
use aqueduct_spec::image::GenerateImageResult;
use aqueduct_spec::language::{Finish, GenerateResult, StreamPart, Usage};
use aqueduct_spec::reranking::RerankResult;
use aqueduct_spec::speech::GenerateSpeechResult;
use aqueduct_spec::transcription::TranscribeResult;
use aqueduct_spec::video::{GenerateVideoResult, StartVideoResult, VideoStatus};
use aqueduct_spec::{BoxStream, Error, ProviderMetadata, Result};
use futures_util::StreamExt as _;
use http::StatusCode;
use tokio::time::Instant;

use crate::error::{Failure, INTERNAL};
use crate::gateway::Shared;
use crate::metrics::{Series, Surface};

/// A client that left before its answer was there.
const CLIENT_CLOSED: u16 = 499;

/// One call's account; it is closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Meter {
    shared: Arc<Shared>,
    series: Arc<Series>,
    started: Instant,
    status: u16,
}

impl Meter {
    pub(crate) fn start(
        shared: &Arc<Shared>,
        surface: Surface,
        operation: &'static str,
        model: &str,
        started: Instant,
    ) -> Self {
        shared.metrics.in_flight.fetch_add(1, Relaxed);
        let series = shared.metrics.series(surface, operation, model);
        Self { shared: shared.clone(), series, started, status: CLIENT_CLOSED }
    }

    /// The call succeeded.
    pub(crate) fn succeeded(&mut self, account: &impl Account) {
        self.status = StatusCode::OK.as_u16();
        self.series.attempts.fetch_add(attempts(account.metadata()), Relaxed);
        let (input, output) = account.tokens();
        self.series.input_tokens.fetch_add(input.unwrap_or_default(), Relaxed);
        self.series.output_tokens.fetch_add(output.unwrap_or_default(), Relaxed);
    }

    /// The call failed.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        self.status = failure.status.as_u16();
        self.series.attempts.fetch_add(attempts(failure.metadata.as_ref()), Relaxed);
        tracing::info!(
            status = self.status,
            provider = failure.provider.as_deref().unwrap_or_default(),
            class = ?failure.class,
            "a call failed"
        );
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.shared.metrics.in_flight.fetch_sub(1, Relaxed);
        self.series.count(self.status, self.started.elapsed());
    }
}

/// Counts a stream's parts as they pass; the account is closed when the stream is dropped. A panic becomes an error, which the
/// client can be told of; by itself it would take the connection, with what is still to be sent over it.
pub(crate) fn metered(
    stream: BoxStream<'static, Result<StreamPart>>,
    mut meter: Meter,
) -> impl futures_core::Stream<Item = Result<StreamPart>> + Send + 'static {
    let stream = AssertUnwindSafe(stream).catch_unwind().map(|part| {
        part.unwrap_or_else(|_| {
            tracing::error!("a stream panicked");
            Err(Error::internal(INTERNAL))
        })
    });
    stream.inspect(move |part| match part {
        Ok(StreamPart::Finish(finish)) => {
            meter.succeeded(finish);
        }
        Ok(_) => {}
        Err(error) => meter.failed(&error.clone().into()),
    })
}

/// What an answer says of what it took.
pub(crate) trait Account {
    /// What else was said, where the router tells what it tried.
    fn metadata(&self) -> Option<&ProviderMetadata>;

    /// The tokens of the input and of the output, as far as they are known.
    fn tokens(&self) -> (Option<u64>, Option<u64>) {
        (None, None)
    }
}

macro_rules! account {
    ($($type:ty $(: $tokens:expr)?;)+) => { $(
        impl Account for $type {
            fn metadata(&self) -> Option<&ProviderMetadata> {
                self.provider_metadata.as_ref()
            }
            $(fn tokens(&self) -> (Option<u64>, Option<u64>) {
                let tokens: fn(&Self) -> (Option<u64>, Option<u64>) = $tokens;
                tokens(self)
            })?
        }
    )+ };
}

account! {
    GenerateResult: |answer| of(&answer.usage);
    Finish: |answer| of(&answer.usage);
    EmbedResult: |answer| (answer.usage.as_ref().and_then(|usage| usage.tokens), None);
    GenerateImageResult: |answer| {
        answer.usage.as_ref().map_or((None, None), |usage| (usage.input_tokens, usage.output_tokens))
    };
    GenerateSpeechResult;
    TranscribeResult;
    RerankResult;
    GenerateVideoResult;
    StartVideoResult;
}

impl Account for VideoStatus {
    fn metadata(&self) -> Option<&ProviderMetadata> {
        None
    }
}

fn of(usage: &Usage) -> (Option<u64>, Option<u64>) {
    (usage.input_tokens.total, usage.output_tokens.total)
}

/// How many attempts an answer took, as the router tells.
fn attempts(metadata: Option<&ProviderMetadata>) -> u64 {
    let routing = metadata.and_then(|metadata| metadata.get("gateway")?.get("routing"));
    let attempts = routing.and_then(|routing| routing.get("totalProviderAttemptCount")?.as_u64());
    attempts.map_or(1, |attempts| attempts.max(1))
}
