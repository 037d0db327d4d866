//! Mistral: chat, embedding, speech and transcription.
//!
//! Chat is a dialect of the OpenAI protocol: what the model says may be a list with thoughts in it, images and documents are
//! plain URLs, and an assistant message at the end is one to go on with. Options are under `mistral`: for chat `safePrompt`,
//! `documentImageLimit`, `documentPageLimit`, `structuredOutputs` (default: true), `strictJsonSchema` (default: false),
//! `parallelToolCalls` and `reasoningEffort`; for embedding `metadata`, `outputDimension` and `outputDtype`; for speech
//! `refAudio`; for transcription `language`, `temperature`, `timestampGranularities`, `diarize` and `contextBias`.
//!
//! Source: <https://docs.mistral.ai/api> (2026-11).

mod chat;
mod embedding;
mod speech;
mod transcription;

use std::sync::Arc;

use aqueduct_spec::{
    EmbeddingModel, LanguageModel, ModelKind, Provider, Result, SpeechModel, TranscriptionModel,
    UrlPattern,
};

use crate::openai_compatible::{ChatModel, Config, Host, HostSettings};
use crate::{ApiKey, Entry};

/// Mistral.
pub static ENTRY: Entry = Entry {
    id: "mistral",
    aliases: &[],
    name: "Mistral",
    base_url: "https://api.mistral.ai/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["MISTRAL_API_KEY"]),
    kinds: &[
        ModelKind::Language,
        ModelKind::Embedding,
        ModelKind::Speech,
        ModelKind::Transcription,
    ],
    docs: "https://docs.mistral.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Mistral);
        host.decoder = |input| Box::new(chat::StreamDecoder::new(input));
        host.supported_urls.insert("application/pdf".to_owned(), vec![UrlPattern::Https]);
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(Mistral { config: Arc::new(Config { endpoint, host }) }))
    },
};

/// Mistral's models. Wires: `chat`, `embedding`, `speech`, `transcription`.
#[derive(Debug, Clone)]
struct Mistral {
    config: Arc<Config>,
}

impl Provider for Mistral {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "embedding" | "speech" | "transcription")
            .then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(ChatModel::new(&self.config, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(embedding::Embedding::new(&self.config, model_id)))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        Ok(Arc::new(speech::Speech::new(&self.config, model_id)))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        Ok(Arc::new(transcription::Transcription::new(&self.config, model_id)))
    }
}
