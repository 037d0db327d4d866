//! The gateway over real HTTP, on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ai_gateway;
mod chaos;
mod client;
mod config;
mod errors;
mod harness;
mod hostile;
mod openai;
mod operations;
mod provider;
