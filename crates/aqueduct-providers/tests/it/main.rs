//! Tests of the providers at their border: calls in, answers out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "these functions are only called by tests"
)]

mod anthropic;
mod conformance;
mod contributing;
mod deepseek;
mod google;
mod local;
mod minimax;
mod no_hidden_tests;
mod openai;
mod openai_compatible;
mod providers_page;
mod recorded;
mod settings;
mod simulator;
mod suites;
mod xai;
