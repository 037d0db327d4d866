//! Tests of what tests are made with.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these functions are only called by tests"
)]

mod conformance;
mod fold;
mod mock;
mod upstream;
