//! Models by name: `provider/model`, from providers that were given or that the environment has keys for.

mod custom;
mod environment;
mod model_name;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use aqueduct_http::Client;
use aqueduct_providers::{Environment, Settings};
use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::{
    Call, EmbeddingModel, Error, ErrorKind, ImageModel, LanguageModel, Model, ModelInfo, Provider,
    RerankingModel, Result, SpeechModel, TranscriptionModel, VideoModel,
};

pub use custom::CustomProvider;
use environment::FromEnvironment;
use model_name::ModelName;

/// Finds models by names such as `groq/llama-3.3-70b-versatile`.
///
/// The provider may name its wire, as the AI SDK's provider strings do: `openai.responses/gpt-5`. `provider:model` is read as
/// `provider/model`. Clones share everything.
///
/// ```
/// use aqueduct::{Environment, Registry};
///
/// let registry = Registry::from_environment(&Environment::from_process());
/// let error = registry.language_model("no-such-provider/m").err();
/// assert!(error.is_some());
/// ```
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    given: BTreeMap<String, Arc<dyn Provider>>,
    environment: Option<FromEnvironment>,
}

impl Registry {
    /// Begins a registry.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// Creates a registry of all providers of this build. Each is set up when it is first asked for, with its key from the
    /// environment.
    pub fn from_environment(environment: &Environment) -> Self {
        Self::builder().environment(environment).build()
    }

    /// The registry that models given by name alone are found in: that of this process's environment, read at the first call.
    /// It lives as long as the process, so that connections are kept from one request to the next.
    pub fn from_process() -> &'static Self {
        static REGISTRY: OnceLock<Registry> = OnceLock::new();
        REGISTRY.get_or_init(|| Self::from_environment(&Environment::from_process()))
    }

    /// Returns a provider by its name, as far as it names no wire.
    ///
    /// # Errors
    /// `NoSuchProvider`, listing the known ones; `Authentication`, naming the variable, if its key is missing.
    pub fn provider(&self, name: &str) -> Result<Arc<dyn Provider>> {
        if let Some(provider) = self.0.given.get(name) {
            return Ok(Arc::clone(provider));
        }
        let found = self.0.environment.as_ref().and_then(|environment| environment.provider(name));
        found.unwrap_or_else(|| {
            Err(Error::no_such_provider(name, self.provider_ids().iter().map(String::as_str)))
        })
    }

    /// The names of all providers that may be asked for, in the order of the alphabet.
    pub fn provider_ids(&self) -> Vec<String> {
        let known = self.0.environment.iter().flat_map(FromEnvironment::ids).map(str::to_owned);
        let mut ids: Vec<_> = self.0.given.keys().cloned().chain(known).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Returns the model that takes a call.
    ///
    /// # Errors
    /// Those of [`Registry::provider`], `NoSuchModel`, and `InvalidRequest` if the name is not of the form `provider/model`.
    pub fn model<C: Call>(&self, name: &str) -> Result<Arc<dyn Model<C>>> {
        self.find(name, C::model)
    }

    /// Finds the provider of a name and asks it for the model.
    fn find<M: HasInfo + ?Sized>(
        &self,
        name: &str,
        ask: impl Fn(&dyn Provider, &str) -> Result<Arc<M>>,
    ) -> Result<Arc<M>> {
        let parsed = ModelName::parse(name)?;
        // A provider may have been given under a name with a full stop in it.
        if let Some(provider) = self.0.given.get(parsed.provider) {
            return ask(&**provider, parsed.model_id);
        }
        let (id, wire) = parsed.provider_and_wire();
        let provider = self.provider(id)?;
        let Some(wire) = wire else {
            return ask(&*provider, parsed.model_id);
        };
        if let Some(provider) = provider.wire(wire) {
            return ask(&*provider, parsed.model_id);
        }
        // A provider with a single wire need not know it by name, but its models do.
        let model = ask(&*provider, parsed.model_id)?;
        let own = model.model_info().provider.split_once('.').map(|(_, own)| own);
        if own == Some(wire) {
            return Ok(model);
        }
        let message = format!("provider '{id}' has no wire '{wire}'");
        Err(Error::new(ErrorKind::NoSuchProvider, message).with_provider(id))
    }
}

/// Reaches the description of any kind of model.
trait HasInfo {
    fn model_info(&self) -> &ModelInfo;
}

impl<C: Call> HasInfo for dyn Model<C> {
    fn model_info(&self) -> &ModelInfo {
        self.info()
    }
}

/// Declares how models of each kind are found, as a method and as a provider of providers.
macro_rules! kinds {
    ($($(#[$meta:meta])* $method:ident -> $kind:ident;)+) => {
        $(impl HasInfo for dyn $kind {
            fn model_info(&self) -> &ModelInfo {
                self.info()
            }
        })+

        impl Registry {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// Those of [`Registry::model`].
                pub fn $method(&self, name: &str) -> Result<Arc<dyn $kind>> {
                    self.find(name, |provider, model_id| provider.$method(model_id))
                }
            )+
        }

        /// A registry is a provider whose model ids are names.
        impl Provider for Registry {
            fn id(&self) -> &str {
                "registry"
            }

            $(fn $method(&self, name: &str) -> Result<Arc<dyn $kind>> {
                Self::$method(self, name)
            })+
        }
    };
}

kinds! {
    /// Returns a language model.
    language_model -> LanguageModel;
    /// Returns an embedding model.
    embedding_model -> EmbeddingModel;
    /// Returns an image model.
    image_model -> ImageModel;
    /// Returns a speech model.
    speech_model -> SpeechModel;
    /// Returns a transcription model.
    transcription_model -> TranscriptionModel;
    /// Returns a reranking model.
    reranking_model -> RerankingModel;
    /// Returns a video model.
    video_model -> VideoModel;
    /// Returns a language model that takes batches.
    batch_model -> BatchModel;
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("providers", &self.provider_ids()).finish()
    }
}

/// Collects the providers of a [`Registry`].
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct RegistryBuilder {
    given: BTreeMap<String, Arc<dyn Provider>>,
    environment: Option<Environment>,
    settings: BTreeMap<String, Settings>,
    client: Option<Client>,
}

impl RegistryBuilder {
    /// Adds a provider under a name; it takes the place of the environment's provider of that name.
    pub fn provider(mut self, name: impl Into<String>, provider: impl Provider) -> Self {
        self.given.insert(name.into(), Arc::new(provider));
        self
    }

    /// Adds all providers of this build, with their keys from an environment.
    pub fn environment(mut self, environment: &Environment) -> Self {
        self.environment = Some(environment.clone());
        self
    }

    /// Sets up one of the environment's providers with these settings; what they leave out comes from the environment.
    pub fn settings(mut self, provider_id: impl Into<String>, settings: Settings) -> Self {
        self.settings.insert(provider_id.into(), settings);
        self
    }

    /// Sets the client that the environment's providers share. Default: one of their own.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Builds the registry. Nothing is connected or checked yet.
    pub fn build(self) -> Registry {
        let (settings, client) = (self.settings, self.client);
        let environment = match self.environment {
            // Settings without an environment still name a provider.
            None if settings.is_empty() => None,
            environment => Some(environment.unwrap_or_default()),
        };
        Registry(Arc::new(Inner {
            given: self.given,
            environment: environment
                .map(|environment| FromEnvironment::new(environment, settings, client)),
        }))
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("providers", &self.given.keys())
            .finish_non_exhaustive()
    }
}
