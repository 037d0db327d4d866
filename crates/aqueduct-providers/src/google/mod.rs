//! Google: Gemini by `generateContent` and by interactions, agents, the vendor's tools, embeddings, images, speech, videos, files.
//!
//! Options of a call are [`GoogleOptions`] under `google`; other kinds of models have their own. Metadata of an answer comes
//! back under the same key and goes into the next request's messages: signatures of thoughts, calls of the vendor's tools.
//!
//! Tools that the vendor runs: `google.google_search`, `google.enterprise_web_search`, `google.url_context`,
//! `google.code_execution`, `google.file_search`, `google.google_maps`, `google.vertex_rag_store`.
//!
//! `generate_content/` is also what Vertex AI shares.
//!
//! Source: <https://ai.google.dev/api> (2026-11).

mod config;
mod embedding;
mod endpoint;
mod error;
mod files;
mod image;
mod options;
mod provider;
mod reference;
mod speech;
mod video;

pub mod generate_content;
pub mod interactions;

pub use options::*;
pub use provider::{ENTRY, Google, GoogleSettings};
