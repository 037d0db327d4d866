//! The SDK against servers that others wrote: llama.cpp with real weights, and LLMock, which grades its clients.
//!
//! `scripts/test` starts them and says in the environment where they are. Where there are none, a test says so and passes.
//!
//! The model is the one that `scripts/local-model/make_tiny_model.py` makes: a transformer of 0.8 MB whose answers are known,
//! served by the same code as any other model.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it is skipped"
)]

mod llama;
mod llama_conformance;
mod llama_failures;
mod llama_names;
mod llmock;
mod tap;

use aqueduct::Environment;

/// The address of a server, or a word that its test is skipped.
fn server(variable: &str) -> Option<String> {
    let url = Environment::from_process().get(variable).map(str::to_owned);
    if url.is_none() {
        println!("skipped: {variable} names no server; scripts/test starts one");
    }
    url
}
