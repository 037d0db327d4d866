//! The provider.

use std::sync::Arc;

use aqueduct_spec::files::Files as DynFiles;
use aqueduct_spec::{
    ImageModel, LanguageModel, Provider, Result, SpeechModel, TranscriptionModel, VideoModel,
};

use super::ENTRY;
use super::chat::ChatModel;
use super::files::Files;
use super::image::Image;
use super::responses::ResponsesModel;
use super::speech::Speech;
use super::transcription::Transcription;
use super::video::Video;
use crate::openai_compatible::Endpoint;

/// xAI's models. Wires of language models: `responses` (the default), `chat`.
#[derive(Debug, Clone)]
pub(super) struct Xai {
    endpoint: Arc<Endpoint>,
    wire: LanguageWire,
}

/// How language models are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LanguageWire {
    Responses,
    Chat,
}

impl Xai {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint: Arc::new(endpoint), wire: LanguageWire::Responses }
    }
}

impl Provider for Xai {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let wire = match wire {
            "responses" => LanguageWire::Responses,
            "chat" => LanguageWire::Chat,
            "image" | "video" | "speech" | "transcription" => self.wire,
            _ => return None,
        };
        Some(Arc::new(Self { endpoint: Arc::clone(&self.endpoint), wire }))
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(match self.wire {
            LanguageWire::Responses => Arc::new(ResponsesModel::new(&self.endpoint, model_id)),
            LanguageWire::Chat => Arc::new(ChatModel::new(&self.endpoint, model_id)),
        })
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        Ok(Arc::new(Image::new(&self.endpoint, model_id)))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Ok(Arc::new(Video::new(&self.endpoint, model_id)))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        Ok(Arc::new(Speech::new(&self.endpoint, model_id)))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        Ok(Arc::new(Transcription::new(&self.endpoint, model_id)))
    }

    fn files(&self) -> Result<Arc<dyn DynFiles>> {
        Ok(Arc::new(Files::new(&self.endpoint)))
    }
}
