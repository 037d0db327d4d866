//! OpenAI: responses (the default wire), chat, completion, embedding, image, speech, transcription (of files and of speech that
//! goes on), speech translation and realtime; batches, files and skills.
//!
//! ```text
//! call ─ responses/encode ─▶ wire::Request ─▶ OpenAI ─▶ wire::Response | wire::Event ─ responses/decode ─▶ result | parts
//! ```
//!
//! Encoding and decoding are pure; the wire types are public and work in both directions, because a gateway reads the
//! requests and writes the answers that are written and read here. Chat uses the shared codec of
//! [`openai_compatible`](crate::openai_compatible) where OpenAI's own API is like the protocol that others made of it.
//!
//! Options are under `openai`; ids of items, encrypted thoughts and whatever else the next request needs are in the metadata
//! under the same key. Live transcripts and translations go over WebSockets, signed in to by a header
//! as all else; realtime sessions are held by browsers, with a secret that is made here.
//!
//! Source: <https://platform.openai.com/docs/api-reference> (2026-11).

mod batch;
mod capabilities;
mod chat;
mod completion;
mod early_error;
mod embedding;
pub(crate) mod exchange;
mod files;
mod image;
mod provider;
mod realtime;
mod settings;
mod skills;
mod speech;
#[cfg(feature = "websocket")]
mod speech_translation;
mod transcription;

pub mod responses;

use std::sync::Arc;

use aqueduct_spec::ModelKind;

pub use provider::OpenAi;
pub use settings::OpenAiSettings;
#[cfg(feature = "azure")]
pub(crate) use settings::{Addressing, Config};

use crate::{ApiKey, Entry};

/// OpenAI.
pub static ENTRY: Entry = Entry {
    id: "openai",
    aliases: &[],
    name: "OpenAI",
    base_url: "https://api.openai.com/v1",
    base_url_variable: Some("OPENAI_BASE_URL"),
    variables: &[],
    api_key: ApiKey::Variables(&["OPENAI_API_KEY"]),
    kinds: &[
        ModelKind::Language,
        ModelKind::Embedding,
        ModelKind::Image,
        ModelKind::Speech,
        ModelKind::Transcription,
        ModelKind::SpeechTranslation,
        ModelKind::Realtime,
    ],
    docs: "https://platform.openai.com/docs",
    build: |settings, client| Ok(Arc::new(OpenAiSettings::from_json(settings)?.build(client))),
};
