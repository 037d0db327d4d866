//! The JSON of jobs.

use aqueduct_spec::JsonObject;
use serde::Deserialize;
use serde_json::Value;

/// A job that was started.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Started {
    pub(super) request_id: Option<String>,
}

/// How a job stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Job {
    /// `pending`, `done`, `failed` or `expired`.
    pub(super) status: Option<String>,
    pub(super) video: Option<Made>,
    pub(super) usage: Option<JsonObject>,
    /// In percent.
    pub(super) progress: Option<Value>,
    pub(super) error: Option<Failure>,
}

/// The video that was made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Made {
    pub(super) url: Option<String>,
    /// In seconds.
    pub(super) duration: Option<Value>,
    /// Whether it may be shown.
    pub(super) respect_moderation: Option<bool>,
}

/// Why there is no video.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}
