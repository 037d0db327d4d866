//! Anthropic: Claude by the messages API, with the tools that the vendor runs, MCP servers, containers and skills.
//!
//! Options of a call are [`AnthropicOptions`] under `anthropic` (and under the provider's own name, if it has another);
//! options of parts are `cacheControl` on nearly everything, [`FileOptions`] on files and [`SystemOptions`] on system
//! messages. Metadata of an answer comes back under the same key and goes into the next request's messages: signatures of
//! thoughts, thoughts that only the vendor can read, citations, callers of tools.
//!
//! Beta features are named in a header as what is asked needs them; `anthropicBeta` and the header `anthropic-beta` of the
//! settings or the call add more.
//!
//! Batches, files and skills are reached through the provider.
//!
//! `messages/` is also what other hosts of the API share: each is a [`Dialect`](messages::Dialect).
//!
//! Source: <https://platform.claude.com/docs/en/api/overview> (2026-11).

mod batch;
mod config;
mod endpoint;
mod error;
mod files;
mod options;
mod provider;
mod reference;
mod skills;

pub mod messages;

pub use options::*;
pub use provider::{Anthropic, AnthropicSettings, ENTRY};

// For other hosts of the API.
#[cfg(feature = "minimax")]
pub(crate) use config::Config;
#[cfg(feature = "minimax")]
pub(crate) use endpoint::{Credential, Endpoint};
