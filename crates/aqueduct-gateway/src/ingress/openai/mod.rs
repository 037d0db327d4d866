//! OpenAI's API, for the clients that people already have. Its JSON is the one that the providers write: the types of
//! `aqueduct_providers::openai_compatible`, read in the other direction.

mod chat_completions;
mod decode;
mod embeddings;
mod encode;
mod enter;
mod error;
mod models;
mod options;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::gateway::Shared;

pub(crate) use enter::refuse;
pub(crate) use error::respond as error;

/// The endpoints under `/v1`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/chat/completions", post(chat_completions::answer))
        .route("/embeddings", post(embeddings::answer))
        .route("/models", get(models::list))
        .route("/models/{*id}", get(models::show))
}
