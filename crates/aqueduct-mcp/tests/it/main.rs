//! The client against servers in memory and against real ones for Node.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test fails by panicking"
)]

mod apps;
mod everything;
mod hostile;
mod http;
mod log;
mod mock;
mod node;
mod oauth;
mod stateless;
mod text;
