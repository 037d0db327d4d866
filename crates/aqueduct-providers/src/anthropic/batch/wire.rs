//! The JSON of batches.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::anthropic::messages::wire::Request;

/// The body of a new batch.
#[derive(Debug, Serialize)]
pub(super) struct NewBatch {
    pub(super) requests: Vec<NewRequest>,
}

/// One call of a new batch.
#[derive(Debug, Serialize)]
pub(super) struct NewRequest {
    pub(super) custom_id: String,
    pub(super) params: Request,
}

/// A batch as the vendor knows it.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    pub(super) id: String,
    /// `in_progress`, `canceling` or `ended`.
    pub(super) processing_status: String,
    #[serde(default, deserialize_with = "lenient_counts")]
    pub(super) request_counts: Option<Counts>,
    pub(super) created_at: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) archived_at: Option<String>,
    pub(super) results_url: Option<String>,
}

/// How many calls of a batch are in which state.
#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    pub(super) processing: u64,
    pub(super) succeeded: u64,
    pub(super) errored: u64,
    pub(super) canceled: u64,
    pub(super) expired: u64,
}

/// Counts that are none do not hide the state of the batch.
fn lenient_counts<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Counts>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(Counts::deserialize(value).ok())
}

/// A line of the answers.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) custom_id: String,
    pub(super) result: LineResult,
}

/// How one call went.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum LineResult {
    Succeeded { message: Value },
    Errored { error: LineError },
    Canceled,
    Expired,
}

/// Why one call failed: the body that it alone would have been answered with.
#[derive(Debug, Deserialize)]
pub(super) struct LineError {
    pub(super) error: LineReason,
    pub(super) request_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LineReason {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) message: String,
}
