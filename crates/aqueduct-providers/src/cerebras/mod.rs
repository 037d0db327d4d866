//! Cerebras: chat.
//!
//! The OpenAI protocol with newer names of fields. Options are under `cerebras`: those of the protocol, `parallelToolCalls`,
//! `logprobs`, `topLogprobs`, `logitBias`, `serviceTier`, `reasoningFormat`, `prediction` and `promptCacheKey`.
//!
//! Source: <https://inference-docs.cerebras.ai/api-reference> (2026-11).

mod chat;
mod structured;

use std::sync::Arc;

use aqueduct_spec::{LanguageModel, ModelKind, Provider, Result};

use crate::openai_compatible::{ChatModel, Config, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Cerebras.
pub static ENTRY: Entry = Entry {
    id: "cerebras",
    aliases: &[],
    name: "Cerebras",
    base_url: "https://api.cerebras.ai/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["CEREBRAS_API_KEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://inference-docs.cerebras.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Cerebras);
        host.supports_structured_outputs = true;
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(Cerebras { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Cerebras' models. Wire: `chat`.
#[derive(Debug, Clone)]
struct Cerebras {
    config: Arc<Config>,
}

impl Provider for Cerebras {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        (wire == "chat").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(structured::Chat::new(ChatModel::new(&self.config, model_id))))
    }
}
