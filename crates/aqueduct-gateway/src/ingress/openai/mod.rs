//! OpenAI's API, for the clients that people already have.

mod enter;
mod error;
mod models;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::gateway::Shared;

pub(crate) use enter::refuse;
pub(crate) use error::respond as error;

/// The endpoints under `/v1`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/models", get(models::list)).route("/models/{*id}", get(models::show))
}
