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
    RealtimeModel, RerankingModel, Result, SpeechModel, SpeechTranslationModel,
    StreamingTranscriptionModel, TranscriptionModel, VideoModel,
};

use crate::layer::ProviderLayers;
pub use custom::CustomProvider;
use environment::FromEnvironment;
use model_name::ModelName;

/// Finds models by names such as `groq/llama-3.3-70b-versatile`.
///
/// The provider may name its wire, as the AI SDK's provider strings do: `openai.responses/gpt-5`. `provider:model` is read as
/// `provider/model`. Clones share everything.
///
/// A registry of the environment asks the gateway for models of providers that have no key there or are none of this build, if
/// the environment has a key (`AI_GATEWAY_API_KEY`) or an address (`AI_GATEWAY_BASE_URL`) of a gateway.
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
    fallback: Option<Arc<dyn Provider>>,
    separator: Option<String>,
}

static DEFAULT: OnceLock<Registry> = OnceLock::new();

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

    /// The registry that models given by name alone are found in: the one that [`Registry::set_default`] was given, else that of
    /// this process's environment, read at the first call. It lives as long as the process, so that connections are kept from
    /// one request to the next.
    pub fn from_process() -> &'static Self {
        DEFAULT.get_or_init(|| Self::from_environment(&Environment::from_process()))
    }

    /// Sets the registry that models given by name alone are found in, for the whole process. It is for `main`; libraries take a
    /// registry from their callers.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> aqueduct::Result<()> {
    /// use aqueduct::{Registry, generate_text};
    /// use aqueduct_testkit::{MockLanguageModel, MockProvider};
    ///
    /// let mine = MockProvider::new("mine").with_language("fast", MockLanguageModel::text("yes"));
    /// Registry::builder().fallback(mine).build().set_default()?;
    /// assert_eq!(generate_text("fast").prompt("Well?").await?.text(), "yes");
    /// assert!(Registry::builder().build().set_default().is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Configuration` if there is one already, be it that a model was asked for by name before.
    pub fn set_default(self) -> Result<()> {
        DEFAULT.set(self).map_err(|_| {
            Error::configuration(
                "the default registry is in use already: set it once, before the first request",
            )
        })
    }

    /// Returns a provider by its name, as far as it names no wire.
    ///
    /// # Errors
    /// `NoSuchProvider`, listing the known ones; `Authentication`, naming the variable, if its key is missing.
    pub fn provider(&self, name: &str) -> Result<Arc<dyn Provider>> {
        if let Some(provider) = self.0.given.get(name) {
            return Ok(Arc::clone(provider));
        }
        self.environment_provider(name).unwrap_or_else(|| {
            Err(Error::no_such_provider(name, self.provider_ids().iter().map(String::as_str)))
        })
    }

    fn environment_provider(&self, name: &str) -> Option<Result<Arc<dyn Provider>>> {
        self.0.environment.as_ref()?.provider(name)
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

    /// The gateway, in the place of a provider that is lacking, if the environment says how to reach it.
    fn gateway(&self, lacking: Error) -> Result<Arc<dyn Provider>> {
        match self.environment_provider("gateway") {
            None => Err(lacking),
            Some(Err(error)) if is_lacking(&error) => Err(lacking),
            Some(gateway) => gateway,
        }
    }

    /// Whether the provider of a name is one of ours.
    fn knows(&self, name: &ModelName<'_>) -> bool {
        let (id, _) = name.provider_and_wire();
        [name.provider, id].iter().any(|id| self.0.given.contains_key(*id))
            || (self.0.environment.is_some() && aqueduct_providers::find(id).is_some())
    }

    /// Finds the provider of a name and asks it for the model.
    fn find<M: HasInfo + ?Sized>(
        &self,
        name: &str,
        ask: impl Fn(&dyn Provider, &str) -> Result<Arc<M>>,
    ) -> Result<Arc<M>> {
        let parsed = match (ModelName::parse(name, self.0.separator.as_deref()), &self.0.fallback) {
            (Ok(parsed), Some(_)) if self.knows(&parsed) => parsed,
            (_, Some(fallback)) => return ask(&**fallback, name),
            (parsed, None) => parsed?,
        };
        // A provider may have been given under a name with a full stop in it.
        if let Some(provider) = self.0.given.get(parsed.provider) {
            return ask(&**provider, parsed.model_id);
        }
        let (id, wire) = parsed.provider_and_wire();
        let provider = match self.provider(id) {
            Err(error) if is_lacking(&error) => {
                let gateway = self.gateway(error)?;
                return ask(&*gateway, &format!("{id}/{}", parsed.model_id));
            }
            provider => provider?,
        };
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

/// Whether a provider cannot be asked because it is none of ours or has no key.
fn is_lacking(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NoSuchProvider | ErrorKind::Authentication)
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
    /// Returns a transcription model that writes while the speech goes on.
    streaming_transcription_model -> StreamingTranscriptionModel;
    /// Returns a speech translation model.
    speech_translation_model -> SpeechTranslationModel;
    /// Returns a realtime model.
    realtime_model -> RealtimeModel;
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
    fallback: Option<Arc<dyn Provider>>,
    separator: Option<String>,
    layers: Option<ProviderLayers>,
}

impl RegistryBuilder {
    /// Adds a provider under a name; it takes the place of the environment's provider of that name.
    ///
    /// ```
    /// # fn main() -> aqueduct::Result<()> {
    /// # #[cfg(feature = "openai-compatible")] {
    /// use aqueduct::providers::openai_compatible::OpenAiCompatibleSettings;
    /// use aqueduct::{Client, Registry};
    ///
    /// let client = Client::default();
    /// let [office, lab] = ["10.0.0.7", "10.0.0.8"]
    ///     .map(|host| OpenAiCompatibleSettings::new("vllm", format!("http://{host}:8000/v1")).build(&client));
    /// let registry = Registry::builder().provider("office", office?).provider("lab", lab?).build();
    /// assert_eq!(registry.provider_ids(), ["lab", "office"]);
    /// # }
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # #[cfg(feature = "openai-compatible")]
    /// # fn main() -> aqueduct::Result<()> {
    /// use aqueduct::{Registry, Settings};
    ///
    /// let settings = Settings::new().base_url("http://10.0.0.7:8000/v1").api_key("from a vault");
    /// let registry = Registry::builder().settings("openai-compatible", settings).build();
    /// let model = registry.language_model("openai-compatible/qwen3")?;
    /// # let _ = model;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "openai-compatible"))]
    /// # fn main() {}
    /// ```
    pub fn settings(mut self, provider_id: impl Into<String>, settings: Settings) -> Self {
        let id: String = provider_id.into();
        let id = aqueduct_providers::find(&id).map_or(id, |entry| entry.id.to_owned());
        self.settings.insert(id, settings);
        self
    }

    /// Sets the client that the environment's providers share. Default: one of their own.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Sets the provider that is asked, by the whole name, for models whose name names no provider known here: a
    /// [`CustomProvider`] with short names, or the gateway.
    pub fn fallback(mut self, provider: impl Provider) -> Self {
        self.fallback = Some(Arc::new(provider));
        self
    }

    /// Sets what stands between the provider and the model of a name. Default: the first `/` or `:`.
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = Some(separator.into());
        self
    }

    /// Puts layers around every model that is found here, the fallback's too.
    pub fn layers(mut self, layers: ProviderLayers) -> Self {
        self.layers = Some(layers);
        self
    }

    /// Builds the registry. Nothing is connected or checked yet.
    pub fn build(self) -> Registry {
        let Self { given, environment, settings, client, fallback, separator, layers } = self;
        let environment = match environment {
            // Settings without an environment still name a provider.
            None if settings.is_empty() => None,
            environment => Some(environment.unwrap_or_default()),
        };
        let environment = environment
            .map(|environment| FromEnvironment::new(environment, settings, client, layers.clone()));
        let layered = |provider| match &layers {
            Some(layers) => layers.wrap_shared(provider),
            None => provider,
        };
        let given = given.into_iter().map(|(name, provider)| (name, layered(provider))).collect();
        let fallback = fallback.map(layered);
        Registry(Arc::new(Inner { given, environment, fallback, separator }))
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("providers", &self.given.keys())
            .finish_non_exhaustive()
    }
}
