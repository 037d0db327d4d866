//! Videos: a job is started and asked after.
//!
//! Options under `alibaba`: `negativePrompt`, `audioUrl`, `promptExtend`, `shotType`, `watermark`, `audio`, `referenceUrls`,
//! `media`, `ratio`, and for calls that wait `pollIntervalMs` (default: 5000) and `pollTimeoutMs` (default: 600000).
//!
//! Source: <https://www.alibabacloud.com/help/en/model-studio/text-to-video-api-reference> (2026-11).

mod encode;
mod model;
mod options;
mod wan27;
mod wire;

pub(super) use model::Video;
