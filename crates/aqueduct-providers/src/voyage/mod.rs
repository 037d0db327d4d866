//! Voyage AI: embedding and reranking.
//!
//! Options are under `voyage`: for embedding `inputType`, `truncation`, `outputDimension` and `outputDtype`; for reranking
//! `returnDocuments` and `truncation`.
//!
//! Source: <https://docs.voyageai.com/reference> (2026-11).

mod embedding;
mod reranking;

use std::sync::Arc;

use aqueduct_http::ApiMessage;
use aqueduct_spec::{EmbeddingModel, ModelKind, Provider, RerankingModel, Result};
use serde_json::Value;

use crate::openai_compatible::{Config, Dialect, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Voyage AI.
pub static ENTRY: Entry = Entry {
    id: "voyage",
    aliases: &["voyageai"],
    name: "Voyage AI",
    base_url: "https://api.voyageai.com/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["VOYAGE_API_KEY"]),
    kinds: &[ModelKind::Embedding, ModelKind::Reranking],
    docs: "https://docs.voyageai.com",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let endpoint = settings.endpoint(&ENTRY, client);
        let host = Host::new(ENTRY.id, Errors);
        Ok(Arc::new(Voyage { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Error bodies are `{"detail"}`.
#[derive(Debug)]
struct Errors;

impl Dialect for Errors {
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        Some(ApiMessage::new(body.get("detail")?.as_str()?))
    }
}

/// Voyage's models. Wires: `embedding`, `reranking`.
#[derive(Debug, Clone)]
struct Voyage {
    config: Arc<Config>,
}

impl Provider for Voyage {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "embedding" | "reranking").then(|| Arc::new(self.clone()) as _)
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(embedding::Embedding::new(&self.config, model_id)))
    }

    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        Ok(Arc::new(reranking::Reranking::new(&self.config, model_id)))
    }
}
