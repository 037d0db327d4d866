//! Cohere: chat, embedding, reranking.
//!
//! The API is Cohere's own. Options are under `cohere`: for chat `thinking`, on images `detail`; for embedding `inputType`,
//! `truncate` and `outputDimension`; for reranking `maxTokensPerDoc` and `priority`.
//!
//! Source: <https://docs.cohere.com/reference> (2026-11).

mod chat;
mod embedding;
mod reranking;

use std::sync::Arc;

use aqueduct_http::ApiMessage;
use aqueduct_spec::{EmbeddingModel, LanguageModel, ModelKind, Provider, RerankingModel, Result};
use serde_json::Value;

use crate::openai_compatible::{Config, Dialect, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Cohere.
pub static ENTRY: Entry = Entry {
    id: "cohere",
    aliases: &[],
    name: "Cohere",
    base_url: "https://api.cohere.com/v2",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["COHERE_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Reranking],
    docs: "https://docs.cohere.com",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let endpoint = settings.endpoint(&ENTRY, client);
        let host = Host::new(ENTRY.id, Errors);
        Ok(Arc::new(Cohere { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Error bodies are `{"message"}`.
#[derive(Debug)]
struct Errors;

impl Dialect for Errors {
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        Some(ApiMessage::new(body.get("message")?.as_str()?))
    }
}

/// Cohere's models. Wires: `chat`, `embedding` (also `textEmbedding`), `reranking`.
#[derive(Debug, Clone)]
struct Cohere {
    config: Arc<Config>,
}

impl Provider for Cohere {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "embedding" | "textEmbedding" | "reranking")
            .then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(chat::Chat::new(&self.config, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(embedding::Embedding::new(&self.config, model_id)))
    }

    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        Ok(Arc::new(reranking::Reranking::new(&self.config, model_id)))
    }
}
