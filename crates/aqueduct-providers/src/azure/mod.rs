//! Azure OpenAI: OpenAI's models in a resource of one's own.
//!
//! The wires are those of [`openai`](crate::openai); what differs is where they are and how one signs in. Models are named by
//! their deployments, those of DeepSeek by the wire `deepseek`. Options of responses are under `azure`, else under `openai`. Deliberately absent: signing in to Entra;
//! a token of it can be given as `authToken`.
//!
//! Source: <https://learn.microsoft.com/azure/ai-foundry/openai/reference> (2026-11).

mod deepseek;
mod provider;
mod settings;

use std::sync::Arc;

use aqueduct_spec::ModelKind;

pub use provider::Azure;
pub use settings::AzureSettings;

use crate::{ApiKey, Entry};

/// Azure OpenAI.
pub static ENTRY: Entry = Entry {
    id: "azure",
    aliases: &[],
    name: "Azure OpenAI",
    base_url: "",
    base_url_variable: None,
    variables: &[("resourceName", "AZURE_RESOURCE_NAME")],
    api_key: ApiKey::Variables(&["AZURE_API_KEY"]),
    kinds: &[
        ModelKind::Language,
        ModelKind::Embedding,
        ModelKind::Image,
        ModelKind::Speech,
        ModelKind::Transcription,
    ],
    docs: "https://learn.microsoft.com/azure/ai-foundry/openai",
    build: |settings, client| Ok(Arc::new(AzureSettings::from_json(settings)?.build(client)?)),
};
