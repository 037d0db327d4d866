//! The settings of a host.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::{Error, Result};
use serde::Deserialize;

use super::dialect::{Dialect, Plain};
use super::{ENTRY, OpenResponses};
use crate::Settings;
use crate::openai_compatible::Endpoint;

/// The settings of a host of the Responses API.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::open_responses::OpenResponsesSettings;
/// use aqueduct_spec::Provider;
///
/// let url = "http://localhost:1234/v1/responses";
/// let host = OpenResponsesSettings::new("lmstudio", url).build(&Client::new())?;
/// assert_eq!(host.language_model("qwen3")?.info().provider, "lmstudio.responses");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[must_use]
pub struct OpenResponsesSettings {
    url: Option<String>,
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    name: Option<String>,
    provider_options_name: Option<String>,
    api_key: Option<Secret>,
    headers: Option<BTreeMap<String, Option<Secret>>>,
}

/// What the models of one host share.
#[derive(Debug)]
pub(crate) struct Config {
    /// The whole URL of the endpoint.
    pub(crate) endpoint: Endpoint,
    /// The first half of the provider strings.
    pub(crate) name: String,
    pub(crate) dialect: Box<dyn Dialect>,
}

impl OpenResponsesSettings {
    /// Starts with the host's name and the whole URL of its endpoint, mostly ending in `/responses`.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: Some(name.into()), url: Some(url.into()), ..Self::default() }
    }

    /// Signs in with a key as bearer token. Default: none.
    pub fn with_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Adds a header to every request; it wins over the key's.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.get_or_insert_default().insert(name.into(), Some(value.into()));
        self
    }

    /// Makes the provider.
    ///
    /// # Errors
    /// `Configuration` if the URL is missing.
    pub fn build(self, client: &Client) -> Result<OpenResponses> {
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = some(self.name).unwrap_or_else(|| ENTRY.id.to_owned());
        let url = some(self.url).or(some(self.base_url)).ok_or_else(|| {
            Error::configuration("the setting 'url' of the provider is missing: the whole endpoint")
                .with_provider(name.as_str())
        })?;
        let headers = self.headers.into_iter().flatten();
        let headers = headers.filter_map(|(name, value)| Some((name, value?)));
        let endpoint =
            Endpoint::new(client, &url).with_api_key(self.api_key).with_headers(headers.collect());
        let key = some(self.provider_options_name).unwrap_or_else(|| name.clone());
        let dialect = Box::new(Plain { key });
        Ok(OpenResponses { config: Arc::new(Config { endpoint, name, dialect }) })
    }

    /// Reads settings that are JSON. `baseURL` stands for `url` too.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(settings: &Settings) -> Result<Self> {
        settings.typed(ENTRY.id)
    }
}
