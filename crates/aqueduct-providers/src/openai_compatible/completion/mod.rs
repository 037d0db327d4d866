//! `POST /completions`: the older protocol, where a conversation is one text.

mod decode;
mod encode;
mod model;
pub mod wire;

#[cfg(feature = "openai")]
pub(crate) use encode::{prompt, warn_of_unsupported};
pub(crate) use model::CompletionModel;
