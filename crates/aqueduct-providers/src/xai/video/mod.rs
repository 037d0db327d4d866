//! Videos as jobs: `POST /videos/generations`, `/videos/edits` and `/videos/extensions`, then `GET /videos/{id}`.
//!
//! Source: <https://docs.x.ai/docs/guides/video-generation> (2026-11).

mod encode;
mod mode;
mod model;
mod options;
mod pictures;
mod wire;

pub(super) use model::Video;
