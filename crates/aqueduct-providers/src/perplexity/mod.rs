//! Perplexity: chat with models that search, and embedding.
//!
//! Chat is a dialect of the OpenAI protocol without tools: pages that were found are sources, and images, searches and costs
//! are in the metadata. What is under `perplexity` goes into the request as it is (`search_mode`, `search_domain_filter`, …);
//! for embedding there are `dimensions` and `encodingFormat`.
//!
//! Source: <https://docs.perplexity.ai/api-reference> (2026-11).

mod chat;
mod embedding;
mod messages;
mod metadata;
mod stream;

use std::sync::Arc;

use aqueduct_spec::{EmbeddingModel, LanguageModel, ModelKind, Provider, Result};

use crate::openai_compatible::{ChatModel, Config, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Perplexity.
pub static ENTRY: Entry = Entry {
    id: "perplexity",
    aliases: &[],
    name: "Perplexity",
    base_url: "https://api.perplexity.ai",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["PERPLEXITY_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding],
    docs: "https://docs.perplexity.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Perplexity);
        host.decoder = |input| Box::new(stream::StreamDecoder::new(input));
        host.metadata_extractor = Some(Arc::new(metadata::Extractor));
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(Perplexity { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Perplexity's models. Wires: `chat`, `embedding`.
#[derive(Debug, Clone)]
struct Perplexity {
    config: Arc<Config>,
}

impl Provider for Perplexity {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "embedding").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(ChatModel::new(&self.config, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(embedding::Embedding::new(&self.config, model_id)))
    }
}
