//! `POST /completions`: OpenAI's oldest API, where a conversation is one text.

mod decode;
mod encode;
mod model;

pub(super) use model::CompletionModel;
