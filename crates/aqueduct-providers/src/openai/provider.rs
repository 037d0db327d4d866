//! The provider.

use std::sync::Arc;

use aqueduct_spec::files::Files as DynFiles;
use aqueduct_spec::{
    EmbeddingModel as DynEmbeddingModel, ImageModel as DynImageModel, LanguageModel, Provider,
    Result, SpeechModel as DynSpeechModel, TranscriptionModel as DynTranscriptionModel,
};

use super::chat::ChatModel;
use super::completion::CompletionModel;
use super::embedding::EmbeddingModel;
use super::files::Files;
use super::image::ImageModel;
use super::responses::ResponsesModel;
use super::settings::Config;
use super::speech::SpeechModel;
use super::transcription::TranscriptionModel;

/// OpenAI's models. Wires of language models: `responses` (the default), `chat`, `completion`.
#[derive(Debug, Clone)]
pub struct OpenAi {
    config: Arc<Config>,
    wire: LanguageWire,
}

/// How language models are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LanguageWire {
    Responses,
    Chat,
    Completion,
}

impl OpenAi {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config, wire: LanguageWire::Responses }
    }
}

impl Provider for OpenAi {
    fn id(&self) -> &str {
        &self.config.name
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let wire = match wire {
            "responses" => LanguageWire::Responses,
            "chat" => LanguageWire::Chat,
            "completion" => LanguageWire::Completion,
            "embedding" | "embeddings" | "image" | "speech" | "transcription" => self.wire,
            _ => return None,
        };
        Some(Arc::new(Self { config: Arc::clone(&self.config), wire }))
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(match self.wire {
            LanguageWire::Responses => Arc::new(ResponsesModel::new(&self.config, model_id)),
            LanguageWire::Chat => Arc::new(ChatModel::new(&self.config, model_id)),
            LanguageWire::Completion => Arc::new(CompletionModel::new(&self.config, model_id)),
        })
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn DynEmbeddingModel>> {
        Ok(Arc::new(EmbeddingModel::new(&self.config, model_id)))
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn DynImageModel>> {
        Ok(Arc::new(ImageModel::new(&self.config, model_id)))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn DynSpeechModel>> {
        Ok(Arc::new(SpeechModel::new(&self.config, model_id)))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn DynTranscriptionModel>> {
        Ok(Arc::new(TranscriptionModel::new(&self.config, model_id)))
    }

    fn files(&self) -> Result<Arc<dyn DynFiles>> {
        Ok(Arc::new(Files::new(&self.config)))
    }
}
