//! The router against scripted providers, with the clock paused.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]

mod attempts;
mod mock;
