//! The AI Gateway protocol V4: what `@ai-sdk/gateway` speaks. The data shapes are those of the specification, so a body *is*
//! the options of a call, and an answer *is* its result.

mod call;
mod catalogue;
mod embedding;
mod error;
mod forwarded;
mod image;
mod language;
mod reranking;
mod speech;
mod transcription;
mod trim;
mod video;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::gateway::Shared;

pub(crate) use call::refuse;
pub(crate) use error::respond as error;

/// The endpoints under `/v4/ai`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/language-model", post(language::answer))
        .route("/embedding-model", post(call::answer::<embedding::Embedding>))
        .route("/image-model", post(call::answer::<image::Image>))
        .route("/speech-model", post(call::answer::<speech::Speech>))
        .route("/transcription-model", post(call::answer::<transcription::Transcription>))
        .route("/reranking-model", post(call::answer::<reranking::Reranking>))
        .route("/video-model", post(video::generate))
        .route("/video-model/start", post(call::answer::<video::Start>))
        .route("/video-model/status", post(call::answer::<video::Status>))
        .route("/config", get(catalogue::list))
}
