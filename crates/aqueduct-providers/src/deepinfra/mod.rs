//! DeepInfra: chat, completion, embedding, image.
//!
//! Chat, completion and embedding speak the OpenAI protocol below `/openai`; images are made below `/inference` and edited
//! below `/openai`. Options are under `deepinfra`; for images whatever the model takes (`negative_prompt`,
//! `num_inference_steps`, …).
//!
//! Source: <https://deepinfra.com/docs> (2026-11).

mod chat;
mod image;

use std::sync::Arc;

use aqueduct_spec::{EmbeddingModel, ImageModel, LanguageModel, ModelKind, Provider, Result};

use crate::openai_compatible::{Config, Host, HostSettings, OpenAiCompatible};
use crate::{ApiKey, Entry};

/// DeepInfra.
pub static ENTRY: Entry = Entry {
    id: "deepinfra",
    aliases: &[],
    name: "DeepInfra",
    base_url: "https://api.deepinfra.com/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["DEEPINFRA_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Image],
    docs: "https://deepinfra.com/docs",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let host = Host::new(ENTRY.id, chat::DeepInfra);
        let endpoint = settings.endpoint(&ENTRY, client);
        let openai = endpoint.at(&format!("{}/openai", endpoint.base_url()));
        let base = OpenAiCompatible::new(Arc::new(Config { endpoint: openai, host: host.clone() }));
        Ok(Arc::new(DeepInfra {
            base: Arc::new(base),
            config: Arc::new(Config { endpoint, host }),
        }))
    },
};

/// DeepInfra's models. Wires: `chat` (the default), `completion`, `embedding`, `image`.
#[derive(Clone)]
struct DeepInfra {
    /// What speaks the OpenAI protocol.
    base: Arc<dyn Provider>,
    config: Arc<Config>,
}

impl Provider for DeepInfra {
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
