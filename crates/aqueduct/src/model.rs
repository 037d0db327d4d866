//! What may be given as a model: one that is at hand, or the name of one.

use std::fmt;
use std::sync::Arc;

use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::{
    EmbeddingModel, ImageModel, LanguageModel, RealtimeModel, RerankingModel, Result, SpeechModel,
    SpeechTranslationModel, StreamingTranscriptionModel, TranscriptionModel, VideoModel,
};

use crate::registry::Registry;

/// A model that is at hand, or the name of one.
pub enum ModelSource<M: ?Sized> {
    /// The model itself.
    Model(Arc<M>),
    /// Its name, as in `groq/llama-3.3-70b-versatile`; a registry finds it.
    Name(String),
}

impl<M: ?Sized> Clone for ModelSource<M> {
    fn clone(&self) -> Self {
        match self {
            Self::Model(model) => Self::Model(Arc::clone(model)),
            Self::Name(name) => Self::Name(name.clone()),
        }
    }
}

impl<M: ?Sized> fmt::Debug for ModelSource<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(_) => f.write_str("Model"),
            Self::Name(name) => f.debug_tuple("Name").field(name).finish(),
        }
    }
}

/// What may be given as a model of kind `M`: a model, an `Arc` of one, a reference to a cheap clone of one (such as
/// `&Arc<dyn LanguageModel>`), or a name.
///
/// The marker `K` tells them apart and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model of this kind",
    label = "neither a model nor the name of one",
    note = "give a name (`\"groq/llama-3.3-70b-versatile\"`), a model, an `Arc` of one, or a reference to what is cheap to clone, such as `&Arc<dyn LanguageModel>`",
    note = "a model of one's own implements `Describe`, `Model<Generate>` and `Model<Stream>`; `layer::SimulateStreaming` adds the last"
)]
pub trait IntoModel<M: ?Sized, K> {
    /// Returns the model or its name.
    fn into_model(self) -> ModelSource<M>;
}

/// Marks a model.
#[derive(Debug)]
pub struct ByValue;

/// Marks a reference to a model.
#[derive(Debug)]
pub struct ByReference;

/// Marks a name.
#[derive(Debug)]
pub struct ByName;

impl<M: ?Sized> IntoModel<M, ByName> for &str {
    fn into_model(self) -> ModelSource<M> {
        ModelSource::Name(self.to_owned())
    }
}

impl<M: ?Sized> IntoModel<M, ByName> for String {
    fn into_model(self) -> ModelSource<M> {
        ModelSource::Name(self)
    }
}

impl<M: ?Sized> IntoModel<M, ByName> for &String {
    fn into_model(self) -> ModelSource<M> {
        ModelSource::Name(self.clone())
    }
}

/// Makes one kind of model acceptable, and says where a registry keeps it.
macro_rules! accept {
    ($kind:ident by $method:ident) => {
        impl<T: $kind> IntoModel<dyn $kind, ByValue> for T {
            fn into_model(self) -> ModelSource<dyn $kind> {
                ModelSource::Model(Arc::new(self))
            }
        }

        impl<T: $kind + Clone> IntoModel<dyn $kind, ByReference> for &T {
            fn into_model(self) -> ModelSource<dyn $kind> {
                ModelSource::Model(Arc::new(self.clone()))
            }
        }

        impl ModelSource<dyn $kind> {
            /// Returns the model, found by its name in the registry where needed.
            pub(crate) fn resolve(self, registry: Option<&Registry>) -> Result<Arc<dyn $kind>> {
                match self {
                    Self::Model(model) => Ok(model),
                    Self::Name(name) => match registry {
                        Some(registry) => registry.$method(&name),
                        None => Registry::from_process().$method(&name),
                    },
                }
            }
        }
    };
}

accept!(LanguageModel by language_model);
accept!(EmbeddingModel by embedding_model);
accept!(RerankingModel by reranking_model);
accept!(ImageModel by image_model);
accept!(SpeechModel by speech_model);
accept!(TranscriptionModel by transcription_model);
accept!(VideoModel by video_model);
accept!(StreamingTranscriptionModel by streaming_transcription_model);
accept!(SpeechTranslationModel by speech_translation_model);
accept!(RealtimeModel by realtime_model);
accept!(BatchModel by batch_model);
