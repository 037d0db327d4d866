//! Fireworks AI: chat, completion, embedding, image.
//!
//! Chat, completion and embedding speak the OpenAI protocol. Options are under `fireworks`: for chat `promptCacheKey`,
//! `serviceTier`, `thinking`, `reasoningHistory` and those of the protocol; for images whatever the model takes
//! (`guidance_scale`, `steps`, `output_format`, …).
//!
//! Source: <https://docs.fireworks.ai/api-reference> (2026-11).

mod chat;
mod image;

use std::sync::Arc;

use aqueduct_spec::{EmbeddingModel, ImageModel, LanguageModel, ModelKind, Provider, Result};

use crate::openai_compatible::{Config, Host, HostSettings, OpenAiCompatible};
use crate::{ApiKey, Entry};

/// Fireworks AI.
pub static ENTRY: Entry = Entry {
    id: "fireworks",
    aliases: &["fireworks-ai", "fireworks_ai"],
    name: "Fireworks AI",
    base_url: "https://api.fireworks.ai/inference/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["FIREWORKS_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Image],
    docs: "https://docs.fireworks.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Fireworks);
        host.include_usage = true;
        host.supports_structured_outputs = true;
        let endpoint = settings.endpoint(&ENTRY, client);
        let config = Arc::new(Config { endpoint, host });
        let base = Arc::new(OpenAiCompatible::new(Arc::clone(&config)));
        Ok(Arc::new(Fireworks { base, config }))
    },
};

/// Fireworks' models. Wires: `chat` (the default), `completion`, `embedding`, `image`.
#[derive(Clone)]
struct Fireworks {
    /// What speaks the OpenAI protocol.
    base: Arc<dyn Provider>,
    config: Arc<Config>,
}

impl Provider for Fireworks {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let base = self.base.wire(wire)?;
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
}
