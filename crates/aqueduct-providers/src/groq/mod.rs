//! Groq: chat and transcription.
//!
//! Chat is a dialect of the OpenAI protocol: thoughts are in `reasoning`, usage of streams in `x_groq`, tool calls are typed
//! strictly, and of files only images are taken. Options are under `groq`: `reasoningFormat`, `reasoningEffort`,
//! `parallelToolCalls`, `serviceTier`, `structuredOutputs` (default: true), `strictJsonSchema` (default: true) and `user`;
//! for transcription `language`, `prompt`, `responseFormat`, `temperature` and `timestampGranularities`.
//!
//! Source: <https://console.groq.com/docs/api-reference> (2026-11).

mod chat;
mod transcription;

use std::sync::Arc;

use aqueduct_spec::{LanguageModel, ModelKind, Provider, Result, TranscriptionModel, UrlPattern};

use crate::openai_compatible::{ChatModel, Config, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Groq.
pub static ENTRY: Entry = Entry {
    id: "groq",
    aliases: &[],
    name: "Groq",
    base_url: "https://api.groq.com/openai/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["GROQ_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Transcription],
    docs: "https://console.groq.com/docs",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Groq);
        host.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(Groq { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Groq's models. Wires: `chat`, `transcription`.
#[derive(Debug, Clone)]
struct Groq {
    config: Arc<Config>,
}

impl Provider for Groq {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "transcription").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(ChatModel::new(&self.config, model_id)))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        Ok(Arc::new(transcription::Transcription::new(&self.config, model_id)))
    }
}
