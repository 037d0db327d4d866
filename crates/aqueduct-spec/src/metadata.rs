//! Options for a provider and metadata from it: JSON objects under the provider's name.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::json::JsonObject;

/// Options that only some providers know, under each provider's name: `{"groq": {"reasoningFormat": "parsed"}}`.
///
/// The metadata of an answer ([`ProviderMetadata`]) has the same shape, because it becomes the options of the next request's
/// messages: that is how signatures and ids survive a turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderOptions(BTreeMap<String, JsonObject>);

/// Metadata of an answer, under each provider's name.
pub type ProviderMetadata = ProviderOptions;

impl ProviderOptions {
    /// Creates an empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a map with one provider.
    pub fn of(provider: impl Into<String>, object: JsonObject) -> Self {
        Self(BTreeMap::from([(provider.into(), object)]))
    }

    /// Returns the object of a provider.
    pub fn get(&self, provider: &str) -> Option<&JsonObject> {
        self.0.get(provider)
    }

    /// Returns the object of a provider, to be changed; it is created if absent.
    pub fn entry(&mut self, provider: &str) -> &mut JsonObject {
        self.0.entry(provider.to_owned()).or_default()
    }

    /// Sets the object of a provider.
    pub fn insert(&mut self, provider: impl Into<String>, object: JsonObject) {
        self.0.insert(provider.into(), object);
    }

    /// Removes and returns the object of a provider.
    pub fn remove(&mut self, provider: &str) -> Option<JsonObject> {
        self.0.remove(provider)
    }

    /// Adds everything of `other`; objects of the same provider are merged, `other` wins.
    pub fn merge(&mut self, other: Self) {
        for (provider, object) in other.0 {
            self.0.entry(provider).or_default().extend(object);
        }
    }

    /// Returns the providers and their objects.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &JsonObject)> {
        self.0.iter().map(|(provider, object)| (provider.as_str(), object))
    }

    /// Whether no provider is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the object of a provider as typed options; `None` if absent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), naming the field, if it has another shape.
    /// [`Error::param`] is its path: `providerOptions.groq.user`.
    pub fn typed<T: DeserializeOwned>(&self, provider: &str) -> Result<Option<T>> {
        let Some(object) = self.0.get(provider) else { return Ok(None) };
        crate::json::from_object_at(object.clone()).map(Some).map_err(|(path, error)| {
            let path = path.map_or_else(String::new, |path| format!(".{path}"));
            let text = match path.strip_prefix('.') {
                Some(field) => format!("invalid {provider} provider options: {field}: {error}"),
                None => format!("invalid {provider} provider options: {error}"),
            };
            Error::invalid_request(text).with_param(format!("providerOptions.{provider}{path}"))
        })
    }
}

impl FromIterator<(String, JsonObject)> for ProviderOptions {
    fn from_iter<I: IntoIterator<Item = (String, JsonObject)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}
