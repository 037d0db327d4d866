//! The answers of a batch.

use serde_json::Value;

use super::BatchError;
use crate::answer::{Answer, Keep};
use crate::error::{Error, Result};
use crate::json::{JsonObject, shape, tagged};
use crate::language::{GenerateResult, ResponseInfo};
use crate::metadata::ProviderMetadata;
use crate::model::BoxStream;
use crate::warning::Warning;

tagged! {
    /// The answer to one call of a batch.
    #[expect(clippy::large_enum_variant, reason = "most items are the large one")]
    pub enum BatchItem by "status" {
        /// It was answered.
        Succeeded(SucceededItem) = "succeeded",
        /// It failed.
        Failed(FailedItem) = "failed",
        /// It was given up before it ran.
        Cancelled(CancelledItem) = "cancelled",
        /// It did not run in time.
        Expired(ExpiredItem) = "expired",
    }
}

shape! {
    /// An answered call of a batch.
    SucceededItem {
        /// The caller's name for the call.
        id: String,
        /// The answer.
        result: GenerateResult,
    } {}
}
shape! {
    /// A call of a batch that failed.
    FailedItem {
        /// The caller's name for the call.
        id: String,
        /// Why.
        error: BatchError,
    } {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A call of a batch that was given up.
    CancelledItem {
        /// The caller's name for the call.
        id: String,
    } {
        /// Why.
        error: BatchError,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A call of a batch that did not run in time.
    ExpiredItem {
        /// The caller's name for the call.
        id: String,
    } {
        /// Why.
        error: BatchError,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}

impl BatchItem {
    /// The caller's name for the call.
    pub fn id(&self) -> &str {
        match self {
            Self::Succeeded(item) => &item.id,
            Self::Failed(item) => &item.id,
            Self::Cancelled(item) => &item.id,
            Self::Expired(item) => &item.id,
            Self::Unknown(object) => object.get("id").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// The fields that this version does not know.
    pub fn rest(&self) -> &JsonObject {
        match self {
            Self::Succeeded(item) => &item.rest,
            Self::Failed(item) => &item.rest,
            Self::Cancelled(item) => &item.rest,
            Self::Expired(item) => &item.rest,
            Self::Unknown(object) => object,
        }
    }
}

/// The answers of a batch, in any order. Nothing is read before it is polled; dropping it ends the download.
#[non_exhaustive]
pub struct BatchResults {
    /// The answers. An `Err` ends the stream.
    pub stream: BoxStream<'static, Result<BatchItem>>,
    /// What came back before the stream.
    pub response: Option<ResponseInfo>,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else was said about the answers as a whole.
    pub provider_metadata: Option<ProviderMetadata>,
}

impl BatchResults {
    /// Wraps a stream of answers.
    pub fn new(
        stream: impl futures_core::Stream<Item = Result<BatchItem>> + Send + 'static,
    ) -> Self {
        Self {
            stream: Box::pin(stream),
            response: None,
            warnings: Vec::new(),
            provider_metadata: None,
        }
    }
}

impl std::fmt::Debug for BatchResults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchResults").field("response", &self.response).finish_non_exhaustive()
    }
}

/// The provider keeps the answers and gives them as often as asked, so there is no recording.
impl Answer for BatchResults {
    const STREAMS: bool = true;
    const REPEATABLE: bool = false;

    fn warn(&mut self, warnings: Vec<Warning>) {
        self.warnings.extend(warnings);
    }

    fn record(self, _max_bytes: usize, _keep: Keep) -> Self {
        self
    }

    fn replay(_recording: &[u8]) -> Result<Self> {
        Err(Error::internal("the answers of a batch are not recorded"))
    }
}
