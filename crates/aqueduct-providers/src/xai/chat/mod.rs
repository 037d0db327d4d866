//! `POST /chat/completions`: the protocol's messages, with live search, citations and thoughts that are not in the count of
//! what was said.
//!
//! Source: <https://docs.x.ai/docs/api-reference#chat-completions> (2026-11).

mod decode;
mod encode;
mod messages;
mod model;
mod options;
mod stream;

pub(super) use model::ChatModel;
