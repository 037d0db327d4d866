//! `POST /chat/completions`: wire types, a call as a request, an answer as a result or a stream of parts.

pub(crate) mod decode;
pub mod encode;
mod model;
pub mod wire;

pub(crate) use model::ChatModel;
