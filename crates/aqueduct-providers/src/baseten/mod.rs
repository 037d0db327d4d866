//! Baseten: chat with its own models, chat and embedding with deployed ones.
//!
//! The OpenAI protocol. A deployed model has a URL of its own, the setting `modelURL`: for chat one with `/sync/v1`, for
//! embedding one with `/sync`.
//!
//! Source: <https://docs.baseten.co/reference> (2026-11).

use std::sync::Arc;

use aqueduct_spec::{EmbeddingModel, Error, LanguageModel, ModelKind, Provider, Result};

use crate::openai_compatible::{
    ChatModel, Config, Host, HostSettings, OpenAiCompatible, PlainErrors,
};
use crate::{ApiKey, Entry};

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 128;

/// Baseten.
pub static ENTRY: Entry = Entry {
    id: "baseten",
    aliases: &[],
    name: "Baseten",
    base_url: "https://inference.baseten.co/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["BASETEN_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding],
    docs: "https://docs.baseten.co",
    build: |settings, client| {
        let json: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, PlainErrors);
        host.include_usage = true;
        host.max_embeddings_per_call = MAX_EMBEDDINGS_PER_CALL;
        let endpoint = json.endpoint(&ENTRY, client);
        Ok(Arc::new(Baseten {
            config: Arc::new(Config { endpoint, host }),
            model_url: settings.text("modelURL").map(str::to_owned),
        }))
    },
};

/// Baseten's models. Wires: `chat`, `embedding`.
#[derive(Debug, Clone)]
struct Baseten {
    config: Arc<Config>,
    model_url: Option<String>,
}

impl Baseten {
    fn at(&self, url: &str) -> Arc<Config> {
        let endpoint = self.config.endpoint.at(url);
        Arc::new(Config { endpoint, host: self.config.host.clone() })
    }
}

impl Provider for Baseten {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "embedding").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        let config = match self.model_url.as_deref() {
            Some(url) if url.contains("/sync/v1") => self.at(url),
            Some(url) if url.contains("/predict") => {
                return Err(Error::configuration(
                    "Not supported. You must use a /sync/v1 endpoint for chat models.",
                )
                .with_provider(ENTRY.id));
            }
            _ => Arc::clone(&self.config),
        };
        Ok(Arc::new(ChatModel::new(&config, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        let fail =
            |message: &'static str| Err(Error::configuration(message).with_provider(ENTRY.id));
        let Some(url) = self.model_url.as_deref().map(|url| url.trim_end_matches('/')) else {
            return fail(
                "No model URL provided for embeddings. Please set modelURL option for embeddings.",
            );
        };
        if !url.contains("/sync") {
            return fail(
                "Not supported. You must use a /sync or /sync/v1 endpoint for embeddings.",
            );
        }
        let config =
            if url.contains("/sync/v1") { self.at(url) } else { self.at(&format!("{url}/v1")) };
        OpenAiCompatible::new(config).embedding_model(model_id)
    }
}
