//! A provider: a source of models of any kind.

use std::fmt;
use std::sync::Arc;

use crate::batch::BatchModel;
use crate::embedding::EmbeddingModel;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::image::ImageModel;
use crate::language::LanguageModel;
use crate::model::ModelKind;
use crate::realtime::RealtimeModel;
use crate::reranking::RerankingModel;
use crate::skills::Skills;
use crate::speech::SpeechModel;
use crate::speech_translation::SpeechTranslationModel;
use crate::transcription::TranscriptionModel;
use crate::transcription_stream::StreamingTranscriptionModel;
use crate::video::VideoModel;

/// A source of models.
///
/// A vendor is one, a registry of several is one, a router over them is one too. Model ids are the provider's own; a prefix
/// that names the wire (`chat:`, …) is up to the provider. Every method of a kind that the provider has not got answers
/// with [`ErrorKind::NoSuchModel`](crate::ErrorKind::NoSuchModel).
pub trait Provider: Send + Sync + 'static {
    /// The provider's id: `groq`, `togetherai`, …
    fn id(&self) -> &str;

    /// Returns the same provider held to one of its wires, as `groq.chat` or `openai.completion` name them (here without the
    /// provider: `chat`, `completion`). `None` if it has only one way to be called, or none of that name.
    fn wire(&self, _wire: &str) -> Option<Arc<dyn Provider>> {
        None
    }

    /// Returns a language model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Language))
    }

    /// Returns an embedding model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Embedding))
    }

    /// Returns an image model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Image))
    }

    /// Returns a speech model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Speech))
    }

    /// Returns a transcription model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Transcription))
    }

    /// Returns a reranking model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Reranking))
    }

    /// Returns a video model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Video))
    }

    /// Returns a transcription model that writes while the speech goes on.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name; `Unsupported` if this build lacks what it needs.
    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        Err(Error::no_such_model(self.id(), model_id, "streaming transcription"))
    }

    /// Returns a speech translation model.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name; `Unsupported` if this build lacks what it needs.
    fn speech_translation_model(&self, model_id: &str) -> Result<Arc<dyn SpeechTranslationModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::SpeechTranslation))
    }

    /// Returns a realtime model: it makes the tokens that browsers connect with, and knows the provider's events.
    ///
    /// # Errors
    /// `NoSuchModel` if there is none of that name.
    fn realtime_model(&self, model_id: &str) -> Result<Arc<dyn RealtimeModel>> {
        Err(Error::no_such_model(self.id(), model_id, ModelKind::Realtime))
    }

    /// Returns a language model that takes batches.
    ///
    /// # Errors
    /// `Unsupported` if the provider takes none, `NoSuchModel` if there is no model of that name.
    fn batch_model(&self, model_id: &str) -> Result<Arc<dyn BatchModel>> {
        Err(Error::unsupported("batch").with_provider(self.id()).with_model(model_id))
    }

    /// Returns the provider's place for files.
    ///
    /// # Errors
    /// `Unsupported` if it has none.
    fn files(&self) -> Result<Arc<dyn Files>> {
        Err(Error::unsupported("files").with_provider(self.id()))
    }

    /// Returns the provider's place for skills.
    ///
    /// # Errors
    /// `Unsupported` if it has none.
    fn skills(&self) -> Result<Arc<dyn Skills>> {
        Err(Error::unsupported("skills").with_provider(self.id()))
    }
}

/// The provider's id, so that what holds one can derive `Debug`.
impl fmt::Debug for dyn Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.id())
    }
}

/// Passes on what a shared provider says.
macro_rules! pass_on {
    ($($method:ident -> $model:ident;)+) => {
        impl<P: Provider + ?Sized> Provider for Arc<P> {
            fn id(&self) -> &str {
                (**self).id()
            }

            fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
                (**self).wire(wire)
            }

            $(fn $method(&self, model_id: &str) -> Result<Arc<dyn $model>> {
                (**self).$method(model_id)
            })+

            fn files(&self) -> Result<Arc<dyn Files>> {
                (**self).files()
            }

            fn skills(&self) -> Result<Arc<dyn Skills>> {
                (**self).skills()
            }
        }
    };
}

pass_on! {
    language_model -> LanguageModel;
    embedding_model -> EmbeddingModel;
    image_model -> ImageModel;
    speech_model -> SpeechModel;
    transcription_model -> TranscriptionModel;
    reranking_model -> RerankingModel;
    video_model -> VideoModel;
    streaming_transcription_model -> StreamingTranscriptionModel;
    speech_translation_model -> SpeechTranslationModel;
    realtime_model -> RealtimeModel;
    batch_model -> BatchModel;
}
