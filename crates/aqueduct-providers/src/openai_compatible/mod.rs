//! The OpenAI protocol, as many hosts speak it: the shared codec, and a provider for any of them.
//!
//! ```text
//! call ─ chat/encode ─▶ wire::Request ─ Dialect::adapt ─▶ host ─▶ wire::Response | wire::Chunk ─ chat/decode ─▶ result | parts
//! ```
//!
//! How a host differs is a [`Dialect`]. Encoding and decoding are pure; the wire types are public and work in both directions,
//! because a gateway reads the requests and writes the answers that are written and read here.
//!
//! # Options
//! `providerOptions` are read from `openaiCompatible` and from the host's name, best in camel case (`myHost` for `my-host`):
//! `user`, `reasoningEffort`, `textVerbosity`, `strictJsonSchema`. Everything else under the host's name is copied into the
//! request as it is.

pub(crate) mod completion;
mod config;
mod dialect;
mod embedding;
mod endpoint;
mod error;
mod files;
pub(crate) mod image;
pub(crate) mod lenient;
mod metadata_extractor;
mod options;
mod plain_error;
mod provider;
mod settings;
mod tool_call_tracker;
mod usage;

pub mod chat;
pub mod presets;

use aqueduct_spec::ModelKind;

pub use completion::wire as completion_wire;
pub use dialect::{Blocks, Dialect, Plain, StreamRules};
pub use embedding::wire as embedding_wire;
pub use image::wire as image_wire;
pub use metadata_extractor::{MetadataExtractor, StreamMetadataExtractor};
pub use provider::OpenAiCompatible;
pub use settings::OpenAiCompatibleSettings;
pub use usage::account;
pub(crate) use usage::kept;

pub(crate) use chat::ChatModel;
pub(crate) use chat::decode::thought_first;
pub(crate) use config::{Config, Host};
pub(crate) use endpoint::Endpoint;
pub(crate) use error::{check, json as read_json, of as error_of, read as read_error};
pub(crate) use files::FileRules;
#[cfg(feature = "openai")]
pub(crate) use files::Files;
#[cfg(any(feature = "deepseek", feature = "openai"))]
pub(crate) use files::Purpose;
pub(crate) use plain_error::{PlainErrors, text_or_object};
pub(crate) use settings::HostSettings;
pub(crate) use tool_call_tracker::{Piece, ToolCallTracker};

use crate::{ApiKey, Entry};

/// Any host of the protocol; its settings say which.
pub static ENTRY: Entry = Entry {
    id: "openai-compatible",
    aliases: &["openai_compatible"],
    name: "OpenAI-compatible host",
    base_url: "",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::None,
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Image],
    docs: "https://platform.openai.com/docs/api-reference",
    build: |settings, client| {
        let settings = OpenAiCompatibleSettings::from_json(&ENTRY, settings)?;
        Ok(std::sync::Arc::new(settings.build(client)?))
    },
};
