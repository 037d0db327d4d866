//! The settings of Azure OpenAI.

use std::collections::BTreeMap;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::{Error, Result};
use serde::Deserialize;

use super::{Azure, ENTRY};
use crate::Settings;
use crate::openai::{Addressing, Config};
use crate::openai_compatible::Endpoint;

/// The domain of Azure's own endpoints, which want a version.
const DOMAIN: &str = ".openai.azure.com";

/// The settings of Azure OpenAI.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::azure::AzureSettings;
/// use aqueduct_spec::Provider;
///
/// let azure = AzureSettings::new("my-resource", "key").build(&Client::new())?;
/// let model = azure.language_model("my-deployment")?;
/// assert_eq!(model.info().provider, "azure.responses");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[must_use]
pub struct AzureSettings {
    resource_name: Option<String>,
    api_key: Option<Secret>,
    auth_token: Option<Secret>,
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    api_version: Option<String>,
    use_deployment_based_urls: Option<bool>,
    headers: Option<BTreeMap<String, Option<Secret>>>,
    file_id_prefixes: Option<Vec<String>>,
}

impl AzureSettings {
    /// Names the resource and signs in with its key.
    pub fn new(resource_name: impl Into<String>, api_key: impl Into<Secret>) -> Self {
        let resource_name = Some(resource_name.into());
        Self { resource_name, api_key: Some(api_key.into()), ..Self::default() }
    }

    /// Signs in with a token of Entra's in place of the key.
    pub fn with_auth_token(mut self, token: impl Into<Secret>) -> Self {
        self.api_key = None;
        self.auth_token = Some(token.into());
        self
    }

    /// Sets what precedes `/v1`, or the whole of what precedes the API's paths if it is not at Azure's own domain.
    /// Default: `https://<resource>.openai.azure.com/openai`.
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the version of the API. Default: `v1`.
    pub fn with_api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// Names the deployment in the URL, as some models want it. Default: no.
    pub fn with_deployment_based_urls(mut self, deployment_based: bool) -> Self {
        self.use_deployment_based_urls = Some(deployment_based);
        self
    }

    /// Adds a header to every request; it wins over the others.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.get_or_insert_default().insert(name.into(), Some(value.into()));
        self
    }

    /// Makes the provider.
    ///
    /// # Errors
    /// `Configuration` if neither a resource nor a base URL is named.
    pub fn build(self, client: &Client) -> Result<Azure> {
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let by_deployment = self.use_deployment_based_urls == Some(true);
        let given = some(self.base_url);
        let is_own = given.as_deref().is_none_or(is_own_endpoint);
        let mut base_url = match (given, some(self.resource_name)) {
            (Some(url), _) => url.trim().trim_end_matches('/').to_owned(),
            (None, Some(resource)) => format!("https://{}{DOMAIN}/openai", resource.trim()),
            (None, None) => {
                return Err(Error::configuration(
                    "the setting 'resourceName' of the provider is missing: set it, AZURE_RESOURCE_NAME or 'baseURL'",
                )
                .with_provider(ENTRY.id));
            }
        };
        let mut query = BTreeMap::new();
        if is_own || by_deployment {
            let version = some(self.api_version).unwrap_or_else(|| "v1".to_owned());
            query.insert("api-version".to_owned(), version);
        }
        if is_own && !by_deployment {
            base_url.push_str("/v1");
        }
        let mut headers = BTreeMap::new();
        if let Some(key) = self.api_key.filter(|key| !key.expose().trim().is_empty()) {
            headers.insert("api-key".to_owned(), key);
        }
        for (name, value) in self.headers.into_iter().flatten() {
            if let Some(value) = value {
                headers.insert(name.to_ascii_lowercase(), value);
            }
        }
        let endpoint = Endpoint::new(client, &base_url)
            .with_api_key(self.auth_token)
            .with_headers(headers)
            .with_query(query);
        let prefixes = self.file_id_prefixes.unwrap_or_else(|| vec!["assistant-".to_owned()]);
        let mut config = Config::new(endpoint, ENTRY.id);
        config.file_id_prefixes = prefixes;
        config.embedding_wire = "embeddings";
        if by_deployment {
            config.addressing = Addressing::Deployment;
        }
        Ok(Azure::new(config))
    }

    /// Reads settings that are JSON.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(settings: &Settings) -> Result<Self> {
        settings.typed(ENTRY.id)
    }
}

/// Whether a URL is at Azure's own domain, also if it is reached through another host (`…/https/<host>/…`).
fn is_own_endpoint(url: &str) -> bool {
    let rest = match url.rsplit_once("/https/") {
        Some((_, rest)) => rest,
        None => url.split_once("://").map_or(url, |(_, rest)| rest),
    };
    let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
    host.to_ascii_lowercase().ends_with(DOMAIN)
}
