//! Hugging Face: the router to models of many hosts, by the Responses API.
//!
//! The wire types and the model are those of [`open_responses`](crate::open_responses); what differs is what the router takes
//! and how it tells. It runs the tools of MCP servers itself and has no place for results of the caller's own: calls and
//! results of earlier turns are left out, with a warning for the results, and thoughts of earlier turns go back as text.
//! Options are under `huggingface`: `metadata`, `instructions`, `strictJsonSchema`, `reasoningEffort`. Deliberately absent:
//! embedding and images, which the router has not.
//!
//! Source: <https://huggingface.co/docs/inference-providers> (2026-11).

mod decode;
mod encode;
mod options;
mod stream;

use std::sync::Arc;

use aqueduct_spec::language::{CallOptions, GenerateResult};
use aqueduct_spec::{Context, ModelKind, Result, Warning};

use crate::open_responses::{Config, Dialect, OpenResponses};
use crate::openai::responses::wire;
use crate::openai_compatible::HostSettings;
use crate::part_stream::DecodeEvents;
use crate::{ApiKey, Entry};

/// Hugging Face.
pub static ENTRY: Entry = Entry {
    id: "huggingface",
    aliases: &[],
    name: "Hugging Face",
    base_url: "https://router.huggingface.co/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["HUGGINGFACE_API_KEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://huggingface.co/docs/inference-providers",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let host = settings.endpoint(&ENTRY, client);
        let endpoint = host.at(&format!("{}/responses", host.base_url()));
        let (name, dialect) = (ENTRY.id.to_owned(), Box::new(HuggingFace));
        Ok(Arc::new(OpenResponses::new(Config { endpoint, name, dialect })))
    },
};

/// The router's manner of the Responses API.
#[derive(Debug)]
struct HuggingFace;

impl Dialect for HuggingFace {
    fn encode(&self, call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
        encode::encode(call, model_id)
    }

    fn decode(&self, response: wire::Response, cx: &Context) -> Result<GenerateResult> {
        decode::generate(response, cx)
    }

    fn decoder(&self, include_raw_chunks: bool, cx: &Context) -> Box<dyn DecodeEvents> {
        Box::new(stream::StreamDecoder::new(include_raw_chunks, cx.clone()))
    }
}
