//! The JSON of batches.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::openai::responses::wire::Request;
use crate::openai_compatible::lenient;

/// A line of the file that goes up.
#[derive(Debug, Serialize)]
pub(super) struct NewLine<'a> {
    pub(super) custom_id: &'a str,
    pub(super) method: &'static str,
    pub(super) url: &'static str,
    pub(super) body: &'a Request,
}

/// The file that was uploaded.
#[derive(Debug, Deserialize)]
pub(super) struct Uploaded {
    pub(super) id: String,
}

/// The body of a new batch.
#[derive(Debug, Serialize)]
pub(super) struct NewBatch<'a> {
    pub(super) input_file_id: &'a str,
    pub(super) endpoint: &'static str,
    pub(super) completion_window: &'static str,
}

/// A batch as the host knows it.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    pub(super) id: String,
    /// `validating`, `in_progress`, `finalizing`, `completed`, `failed`, `expired`, `cancelling` or `cancelled`.
    pub(super) status: String,
    pub(super) output_file_id: Option<String>,
    pub(super) error_file_id: Option<String>,
    /// In seconds since the start of 1970.
    #[serde(default, deserialize_with = "lenient::number")]
    pub(super) created_at: Option<f64>,
    #[serde(default, deserialize_with = "lenient::number")]
    pub(super) expires_at: Option<f64>,
    pub(super) request_counts: Option<Counts>,
    pub(super) errors: Option<Errors>,
}

/// How many calls of a batch are in which state.
#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    #[serde(default, deserialize_with = "lenient::count")]
    pub(super) total: Option<u64>,
    #[serde(default, deserialize_with = "lenient::count")]
    pub(super) completed: Option<u64>,
    #[serde(default, deserialize_with = "lenient::count")]
    pub(super) failed: Option<u64>,
}

/// What is wrong with a batch as a whole.
#[derive(Debug, Deserialize)]
pub(super) struct Errors {
    pub(super) data: Option<Vec<BatchProblem>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BatchProblem {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

/// A line of the answers.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) custom_id: String,
    pub(super) response: Option<LineResponse>,
    pub(super) error: Option<LineError>,
}

/// What the call alone would have been answered with.
#[derive(Debug, Deserialize)]
pub(super) struct LineResponse {
    pub(super) status_code: u16,
    pub(super) request_id: Option<String>,
    #[serde(default)]
    pub(super) body: Value,
}

/// Why a call was not made.
#[derive(Debug, Deserialize)]
pub(super) struct LineError {
    pub(super) code: String,
    pub(super) message: String,
}
