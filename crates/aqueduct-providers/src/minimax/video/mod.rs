//! `POST /v2/video_generation`: a job that makes one video, and is asked after.
//!
//! Source: <https://platform.minimax.io/docs/api-reference/video-generation> (2026-11).

mod encode;
mod endpoint;
mod inputs;
mod model;
mod options;
mod wire;

pub use options::MiniMaxVideoOptions;

pub(super) use endpoint::VideoEndpoint;
pub(super) use model::Videos;
