//! The gateway provider against a scripted gateway on loopback: every request field for field, every error, every way in
//! which an answer can break.

#![cfg(feature = "gateway")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers outside #[test]")]

mod account;
mod batch;
mod errors;
mod kinds;
mod language;
#[cfg(feature = "websocket")]
mod live;
mod options;
mod settings;
mod upstream;
mod video;
