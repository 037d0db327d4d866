//! The router and its layers against scripted providers, with the clock paused.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod attempts;
mod audio;
mod byok;
mod cache;
mod chaos;
mod keys;
mod layers;
mod mock;
mod plan;
