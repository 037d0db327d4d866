//! A provider.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::{
    EmbeddingModel, Error, ImageModel, LanguageModel, ModelKind, Provider, RealtimeModel,
    RerankingModel, Result, SpeechModel, SpeechTranslationModel, StreamingTranscriptionModel,
    TranscriptionModel, VideoModel,
};

/// Declares the models of a provider and how they are added and found.
macro_rules! mock_provider {
    ($($kind:expr => $models:ident: $model:ident, $with:ident, $find:ident;)*) => {
        /// A provider of the models that it is given.
        #[derive(Clone, Default)]
        pub struct MockProvider {
            id: String,
            $($models: BTreeMap<String, Arc<dyn $model>>,)*
        }

        impl MockProvider {
            /// Creates a provider without models.
            pub fn new(id: impl Into<String>) -> Self {
                Self { id: id.into(), ..Self::default() }
            }

            $(
                #[doc = concat!("Adds a model that [`Provider::", stringify!($find), "`] finds.")]
                #[must_use]
                pub fn $with(mut self, model_id: impl Into<String>, model: impl $model) -> Self {
                    self.$models.insert(model_id.into(), Arc::new(model));
                    self
                }
            )*
        }

        impl Provider for MockProvider {
            fn id(&self) -> &str {
                &self.id
            }

            $(
                fn $find(&self, model_id: &str) -> Result<Arc<dyn $model>> {
                    self.$models
                        .get(model_id)
                        .cloned()
                        .ok_or_else(|| Error::no_such_model(&self.id, model_id, $kind))
                }
            )*
        }
    };
}

mock_provider! {
    ModelKind::Language => languages: LanguageModel, with_language, language_model;
    ModelKind::Embedding => embeddings: EmbeddingModel, with_embedding, embedding_model;
    ModelKind::Image => images: ImageModel, with_image, image_model;
    ModelKind::Speech => speeches: SpeechModel, with_speech, speech_model;
    ModelKind::Transcription => transcriptions: TranscriptionModel, with_transcription, transcription_model;
    ModelKind::Reranking => rerankings: RerankingModel, with_reranking, reranking_model;
    ModelKind::Video => videos: VideoModel, with_video, video_model;
    "streaming transcription" => streaming_transcriptions: StreamingTranscriptionModel,
        with_streaming_transcription, streaming_transcription_model;
    ModelKind::SpeechTranslation => speech_translations: SpeechTranslationModel,
        with_speech_translation, speech_translation_model;
    ModelKind::Realtime => realtimes: RealtimeModel, with_realtime, realtime_model;
}

impl fmt::Debug for MockProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockProvider").field("id", &self.id).finish_non_exhaustive()
    }
}
