//! `POST /models/{model}:generateContent`: wire types, a call as a request, an answer as a result or a stream of parts.
//!
//! The Gemini API and Vertex AI share it; which of the two a host is says its [`Dialect`].

mod capabilities;
pub(crate) mod decode;
mod dialect;
pub mod encode;
mod model;
pub(crate) mod schema;
pub mod wire;

pub use dialect::Dialect;

pub(crate) use model::GenerateContentModel;
