//! Layers around every model of a provider.

use std::fmt;
use std::sync::Arc;

use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::files::Files;
use aqueduct_spec::skills::Skills;
use aqueduct_spec::{
    EmbeddingModel, ImageModel, LanguageModel, Provider, RealtimeModel, RerankingModel, Result,
    SpeechModel, SpeechTranslationModel, StreamingTranscriptionModel, TranscriptionModel,
    VideoModel,
};

type Wrap<M> = dyn Fn(Arc<M>) -> Arc<M> + Send + Sync;

/// Declares the layers of each kind, how they are added and how they are put around what a provider has.
macro_rules! provider_layers {
    ($($(#[$meta:meta])* $layers:ident: $model:ident by $method:ident;)+) => {
        /// Layers that are put around every model of a provider or of a [registry](crate::registry::RegistryBuilder::layers), by
        /// kind. Each further one is outside of those before.
        ///
        /// ```
        /// use aqueduct::Provider as _;
        /// use aqueduct::layer::{ExtractJson, ProviderLayers, WithLayer as _, default_instructions};
        /// use aqueduct_testkit::{MockLanguageModel, MockProvider};
        ///
        /// let layers = ProviderLayers::new()
        ///     .language_models(ExtractJson::new)
        ///     .language_models(|model| model.layer(|model| default_instructions(model, "Be brief.")));
        /// let provider = MockProvider::new("mine").with_language("fast", MockLanguageModel::text("{}"));
        /// assert!(layers.wrap(provider).language_model("fast").is_ok());
        /// ```
        #[derive(Clone, Default)]
        #[must_use = "layers do nothing until they wrap a provider"]
        pub struct ProviderLayers {
            $($layers: Option<Arc<Wrap<dyn $model>>>,)+
        }

        impl ProviderLayers {
            $(
                $(#[$meta])*
                pub fn $layers<N: $model>(
                    mut self,
                    layer: impl Fn(Arc<dyn $model>) -> N + Send + Sync + 'static,
                ) -> Self {
                    let inner = self.$layers.take();
                    self.$layers = Some(Arc::new(move |model| {
                        let model = match &inner {
                            Some(inner) => inner(model),
                            None => model,
                        };
                        Arc::new(layer(model))
                    }));
                    self
                }
            )+
        }

        impl Provider for Layered {
            fn id(&self) -> &str {
                self.inner.id()
            }

            fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
                Some(self.layers.wrap_shared(self.inner.wire(wire)?))
            }

            $(fn $method(&self, model_id: &str) -> Result<Arc<dyn $model>> {
                let model = self.inner.$method(model_id)?;
                Ok(match &self.layers.$layers {
                    Some(layer) => layer(model),
                    None => model,
                })
            })+

            fn files(&self) -> Result<Arc<dyn Files>> {
                self.inner.files()
            }

            fn skills(&self) -> Result<Arc<dyn Skills>> {
                self.inner.skills()
            }
        }
    };
}

provider_layers! {
    /// Puts a layer around language models.
    language_models: LanguageModel by language_model;
    /// Puts a layer around embedding models.
    embedding_models: EmbeddingModel by embedding_model;
    /// Puts a layer around image models.
    image_models: ImageModel by image_model;
    /// Puts a layer around speech models.
    speech_models: SpeechModel by speech_model;
    /// Puts a layer around transcription models.
    transcription_models: TranscriptionModel by transcription_model;
    /// Puts a layer around reranking models.
    reranking_models: RerankingModel by reranking_model;
    /// Puts a layer around video models.
    video_models: VideoModel by video_model;
    /// Puts a layer around transcription models that write while the speech goes on.
    streaming_transcription_models: StreamingTranscriptionModel by streaming_transcription_model;
    /// Puts a layer around speech translation models.
    speech_translation_models: SpeechTranslationModel by speech_translation_model;
    /// Puts a layer around realtime models.
    realtime_models: RealtimeModel by realtime_model;
    /// Puts a layer around language models that take batches.
    batch_models: BatchModel by batch_model;
}

impl ProviderLayers {
    /// Begins without layers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts the layers around a provider's models. Its id, files and skills stay as they are.
    pub fn wrap<P: Provider>(&self, provider: P) -> impl Provider + use<P> {
        Layered { inner: Arc::new(provider), layers: self.clone() }
    }

    pub(crate) fn wrap_shared(&self, inner: Arc<dyn Provider>) -> Arc<dyn Provider> {
        Arc::new(Layered { inner, layers: self.clone() })
    }
}

impl fmt::Debug for ProviderLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderLayers").finish_non_exhaustive()
    }
}

struct Layered {
    inner: Arc<dyn Provider>,
    layers: ProviderLayers,
}
