//! The crate against a server on loopback that does what it is told, byte for byte.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod download;
mod exchange;
mod server;
mod stream;
#[cfg(feature = "websocket")]
mod websocket;
