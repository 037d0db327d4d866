//! The provider and its place in the table.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_spec::{
    EmbeddingModel, Error, ImageModel, LanguageModel, ModelInfo, ModelKind, Profile, Provider,
    RealtimeModel, RerankingModel, Result, SpeechModel, SpeechTranslationModel,
    StreamingTranscriptionModel, TranscriptionModel, VideoModel,
};

use super::calls::Calls;
use super::embedding::{MAX_VALUES, SimulatedEmbedding};
use super::image::SimulatedImage;
use super::language::SimulatedLanguage;
use super::realtime::SimulatedRealtime;
use super::reranking::SimulatedReranking;
use super::settings::SimulatorSettings;
use super::speech::SimulatedSpeech;
use super::transcription::SimulatedTranscription;
use super::translation::SimulatedTranslation;
use super::video::SimulatedVideo;
use crate::entry::{ApiKey, Entry};
use crate::settings::Settings;

/// The simulator's line in the table.
pub static ENTRY: Entry = Entry {
    id: "simulator",
    aliases: &[],
    name: "Simulator",
    base_url: "",
    base_url_variable: None,
    api_key: ApiKey::None,
    variables: &[],
    kinds: &ModelKind::ALL,
    docs: "https://docs.rs/aqueduct-providers/latest/aqueduct_providers/simulator/",
    build,
};

/// Every model of the simulator.
pub const MODELS: &[(ModelKind, &str)] = &[
    (ModelKind::Language, "echo"),
    (ModelKind::Language, "lorem"),
    (ModelKind::Language, "reasoning"),
    (ModelKind::Language, "tools"),
    (ModelKind::Language, "json"),
    (ModelKind::Embedding, "embedding"),
    (ModelKind::Image, "image"),
    (ModelKind::Speech, "speech"),
    (ModelKind::Transcription, "transcription"),
    (ModelKind::Reranking, "reranking"),
    (ModelKind::Video, "video"),
    (ModelKind::SpeechTranslation, "speech-translation"),
    (ModelKind::Realtime, "realtime"),
];

fn build(settings: &Settings, _client: &Client) -> Result<Arc<dyn Provider>> {
    let settings: SimulatorSettings = settings.typed("simulator")?;
    Ok(Arc::new(Simulator { calls: Arc::new(Calls::new(settings.checked()?)) }))
}

#[derive(Debug)]
struct Simulator {
    calls: Arc<Calls>,
}

/// What each model of the simulator has: the instance it belongs to, and its name.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) calls: Arc<Calls>,
    pub(super) info: ModelInfo,
}

impl Simulator {
    fn seat(&self, kind: ModelKind, model_id: &str, profile: Profile) -> Result<Seat> {
        if !MODELS.contains(&(kind, model_id)) {
            let there = MODELS.iter().filter(|(of, _)| *of == kind).map(|(_, id)| *id);
            let there = there.collect::<Vec<_>>().join(", ");
            let error = Error::no_such_model(&self.calls.name, model_id, kind);
            let message = format!("{}; it has: {there}", error.message());
            return Err(error.with_message(message));
        }
        let info = ModelInfo::new(self.calls.name.clone(), model_id).with_profile(profile);
        Ok(Seat { calls: Arc::clone(&self.calls), info })
    }
}

impl Provider for Simulator {
    fn id(&self) -> &str {
        &self.calls.name
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        // It looks at no file, so a URL is as good as its content.
        let mut profile = Profile::default();
        profile.supported_urls.insert("*/*".to_owned(), vec![aqueduct_spec::UrlPattern::Any]);
        let seat = self.seat(ModelKind::Language, model_id, profile)?;
        Ok(Arc::new(SimulatedLanguage::new(seat)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_VALUES);
        Ok(Arc::new(SimulatedEmbedding(self.seat(ModelKind::Embedding, model_id, profile)?)))
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(10);
        Ok(Arc::new(SimulatedImage(self.seat(ModelKind::Image, model_id, profile)?)))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        let seat = self.seat(ModelKind::Speech, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedSpeech(seat)))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        let seat = self.seat(ModelKind::Transcription, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedTranscription(seat)))
    }

    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        let seat = self.seat(ModelKind::Reranking, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedReranking(seat)))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        let mut profile = Profile::default();
        profile.max_videos_per_call = Some(4);
        Ok(Arc::new(SimulatedVideo(self.seat(ModelKind::Video, model_id, profile)?)))
    }

    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        let seat = self.seat(ModelKind::Transcription, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedTranscription(seat)))
    }

    fn speech_translation_model(&self, model_id: &str) -> Result<Arc<dyn SpeechTranslationModel>> {
        let seat = self.seat(ModelKind::SpeechTranslation, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedTranslation(seat)))
    }

    fn realtime_model(&self, model_id: &str) -> Result<Arc<dyn RealtimeModel>> {
        let seat = self.seat(ModelKind::Realtime, model_id, Profile::default())?;
        Ok(Arc::new(SimulatedRealtime(seat)))
    }
}
