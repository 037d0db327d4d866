//! `POST /embeddings`: vectors from texts.

mod model;
pub mod wire;

pub(crate) use model::EmbeddingModel;
