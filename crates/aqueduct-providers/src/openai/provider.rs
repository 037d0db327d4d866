//! The provider.

use std::sync::Arc;

use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::files::Files as DynFiles;
use aqueduct_spec::skills::Skills as DynSkills;
use aqueduct_spec::{
    EmbeddingModel as DynEmbeddingModel, Error, ImageModel as DynImageModel, LanguageModel,
    Provider, RealtimeModel as DynRealtimeModel, Result, SpeechModel as DynSpeechModel,
    SpeechTranslationModel as DynSpeechTranslationModel, StreamingTranscriptionModel,
    TranscriptionModel as DynTranscriptionModel,
};

use super::chat::ChatModel;
use super::completion::CompletionModel;
use super::embedding::EmbeddingModel;
use super::files;
use super::image::ImageModel;
use super::realtime::RealtimeModel;
use super::responses::ResponsesModel;
use super::settings::Config;
use super::skills::Skills;
use super::speech::SpeechModel;
#[cfg(feature = "websocket")]
use super::speech_translation::SpeechTranslationModel;
use super::transcription::TranscriptionModel;
use crate::openai_compatible::Files;

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
            "embedding" | "embeddings" | "image" | "speech" | "transcription"
            | "speech-translation" | "realtime" => self.wire,
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

    #[cfg(feature = "websocket")]
    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        Ok(Arc::new(TranscriptionModel::new(&self.config, model_id)))
    }

    #[cfg(not(feature = "websocket"))]
    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        Err(crate::without_websocket("streaming transcription", self.id(), model_id))
    }

    #[cfg(feature = "websocket")]
    fn speech_translation_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn DynSpeechTranslationModel>> {
        Ok(Arc::new(SpeechTranslationModel::new(&self.config, model_id)))
    }

    #[cfg(not(feature = "websocket"))]
    fn speech_translation_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn DynSpeechTranslationModel>> {
        Err(crate::without_websocket("speech translation", self.id(), model_id))
    }

    fn realtime_model(&self, model_id: &str) -> Result<Arc<dyn DynRealtimeModel>> {
        Ok(Arc::new(RealtimeModel::new(&self.config, model_id)))
    }

    fn batch_model(&self, model_id: &str) -> Result<Arc<dyn BatchModel>> {
        match self.wire {
            LanguageWire::Responses => Ok(Arc::new(ResponsesModel::new(&self.config, model_id))),
            _ => Err(Error::unsupported("batch").with_provider(self.id()).with_model(model_id)),
        }
    }

    fn files(&self) -> Result<Arc<dyn DynFiles>> {
        Ok(Files::new(&self.config.name, &self.config.endpoint, files::RULES))
    }

    fn skills(&self) -> Result<Arc<dyn DynSkills>> {
        Ok(Arc::new(Skills::new(&self.config)))
    }
}
