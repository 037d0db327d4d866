//! The settings of OpenAI.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::Result;
use serde::Deserialize;

use super::{ENTRY, OpenAi};
use crate::Settings;
use crate::openai_compatible::Endpoint;

/// The settings of OpenAI, and of hosts that are built like it.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::openai::OpenAiSettings;
/// use aqueduct_spec::Provider;
///
/// let openai = OpenAiSettings::new("sk-…").with_organization("org-…").build(&Client::new());
/// let model = openai.language_model("gpt-5")?;
/// assert_eq!(model.info().provider, "openai.responses");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[must_use]
pub struct OpenAiSettings {
    api_key: Option<Secret>,
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    organization: Option<String>,
    project: Option<String>,
    headers: Option<BTreeMap<String, Option<Secret>>>,
    name: Option<String>,
}

/// What the models of one host share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    /// The first half of the provider strings.
    pub(crate) name: String,
    pub(crate) addressing: Addressing,
    /// How the ids of uploaded files begin, where they are given in place of bytes.
    pub(crate) file_id_prefixes: Vec<String>,
    /// The second half of the provider string of embedding models.
    pub(crate) embedding_wire: &'static str,
}

/// Where in a URL the model is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// Nowhere: the body names it.
    Body,
    /// As `/deployments/<model>` before the path.
    #[cfg_attr(not(feature = "azure"), expect(dead_code, reason = "only Azure has deployments"))]
    Deployment,
}

impl Config {
    pub(crate) fn new(endpoint: Endpoint, name: impl Into<String>) -> Self {
        Self {
            endpoint,
            name: name.into(),
            addressing: Addressing::Body,
            file_id_prefixes: vec!["file-".to_owned()],
            embedding_wire: "embedding",
        }
    }
}

impl OpenAiSettings {
    /// Signs in with a key.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self { api_key: Some(api_key.into()), ..Self::default() }
    }

    /// Sets where OpenAI is. Default: `https://api.openai.com/v1`.
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Names the organization that pays.
    pub fn with_organization(mut self, organization: impl Into<String>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// Names the project that pays.
    pub fn with_project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Adds a header to every request; it wins over the others.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.get_or_insert_default().insert(name.into(), Some(value.into()));
        self
    }

    /// Sets the first half of the provider strings, for other hosts of the same API. Default: `openai`.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the provider.
    pub fn build(self, client: &Client) -> OpenAi {
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mut headers = BTreeMap::new();
        let account =
            [("openai-organization", self.organization), ("openai-project", self.project)];
        for (name, value) in account {
            if let Some(value) = some(value) {
                headers.insert(name.to_owned(), Secret::from(value));
            }
        }
        for (name, value) in self.headers.into_iter().flatten() {
            if let Some(value) = value {
                headers.insert(name.to_ascii_lowercase(), value);
            }
        }
        let base_url = some(self.base_url);
        let endpoint = Endpoint::new(client, base_url.as_deref().unwrap_or(ENTRY.base_url))
            .with_api_key(self.api_key)
            .with_headers(headers);
        let name = some(self.name).unwrap_or_else(|| ENTRY.id.to_owned());
        OpenAi::new(Arc::new(Config::new(endpoint, name)))
    }

    /// Reads settings that are JSON.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(settings: &Settings) -> Result<Self> {
        settings.typed(ENTRY.id)
    }
}
