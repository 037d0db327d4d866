//! A provider put together by hand.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::files::Files;
use aqueduct_spec::skills::Skills;
use aqueduct_spec::{
    EmbeddingModel, Error, ErrorKind, ImageModel, LanguageModel, Provider, RealtimeModel,
    RerankingModel, Result, SpeechModel, SpeechTranslationModel, StreamingTranscriptionModel,
    TranscriptionModel, VideoModel,
};

/// Declares the models of each kind, how they are added and how they are found.
macro_rules! custom_provider {
    ($($(#[$meta:meta])* $kind:literal $models:ident: $model:ident by $method:ident;)+) => {
        /// A provider with names of one's own for models of others, or for models wrapped in layers. What it has not got, its
        /// fallback may have.
        ///
        /// ```
        /// use aqueduct::{CustomProvider, Provider as _};
        /// use aqueduct_testkit::MockLanguageModel;
        ///
        /// let provider = CustomProvider::new("mine").language_model("fast", MockLanguageModel::text("yes"));
        /// assert!(provider.build().language_model("fast").is_ok());
        /// ```
        #[derive(Clone)]
        #[must_use = "a builder does nothing until it is built"]
        pub struct CustomProvider {
            id: String,
            $($models: BTreeMap<String, Arc<dyn $model>>,)+
            files: Option<Arc<dyn Files>>,
            skills: Option<Arc<dyn Skills>>,
            fallback: Option<Arc<dyn Provider>>,
        }

        impl CustomProvider {
            /// Begins a provider.
            pub fn new(id: impl Into<String>) -> Self {
                Self {
                    id: id.into(),
                    $($models: BTreeMap::new(),)+
                    files: None,
                    skills: None,
                    fallback: None,
                }
            }

            $(
                $(#[$meta])*
                pub fn $method(mut self, name: impl Into<String>, model: impl $model) -> Self {
                    self.$models.insert(name.into(), Arc::new(model));
                    self
                }
            )+
        }

        impl Provider for Custom {
            fn id(&self) -> &str {
                &self.0.id
            }

            $(fn $method(&self, name: &str) -> Result<Arc<dyn $model>> {
                let custom = &self.0;
                match (custom.$models.get(name), &custom.fallback) {
                    (Some(model), _) => Ok(Arc::clone(model)),
                    (None, Some(fallback)) => {
                        let known = || list(custom.$models.keys());
                        fallback.$method(name).map_err(|error| beside(error, &custom.id, known))
                    }
                    (None, None) => {
                        Err(none(&custom.id, $kind, name, &list(custom.$models.keys())))
                    }
                }
            })+

            fn files(&self) -> Result<Arc<dyn Files>> {
                match (&self.0.files, &self.0.fallback) {
                    (Some(files), _) => Ok(Arc::clone(files)),
                    (None, Some(fallback)) => fallback.files(),
                    (None, None) => Err(Error::unsupported("files").with_provider(&self.0.id)),
                }
            }

            fn skills(&self) -> Result<Arc<dyn Skills>> {
                match (&self.0.skills, &self.0.fallback) {
                    (Some(skills), _) => Ok(Arc::clone(skills)),
                    (None, Some(fallback)) => fallback.skills(),
                    (None, None) => Err(Error::unsupported("skills").with_provider(&self.0.id)),
                }
            }
        }
    };
}

custom_provider! {
    /// Adds a language model.
    "language" languages: LanguageModel by language_model;
    /// Adds an embedding model.
    "embedding" embeddings: EmbeddingModel by embedding_model;
    /// Adds an image model.
    "image" images: ImageModel by image_model;
    /// Adds a speech model.
    "speech" speeches: SpeechModel by speech_model;
    /// Adds a transcription model.
    "transcription" transcriptions: TranscriptionModel by transcription_model;
    /// Adds a reranking model.
    "reranking" rerankings: RerankingModel by reranking_model;
    /// Adds a video model.
    "video" videos: VideoModel by video_model;
    /// Adds a transcription model that writes while the speech goes on.
    "streaming transcription" streaming_transcriptions: StreamingTranscriptionModel
        by streaming_transcription_model;
    /// Adds a speech translation model.
    "speech translation" speech_translations: SpeechTranslationModel by speech_translation_model;
    /// Adds a realtime model.
    "realtime" realtimes: RealtimeModel by realtime_model;
    /// Adds a language model that takes batches.
    "batch" batches: BatchModel by batch_model;
}

impl CustomProvider {
    /// Sets the place for files.
    pub fn files(mut self, files: Arc<dyn Files>) -> Self {
        self.files = Some(files);
        self
    }

    /// Sets the place for skills.
    pub fn skills(mut self, skills: Arc<dyn Skills>) -> Self {
        self.skills = Some(skills);
        self
    }

    /// Sets the provider that is asked for what this one has not got.
    pub fn fallback(mut self, provider: impl Provider) -> Self {
        self.fallback = Some(Arc::new(provider));
        self
    }

    /// Builds the provider.
    pub fn build(self) -> impl Provider {
        Custom(self)
    }
}

/// The provider once it is built; apart from its builder, whose methods have the same names.
struct Custom(CustomProvider);

fn none(provider: &str, kind: &str, name: &str, there: &str) -> Error {
    let message = format!("provider '{provider}' has no {kind} model '{name}'; it has: {there}");
    Error::new(ErrorKind::NoSuchModel, message).with_provider(provider).with_model(name)
}

/// Says of a model that the fallback has not got either what there is here.
fn beside(error: Error, provider: &str, known: impl Fn() -> String) -> Error {
    // Of a registry, a short name that is nowhere is no name at all.
    let is_nowhere = matches!(
        error.kind(),
        ErrorKind::NoSuchModel | ErrorKind::NoSuchProvider | ErrorKind::InvalidRequest
    );
    if !is_nowhere {
        return error;
    }
    let message = format!("{}; provider '{provider}' has: {}", error.message(), known());
    error.with_message(message)
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names = names.map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.is_empty() { "none".to_owned() } else { names }
}

impl fmt::Debug for CustomProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomProvider").field("id", &self.id).finish_non_exhaustive()
    }
}
