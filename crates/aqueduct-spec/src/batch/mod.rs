//! Batches of language calls: handed in together, answered within hours, asked after in between.
//!
//! An optional ability of a provider, reached through [`Provider::batch_model`](crate::Provider::batch_model). A batch takes
//! no tools, no response format and no headers of single calls; what else its calls hold is [`CallOptions`].

mod results;

pub use results::*;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::json::{count, nullish, shape};
use crate::language::{CallOptions, Headers, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// A batch to start.
    #[derive(Default)]
    StartBatchOptions {
        /// The calls.
        requests: Vec<BatchRequest>,
    } {
        /// Options that only some providers know, for the batch as a whole.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}
shape! {
    /// One call of a batch.
    BatchRequest {
        /// The caller's name for it, unique in the batch; its answer bears the same.
        id: String,
        /// What is asked.
        options: CallOptions,
    } {}
}
shape! {
    /// Which batch to ask after.
    BatchOperationOptions {
        /// The batch, as [`StartBatch`] named it.
        batch_id: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}
shape! {
    /// How a batch stands.
    BatchStatus {
        /// The state in common terms.
        #[serde(rename = "status")]
        state: BatchState,
    } {
        /// The state in the provider's word.
        raw_status: String,
        /// How many calls are in which state.
        #[serde(deserialize_with = "complete_counts")]
        request_counts: BatchRequestCounts,
        /// Why the batch as a whole failed.
        error: BatchError,
        /// When it was made, as the provider wrote it.
        created_at: String,
        /// When it or its results go away, as the provider wrote it.
        expires_at: String,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}

/// The state of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BatchState {
    /// It is not done.
    Pending,
    /// It is done; single calls may have failed.
    Completed,
    /// It failed as a whole.
    Failed,
}

/// How many calls of a batch are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchRequestCounts {
    /// All of them.
    pub total: u64,
    /// Those that wait or run.
    pub pending: u64,
    /// Those that were answered.
    pub completed: u64,
    /// Those that failed, were given up or ran out of time.
    pub failed: u64,
}

impl BatchRequestCounts {
    /// Creates an account of these counts.
    pub fn new(total: u64, pending: u64, completed: u64, failed: u64) -> Self {
        Self { total, pending, completed, failed }
    }
}

/// Counts are of use only together: if one is missing, or is no count, there are none.
fn complete_counts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BatchRequestCounts>, D::Error> {
    let value = Option::<Value>::deserialize(deserializer)?;
    let read = |name| value.as_ref().and_then(|value| value.get(name)).and_then(count);
    Ok((|| {
        Some(BatchRequestCounts {
            total: read("total")?,
            pending: read("pending")?,
            completed: read("completed")?,
            failed: read("failed")?,
        })
    })())
}

/// A batch that was started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StartBatchResult {
    /// What to call the batch when asking after it.
    pub batch_id: String,
    /// What could not be done as asked.
    #[serde(default, deserialize_with = "nullish")]
    pub warnings: Vec<BatchWarning>,
    /// How it stands. Its fields are in the same JSON object, and so are those this version does not know.
    #[serde(flatten)]
    pub status: BatchStatus,
}

impl StartBatchResult {
    /// Names a batch that was started.
    pub fn new(batch_id: impl Into<String>, status: BatchStatus) -> Self {
        Self { batch_id: batch_id.into(), warnings: Vec::new(), status }
    }
}

shape! {
    /// Something in a batch that could not be done as asked.
    BatchWarning {
        /// What.
        warning: Warning,
    } {
        /// The call concerned; none for the batch as a whole.
        request_id: String,
    }
}
shape! {
    /// Why a call of a batch, or the batch, failed.
    BatchError {
        /// The provider's words.
        message: String,
    } {
        /// The kind of error in the provider's word.
        #[serde(rename = "type")]
        error_type: String,
        /// The provider's code: text or a number.
        code: Value,
        /// The HTTP status that the call alone would have had.
        #[serde(deserialize_with = "crate::json::lenient_count")]
        status_code: u64,
    }
}

call! {
    /// Hands in a batch.
    pub struct StartBatch(StartBatchOptions) -> StartBatchResult;
    kind: Language, operation: "start_batch", model: batch_model,
    annotate: |output, metadata| {
        output.status.provider_metadata.get_or_insert_default().merge(metadata);
    }
}

call! {
    /// Asks after a batch.
    pub struct GetBatchStatus(BatchOperationOptions) -> BatchStatus;
    kind: Language, operation: "get_batch_status", model: batch_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

call! {
    /// Fetches the answers of a batch that is done.
    pub struct GetBatchResults(BatchOperationOptions) -> BatchResults;
    kind: Language, operation: "get_batch_results", model: batch_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A language model that takes batches.
    BatchModel = StartBatch, GetBatchStatus, GetBatchResults
}
