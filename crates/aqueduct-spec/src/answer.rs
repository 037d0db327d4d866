//! What a layer may do with an answer of any kind, without knowing the kind.

use futures_core::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::batch::{BatchStatus, BatchWarning, StartBatchResult};
use crate::embedding::EmbedResult;
use crate::error::{Error, Result};
use crate::image::GenerateImageResult;
use crate::language::GenerateResult;
use crate::reranking::RerankResult;
use crate::speech::GenerateSpeechResult;
use crate::transcription::TranscribeResult;
use crate::video::{GenerateVideoResult, StartVideoResult, VideoStatus};
use crate::warning::Warning;

/// Takes the recording of an answer once it is complete.
pub type Keep = Box<dyn FnOnce(Vec<u8>) + Send>;

/// An answer that failed before its first content.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unsettled<A> {
    /// Why.
    pub error: Error,
    /// The answer as it stands, if the provider itself reported the failure in it: it tells the caller more than the error
    /// does, once it is clear that nobody else will answer.
    pub answer: Option<A>,
}

impl<A> Unsettled<A> {
    /// A failure that the provider reported in its answer.
    pub fn reported(error: Error, answer: A) -> Self {
        Self { error, answer: Some(answer) }
    }
}

impl<A> From<Error> for Unsettled<A> {
    fn from(error: Error) -> Self {
        Self { error, answer: None }
    }
}

/// The answer to a [`Call`](crate::Call).
pub trait Answer: Sized + Send + 'static {
    /// Whether the answer arrives in parts.
    const STREAMS: bool = false;

    /// Whether the same question may be answered with it again. The state of a job may not.
    const REPEATABLE: bool = true;

    /// Waits until the answer is certain to have begun: for a stream, until its first part with content or its end, which
    /// may show that there is none. What arrived until then is handed on. A whole answer has nothing to wait for.
    ///
    /// # Errors
    /// What the stream failed with before its first content; such a call can be sent again without anybody noticing.
    fn settle(self) -> BoxFuture<'static, Result<Self, Unsettled<Self>>> {
        Box::pin(std::future::ready(Ok(self)))
    }

    /// Adds what could not be done as asked.
    fn warn(&mut self, warnings: Vec<Warning>);

    /// Passes the answer on and gives its recording to `keep` as soon as it is complete. There is none of an answer that
    /// failed, was dropped on its way, or takes more than `max_bytes`.
    #[must_use]
    fn record(self, max_bytes: usize, keep: Keep) -> Self;

    /// Makes an answer of its recording. What was sent and received in its time is not part of it.
    ///
    /// # Errors
    /// `Internal` if this is no recording of such an answer.
    fn replay(recording: &[u8]) -> Result<Self>;
}

/// Implements [`Answer`] for the answers that arrive as a whole.
macro_rules! whole {
    ($( $name:ty { repeatable: $repeatable:literal, warnings: $warnings:expr } )+) => { $(
        impl Answer for $name {
            const REPEATABLE: bool = $repeatable;

            fn warn(&mut self, warnings: Vec<Warning>) {
                let place: fn(&mut Self) -> Option<&mut Vec<Warning>> = $warnings;
                if let Some(place) = place(self) {
                    place.extend(warnings);
                }
            }

            fn record(self, max_bytes: usize, keep: Keep) -> Self {
                if let Some(recording) = recording_of(&self)
                    && recording.len() <= max_bytes
                {
                    keep(recording);
                }
                self
            }

            fn replay(recording: &[u8]) -> Result<Self> {
                from_recording(recording)
            }
        }
    )+ };
}

whole! {
    GenerateResult { repeatable: true, warnings: |answer| Some(&mut answer.warnings) }
    EmbedResult { repeatable: true, warnings: |answer| Some(&mut answer.warnings) }
    GenerateImageResult { repeatable: true, warnings: |answer| Some(&mut answer.warnings) }
    GenerateSpeechResult { repeatable: true, warnings: |answer| Some(&mut answer.warnings) }
    TranscribeResult { repeatable: true, warnings: |answer| Some(&mut answer.warnings) }
    RerankResult { repeatable: true, warnings: |answer| Some(answer.warnings.get_or_insert_default()) }
    // Videos are mostly links that expire.
    GenerateVideoResult { repeatable: false, warnings: |answer| Some(&mut answer.warnings) }
    StartVideoResult { repeatable: false, warnings: |answer| Some(&mut answer.warnings) }
    VideoStatus { repeatable: false, warnings: |answer| match answer {
        Self::Pending(status) => Some(status.warnings.get_or_insert_default()),
        Self::Completed(status) => Some(&mut status.warnings),
        Self::Error(_) | Self::Cancelled(_) | Self::Unknown(_) => None,
    } }
    BatchStatus { repeatable: false, warnings: |_| None }
}

/// By hand, because its warnings name the calls that they are about.
impl Answer for StartBatchResult {
    const REPEATABLE: bool = false;

    fn warn(&mut self, warnings: Vec<Warning>) {
        self.warnings.extend(warnings.into_iter().map(BatchWarning::new));
    }

    fn record(self, _max_bytes: usize, _keep: Keep) -> Self {
        self
    }

    fn replay(recording: &[u8]) -> Result<Self> {
        from_recording(recording)
    }
}

fn recording_of(answer: &impl Serialize) -> Option<Vec<u8>> {
    let mut value = serde_json::to_value(answer).ok()?;
    if value.pointer("/finishReason/unified").and_then(Value::as_str) == Some("error") {
        return None;
    }
    forget_exchange(&mut value);
    serde_json::to_vec(&value).ok()
}

/// Takes out what was sent and received: it belongs to the one exchange, is large, and may be somebody's own.
pub(crate) fn forget_exchange(answer: &mut Value) {
    let Some(object) = answer.as_object_mut() else { return };
    object.shift_remove("request");
    if let Some(response) = object.get_mut("response").and_then(Value::as_object_mut) {
        response.shift_remove("headers");
        response.shift_remove("body");
    }
}

pub(crate) fn from_recording<T: DeserializeOwned>(recording: &[u8]) -> Result<T> {
    serde_json::from_slice(recording)
        .map_err(|error| Error::internal("cannot read a recorded answer").with_source(error))
}
