//! The JSON of videos.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of a request.
#[derive(Debug, Serialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) content: Vec<Input>,
    pub(super) resolution: &'static str,
    pub(super) duration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ratio: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aigc_watermark: Option<bool>,
}

/// What the video is made from.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Input {
    Text { text: String },
    ImageUrl { image_url: Place, role: &'static str },
    VideoUrl { video_url: Place, role: &'static str },
    AudioUrl { audio_url: Place, role: &'static str },
}

#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) url: String,
}

/// A job that was started.
#[derive(Debug, Deserialize)]
pub(super) struct Started {
    pub(super) task_id: Option<String>,
}

/// How a job stands.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) task: Task,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Task {
    /// `queued`, `running`, `succeeded`, `failed`, `cancelled` or `expired`.
    pub(super) status: Option<String>,
    pub(super) content: Option<TaskContent>,
    pub(super) resolution: Option<Value>,
    pub(super) duration: Option<Value>,
    pub(super) ratio: Option<Value>,
    pub(super) usage: Option<TaskUsage>,
    pub(super) error: Option<TaskError>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaskContent {
    pub(super) url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaskUsage {
    pub(super) total_seconds: Option<Value>,
    pub(super) input_seconds: Option<Value>,
    pub(super) output_seconds: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TaskError {
    pub(super) code: Option<Value>,
    pub(super) message: Option<String>,
}
