//! Options under `alibaba`.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VideoOptions {
    pub(super) negative_prompt: Option<String>,
    pub(super) audio_url: Option<String>,
    pub(super) prompt_extend: Option<bool>,
    pub(super) shot_type: Option<String>,
    pub(super) watermark: Option<bool>,
    pub(super) audio: Option<bool>,
    pub(super) reference_urls: Option<Vec<String>>,
    pub(super) media: Option<Vec<Medium>>,
    pub(super) ratio: Option<String>,
    /// How long to wait between two questions after a job, in milliseconds.
    pub(super) poll_interval_ms: Option<f64>,
    /// How long to wait for a job, in milliseconds.
    pub(super) poll_timeout_ms: Option<f64>,
}

/// Something to follow.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Medium {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
    pub(super) reference_voice: Option<String>,
}
