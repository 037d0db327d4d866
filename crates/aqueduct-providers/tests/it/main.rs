//! Tests of the providers at their border: calls in, answers out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these functions are only called by tests"
)]

mod conformance;
mod local;
mod recorded;
mod simulator;
