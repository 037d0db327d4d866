//! The provider and its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::files::Files;
use aqueduct_spec::skills::Skills;
use aqueduct_spec::{Error, LanguageModel, ModelKind, Provider, Result};
use serde::Deserialize;

use super::config::Config;
use super::endpoint::{Credential, Endpoint};
use super::files::AnthropicFiles;
use super::messages::{Dialect, MessagesModel, Plain};
use super::skills::AnthropicSkills;
use crate::{ApiKey, Entry, Settings};

/// Anthropic.
pub static ENTRY: Entry = Entry {
    id: "anthropic",
    aliases: &[],
    name: "Anthropic",
    base_url: "https://api.anthropic.com/v1",
    base_url_variable: Some("ANTHROPIC_BASE_URL"),
    api_key: ApiKey::Variables(&["ANTHROPIC_API_KEY"]),
    variables: &[("authToken", "ANTHROPIC_AUTH_TOKEN")],
    kinds: &[ModelKind::Language],
    docs: "https://platform.claude.com/docs",
    build: |settings, client| {
        Ok(Arc::new(AnthropicSettings::from_json(&ENTRY, settings)?.build(client)?))
    },
};

/// The settings of a host that speaks the messages API.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::anthropic::AnthropicSettings;
/// use aqueduct_spec::Provider;
///
/// let anthropic = AnthropicSettings::new().with_api_key("sk-ant-…").build(&Client::new())?;
/// let model = anthropic.language_model("claude-sonnet-5")?;
/// assert_eq!(model.info().provider, "anthropic.messages");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct AnthropicSettings {
    provider: String,
    base_url: String,
    api_key: Option<Secret>,
    auth_token: Option<Secret>,
    headers: BTreeMap<String, Secret>,
    dialect: Arc<dyn Dialect>,
}

impl Default for AnthropicSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl AnthropicSettings {
    /// Starts with the vendor's own API and without a credential.
    pub fn new() -> Self {
        Self {
            provider: "anthropic.messages".to_owned(),
            base_url: ENTRY.base_url.to_owned(),
            api_key: None,
            auth_token: None,
            headers: BTreeMap::new(),
            dialect: Arc::new(Plain),
        }
    }

    /// Signs in with a key.
    pub fn with_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Signs in with a token in place of a key.
    pub fn with_auth_token(mut self, token: impl Into<Secret>) -> Self {
        self.auth_token = Some(token.into());
        self
    }

    /// Reaches the API at another place. Default: `https://api.anthropic.com/v1`.
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Adds a header to every request; it wins over the credential's.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Names the provider: the first half of the provider strings, and a key of its options beside `anthropic`.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.provider = if name.contains('.') { name } else { format!("{name}.messages") };
        self
    }

    /// Speaks a dialect of the API.
    pub fn with_dialect(mut self, dialect: impl Dialect) -> Self {
        self.dialect = Arc::new(dialect);
        self
    }

    /// Makes the provider.
    ///
    /// # Errors
    /// `Configuration` if there is both a key and a token.
    pub fn build(self, client: &Client) -> Result<Anthropic> {
        let given = |secret: Option<Secret>| secret.filter(|it| !it.expose().trim().is_empty());
        let credential = match (given(self.api_key), given(self.auth_token)) {
            (Some(_), Some(_)) => {
                return Err(Error::configuration(
                    "both apiKey and authToken were provided: use only one authentication method",
                ));
            }
            (Some(key), None) => Some(Credential::ApiKey(key)),
            (None, Some(token)) => Some(Credential::Token(token)),
            (None, None) => None,
        };
        let base_url = self.base_url.trim().trim_end_matches('/');
        // The host alone is a common slip.
        let base_url = if base_url.ends_with("/api.anthropic.com") {
            format!("{base_url}/v1")
        } else {
            base_url.to_owned()
        };
        let endpoint = Endpoint::new(client, &base_url, credential).with_headers(self.headers);
        let config = Config { endpoint, provider: self.provider, dialect: self.dialect };
        Ok(Anthropic { config: Arc::new(config) })
    }

    /// Reads settings that are JSON; what they leave out is as the entry has it.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(entry: &Entry, settings: &Settings) -> Result<Self> {
        let json: JsonSettings = settings.typed(entry.id)?;
        let present = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mut typed = Self::new()
            .with_name(present(json.name).unwrap_or_else(|| entry.id.to_owned()))
            .with_base_url(present(json.base_url).unwrap_or_else(|| entry.base_url.to_owned()));
        typed.api_key = json.api_key;
        typed.auth_token = json.auth_token;
        let headers = json.headers.into_iter().flatten();
        typed.headers = headers.filter_map(|(name, value)| Some((name, value?))).collect();
        Ok(typed)
    }
}

/// Settings as they are in JSON, in the AI SDK's names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSettings {
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    api_key: Option<Secret>,
    auth_token: Option<Secret>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Option<Secret>>>,
    name: Option<String>,
}

/// A host that speaks the messages API. Wire: `messages`.
#[derive(Debug, Clone)]
pub struct Anthropic {
    config: Arc<Config>,
}

impl Provider for Anthropic {
    fn id(&self) -> &str {
        self.config.options_name()
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        (wire == "messages").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(MessagesModel::new(&self.config, model_id)))
    }

    fn batch_model(&self, model_id: &str) -> Result<Arc<dyn BatchModel>> {
        Ok(Arc::new(MessagesModel::new(&self.config, model_id)))
    }

    fn files(&self) -> Result<Arc<dyn Files>> {
        Ok(Arc::new(AnthropicFiles(Arc::clone(&self.config))))
    }

    fn skills(&self) -> Result<Arc<dyn Skills>> {
        Ok(Arc::new(AnthropicSkills::new(&self.config)))
    }
}
