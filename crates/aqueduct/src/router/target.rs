//! What a router is configured with: a provider with its settings and keys.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use aqueduct_providers::Settings;
use aqueduct_spec::Provider;

/// A credential of a target: a key, or any settings that differ from the target's.
#[derive(Debug, Clone)]
pub struct Key {
    pub(crate) settings: Settings,
    pub(crate) weight: f64,
}

impl Key {
    /// A key.
    pub fn new(api_key: impl Into<String>) -> Self {
        Self::of(Settings::new().with("apiKey", api_key.into()))
    }

    /// Settings that are added to those of the target and win over them.
    pub fn of(settings: Settings) -> Self {
        Self { settings, weight: 1.0 }
    }

    /// Sets its share of the calls. Default: 1.
    #[must_use]
    pub fn with_weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }
}

impl<T: Into<String>> From<T> for Key {
    fn from(api_key: T) -> Self {
        Self::new(api_key)
    }
}

/// One place that answers: a provider with settings and keys. Several targets may share one id; calls are spread over them by
/// weight, and one takes over for another.
#[derive(Clone)]
pub struct Target {
    pub(crate) id: String,
    pub(crate) source: Source,
    pub(crate) settings: Settings,
    pub(crate) keys: Vec<Key>,
    pub(crate) weight: f64,
    pub(crate) tags: Tags,
}

#[derive(Clone)]
pub(crate) enum Source {
    /// A line of the table of providers.
    Entry(String),
    /// A provider that somebody built.
    Built(Vec<(Arc<dyn Provider>, f64)>),
}

/// What the operator knows of a target.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags {
    pub(crate) zero_data_retention: bool,
    pub(crate) no_prompt_training: bool,
    pub(crate) capabilities: BTreeSet<String>,
}

impl Target {
    /// A provider of the table, by its id. Its key and what else is left out come from the builder's environment.
    pub fn new(provider: impl Into<String>) -> Self {
        let provider = provider.into();
        Self::with_source(provider.clone(), Source::Entry(provider))
    }

    /// A provider that is already built.
    pub fn built(id: impl Into<String>, provider: Arc<dyn Provider>) -> Self {
        Self::built_with_weights(id, [(provider, 1.0)])
    }

    /// A provider that is already built, once for each key; with their shares of the calls.
    pub fn built_with_weights(
        id: impl Into<String>,
        providers: impl IntoIterator<Item = (Arc<dyn Provider>, f64)>,
    ) -> Self {
        Self::with_source(id.into(), Source::Built(providers.into_iter().collect()))
    }

    fn with_source(id: String, source: Source) -> Self {
        Self {
            id,
            source,
            settings: Settings::new(),
            keys: Vec::new(),
            weight: 1.0,
            tags: Tags::default(),
        }
    }

    /// Gives it another id, by which models and options name it: `Target::new("openai-compatible").named("vllm")`.
    #[must_use]
    pub fn named(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Sets the settings that all its keys share.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Adds a key. With several, calls are spread over them by weight.
    #[must_use]
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Adds keys.
    #[must_use]
    pub fn keys(mut self, keys: impl IntoIterator<Item = impl Into<Key>>) -> Self {
        self.keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Sets its share of the calls among the targets with the same id. Default: 1.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// Says that the provider keeps nothing, by contract.
    #[must_use]
    pub fn zero_data_retention(mut self) -> Self {
        self.tags.zero_data_retention = true;
        self
    }

    /// Says that the provider does not train on prompts, by contract.
    #[must_use]
    pub fn no_prompt_training(mut self) -> Self {
        self.tags.no_prompt_training = true;
        self
    }

    /// Adds something that its models can do: `vision`, `implicit-caching`. Requests may ask for it with `has`.
    #[must_use]
    pub fn capability(mut self, capability: impl Into<String>) -> Self {
        self.tags.capabilities.insert(capability.into());
        self
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .field("keys", &self.keys.len())
            .field("weight", &self.weight)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}
