//! Together AI: chat, completion, embedding, image, reranking.
//!
//! Chat, completion and embedding speak the OpenAI protocol, and streams always tell usage. Options are under `togetherai`: for
//! images `steps`, `guidance`, `negative_prompt`, `disable_safety_checker` and whatever else the model takes; for reranking
//! `rankFields`.
//!
//! Source: <https://docs.together.ai/reference> (2026-11).

mod image;
mod reranking;

use std::sync::Arc;

use aqueduct_spec::{
    EmbeddingModel, ImageModel, LanguageModel, ModelKind, Provider, RerankingModel, Result,
};

use crate::openai_compatible::{Config, Host, HostSettings, OpenAiCompatible, Plain};
use crate::{ApiKey, Entry};

/// Together AI.
pub static ENTRY: Entry = Entry {
    id: "togetherai",
    aliases: &["together", "together_ai"],
    name: "Together AI",
    base_url: "https://api.together.xyz/v1",
    base_url_variable: None,
    variables: &[],
    // The second is deprecated.
    api_key: ApiKey::Variables(&["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Image, ModelKind::Reranking],
    docs: "https://docs.together.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, Plain);
        host.include_usage = true;
        let endpoint = settings.endpoint(&ENTRY, client);
        let config = Arc::new(Config { endpoint, host });
        let base = Arc::new(OpenAiCompatible::new(Arc::clone(&config)));
        Ok(Arc::new(TogetherAi { base, config }))
    },
};

/// Together's models. Wires: `chat` (the default), `completion`, `embedding`, `image`, `reranking`.
#[derive(Clone)]
struct TogetherAi {
    /// What speaks the OpenAI protocol.
    base: Arc<dyn Provider>,
    config: Arc<Config>,
}

impl Provider for TogetherAi {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let base = match wire {
            "reranking" => Arc::clone(&self.base),
            wire => self.base.wire(wire)?,
        };
        Some(Arc::new(Self { base, config: Arc::clone(&self.config) }))
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        self.base.language_model(model_id)
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        self.base.embedding_model(model_id)
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        Ok(Arc::new(image::Image::new(&self.config, model_id)))
    }

    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        Ok(Arc::new(reranking::Reranking::new(&self.config, model_id)))
    }
}
