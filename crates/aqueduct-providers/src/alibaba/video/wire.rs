//! Answers of the job API.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Job {
    pub(super) output: Option<Output>,
    pub(super) usage: Option<Usage>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Output {
    pub(super) task_id: Option<String>,
    pub(super) task_status: Option<String>,
    pub(super) video_url: Option<String>,
    pub(super) actual_prompt: Option<String>,
    pub(super) message: Option<String>,
}

/// What a video is charged by.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Usage {
    pub(super) duration: Option<Value>,
    pub(super) output_video_duration: Option<Value>,
    /// The short side: 720.
    #[serde(rename = "SR")]
    pub(super) resolution: Option<Value>,
    pub(super) size: Option<Value>,
}
