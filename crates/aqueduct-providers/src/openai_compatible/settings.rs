//! The settings of a host.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::language::Usage;
use aqueduct_spec::{Error, JsonObject, ModelKind, Result, UrlPattern};
use serde::Deserialize;

use super::chat::wire;
use super::config::{Config, Hook, Host};
use super::endpoint::Endpoint;
use super::{Dialect, MetadataExtractor, OpenAiCompatible, Plain};
use crate::{Entry, Settings};

/// The settings of a host that speaks the OpenAI protocol.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::openai_compatible::OpenAiCompatibleSettings;
/// use aqueduct_spec::Provider;
///
/// let host = OpenAiCompatibleSettings::new("my-host", "http://localhost:8000/v1")
///     .with_api_key("sk-…")
///     .with_include_usage(true)
///     .build(&Client::new())?;
/// let model = host.language_model("qwen3-0.6b")?;
/// assert_eq!(model.info().provider, "my-host.chat");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct OpenAiCompatibleSettings {
    base_url: String,
    api_key: Option<Secret>,
    headers: BTreeMap<String, Secret>,
    query_params: BTreeMap<String, String>,
    host: Host,
}

impl OpenAiCompatibleSettings {
    /// Starts with the host's name, which becomes the first half of the provider strings and the key of its options, and the
    /// base URL, mostly ending in `/v1`.
    pub fn new(name: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            api_key: None,
            headers: BTreeMap::new(),
            query_params: BTreeMap::new(),
            host: Host::new(name, Plain),
        }
    }

    /// Signs in with a key as bearer token. Default: none, as local servers need none.
    pub fn with_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Adds a header to every request; it wins over the key's.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Adds a parameter to the query of every URL, such as `api-version`.
    pub fn with_query_param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query_params.insert(name.into(), value.into());
        self
    }

    /// Sets whether streams ask for usage in their last chunk. Default: no, because some servers refuse the question.
    pub fn with_include_usage(mut self, include: bool) -> Self {
        self.host.include_usage = include;
        self
    }

    /// Sets whether the host takes JSON schemas for answers. Default: no; then a schema is left out with a warning.
    pub fn with_structured_outputs(mut self, supported: bool) -> Self {
        self.host.supports_structured_outputs = supported;
        self
    }

    /// Sets which URLs the host fetches itself, by media type. Default: none, so files are downloaded before the call.
    pub fn with_supported_urls(mut self, urls: BTreeMap<String, Vec<UrlPattern>>) -> Self {
        self.host.supported_urls = urls;
        self
    }

    /// Changes the JSON of chat requests as the last step.
    pub fn with_transform_request_body(
        mut self,
        transform: impl Fn(JsonObject) -> JsonObject + Send + Sync + 'static,
    ) -> Self {
        self.host.transform_request_body = Some(Hook(Arc::new(transform)));
        self
    }

    /// Counts tokens in another way.
    pub fn with_convert_usage(
        mut self,
        convert: impl Fn(&wire::Usage) -> Usage + Send + Sync + 'static,
    ) -> Self {
        self.host.convert_usage = Some(Hook(Arc::new(convert)));
        self
    }

    /// Reads metadata out of chat answers that the protocol has no field for.
    pub fn with_metadata_extractor(mut self, extractor: impl MetadataExtractor) -> Self {
        self.host.metadata_extractor = Some(Arc::new(extractor));
        self
    }

    /// Speaks a dialect of the protocol.
    pub fn with_dialect(mut self, dialect: impl Dialect) -> Self {
        self.host.dialect = Arc::new(dialect);
        self
    }

    /// Sets which kinds of models the host has. Default: language, embedding and image.
    pub fn with_kinds(mut self, kinds: &'static [ModelKind]) -> Self {
        self.host.kinds = kinds;
        self
    }

    /// Makes the provider.
    ///
    /// # Errors
    /// `Configuration` if the name or the base URL is empty.
    pub fn build(self, client: &Client) -> Result<OpenAiCompatible> {
        if self.host.name.trim().is_empty() {
            return Err(Error::configuration("the setting 'name' of the provider is missing"));
        }
        if self.base_url.trim().is_empty() {
            let name = self.host.name;
            let message = format!("the setting 'baseURL' of provider '{name}' is missing");
            return Err(Error::configuration(message).with_provider(name));
        }
        let endpoint = Endpoint::new(client, &self.base_url)
            .with_api_key(self.api_key)
            .with_headers(self.headers)
            .with_query(self.query_params);
        Ok(OpenAiCompatible::new(Arc::new(Config { endpoint, host: self.host })))
    }

    /// Reads settings that are JSON; what they leave out is as the entry has it.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(entry: &Entry, settings: &Settings) -> Result<Self> {
        let json: HostSettings = settings.typed(entry.id)?;
        let base_url = json.base_url.filter(|url| !url.trim().is_empty());
        let name = json.name.filter(|name| !name.trim().is_empty());
        let mut typed = Self::new(
            name.unwrap_or_else(|| entry.id.to_owned()),
            base_url.unwrap_or_else(|| entry.base_url.to_owned()),
        );
        typed.api_key = json.api_key;
        typed.headers = present(json.headers);
        typed.query_params = present(json.query_params);
        typed.host.include_usage = json.include_usage.unwrap_or(false);
        typed.host.supports_structured_outputs = json.supports_structured_outputs.unwrap_or(false);
        Ok(typed)
    }
}

/// Settings as they are in JSON, in the AI SDK's names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HostSettings {
    #[serde(rename = "baseURL")]
    pub(crate) base_url: Option<String>,
    pub(crate) api_key: Option<Secret>,
    #[serde(default)]
    pub(crate) headers: Option<BTreeMap<String, Option<Secret>>>,
    #[serde(default)]
    query_params: Option<BTreeMap<String, Option<String>>>,
    name: Option<String>,
    include_usage: Option<bool>,
    supports_structured_outputs: Option<bool>,
}

impl HostSettings {
    /// The place that the settings name, with a vendor's own as the default.
    pub(crate) fn endpoint(self, entry: &Entry, client: &Client) -> Endpoint {
        let base_url = self.base_url.filter(|url| !url.trim().is_empty());
        Endpoint::new(client, base_url.as_deref().unwrap_or(entry.base_url))
            .with_api_key(self.api_key)
            .with_headers(present(self.headers))
            .with_query(present(self.query_params))
    }
}

/// Leaves out what is `null`.
fn present<T>(map: Option<BTreeMap<String, Option<T>>>) -> BTreeMap<String, T> {
    let entries = map.into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name, value?))).collect()
}
