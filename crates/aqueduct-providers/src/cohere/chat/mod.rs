//! `POST /chat`.
//!
//! Source: <https://docs.cohere.com/reference/chat> (2026-11).

mod decode;
mod encode;
mod messages;
mod model;
mod stream;

pub(super) use model::Chat;
