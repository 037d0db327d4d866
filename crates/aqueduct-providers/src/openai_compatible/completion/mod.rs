//! `POST /completions`: the older protocol, where a conversation is one text.

mod decode;
mod encode;
mod model;
pub mod wire;

pub(crate) use model::CompletionModel;
