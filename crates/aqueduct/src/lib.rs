//! One interface to language, embedding, image, speech, transcription, reranking and video models.
//!
//! Verbs (`generate_text`, `embed`, …) call models; layers wrap models; a registry finds them by name.

pub mod retry;

pub use aqueduct_spec as spec;
