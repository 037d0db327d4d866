//! The providers of this build, set up when they are first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct_http::Client;
use aqueduct_providers::{Environment, PROVIDERS, Settings};
use aqueduct_spec::{Provider, Result};

use crate::layer::ProviderLayers;

/// The providers of this build with their keys from an environment.
pub(super) struct FromEnvironment {
    environment: Environment,
    settings: BTreeMap<String, Settings>,
    client: Client,
    layers: Option<ProviderLayers>,
    built: Mutex<BTreeMap<&'static str, Arc<dyn Provider>>>,
}

impl FromEnvironment {
    pub(super) fn new(
        environment: Environment,
        settings: BTreeMap<String, Settings>,
        client: Option<Client>,
        layers: Option<ProviderLayers>,
    ) -> Self {
        let client = client.unwrap_or_default();
        Self { environment, settings, client, layers, built: Mutex::default() }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'static str> + use<> {
        PROVIDERS.iter().map(|entry| entry.id)
    }

    /// Returns a provider, set up now if it was not before; `None` if this build has none of that name.
    pub(super) fn provider(&self, name: &str) -> Option<Result<Arc<dyn Provider>>> {
        let entry = aqueduct_providers::find(name)?;
        if name != entry.id {
            tracing::warn!(alias = name, id = entry.id, "deprecated name of a provider");
        }
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(provider) = built.get(entry.id) {
            return Some(Ok(Arc::clone(provider)));
        }
        let none = Settings::new();
        let settings = self.settings.get(entry.id).unwrap_or(&none);
        let mut provider = entry.build_with(settings, &self.environment, &self.client);
        if let Some(layers) = &self.layers {
            provider = provider.map(|provider| layers.wrap_shared(provider));
        }
        if let Ok(provider) = &provider {
            built.insert(entry.id, Arc::clone(provider));
        }
        Some(provider)
    }
}
