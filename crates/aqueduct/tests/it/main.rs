//! The verbs against models that answer as they are told.

mod embed;
mod files;
mod registry;
mod rerank;
mod retries;
#[cfg(feature = "simulator")]
mod simulator;
mod streaming;
mod tool_loop;
mod tools;
