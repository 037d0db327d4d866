//! A provider.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::{
    EmbeddingModel, Error, ImageModel, LanguageModel, ModelKind, Provider, RerankingModel, Result,
    SpeechModel, TranscriptionModel, VideoModel,
};

/// Declares the models of a provider and how they are added and found.
macro_rules! mock_provider {
    ($($kind:ident $models:ident: $model:ident, $with:ident, $find:ident;)*) => {
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
                #[doc = concat!("Adds a model of kind `", stringify!($kind), "`.")]
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
                        .ok_or_else(|| Error::no_such_model(&self.id, model_id, ModelKind::$kind))
                }
            )*
        }
    };
}

mock_provider! {
    Language languages: LanguageModel, with_language, language_model;
    Embedding embeddings: EmbeddingModel, with_embedding, embedding_model;
    Image images: ImageModel, with_image, image_model;
    Speech speeches: SpeechModel, with_speech, speech_model;
    Transcription transcriptions: TranscriptionModel, with_transcription, transcription_model;
    Reranking rerankings: RerankingModel, with_reranking, reranking_model;
    Video videos: VideoModel, with_video, video_model;
}

impl fmt::Debug for MockProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockProvider").field("id", &self.id).finish_non_exhaustive()
    }
}
