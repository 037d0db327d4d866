//! The provider.

use std::sync::Arc;

use aqueduct_spec::files::Files;
use aqueduct_spec::{
    EmbeddingModel, ImageModel, LanguageModel, Provider, Result, SpeechModel, TranscriptionModel,
};

use super::ENTRY;
use super::deepseek::DeepSeekDeployments;
use crate::openai::{Config, OpenAi};

/// A resource at Azure. Wires of language models: `responses` (the default), `chat`, `completion`, `deepseek`.
#[derive(Debug, Clone)]
pub struct Azure {
    openai: OpenAi,
    deepseek: DeepSeekDeployments,
}

impl Azure {
    pub(super) fn new(config: Config) -> Self {
        let config = Arc::new(config);
        let deepseek = DeepSeekDeployments::new(&config);
        Self { openai: OpenAi::new(config), deepseek }
    }
}

impl Provider for Azure {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        match wire {
            "deepseek" => Some(Arc::new(self.deepseek.clone())),
            other => self.openai.wire(other),
        }
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        self.openai.language_model(model_id)
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        self.openai.embedding_model(model_id)
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        self.openai.image_model(model_id)
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        self.openai.speech_model(model_id)
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        self.openai.transcription_model(model_id)
    }

    fn files(&self) -> Result<Arc<dyn Files>> {
        self.openai.files()
    }
}
