//! What the table says of a provider.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_spec::{Error, ModelKind, Provider, Result};

use crate::environment::Environment;
use crate::settings::Settings;

/// One line of the table: everything that is known of a provider before it is used.
#[derive(Debug)]
pub struct Entry {
    /// The id: `togetherai`. Also the name of the directory and the feature (with `_` for `-`).
    pub id: &'static str,
    /// Older spellings that still work: `together`.
    pub aliases: &'static [&'static str],
    /// What to call it before a person.
    pub name: &'static str,
    /// Where it is reached unless the settings say otherwise; empty if the settings must say.
    pub base_url: &'static str,
    /// The environment variable that may hold another base URL.
    pub base_url_variable: Option<&'static str>,
    /// Where its key comes from.
    pub api_key: ApiKey,
    /// Further settings, each with the environment variable that may hold it: `("region", "AWS_REGION")`.
    pub variables: &'static [(&'static str, &'static str)],
    /// The kinds of models that it has.
    pub kinds: &'static [ModelKind],
    /// The vendor's own documentation.
    pub docs: &'static str,
    /// Builds the provider.
    pub build: fn(&Settings, &Client) -> Result<Arc<dyn Provider>>,
}

/// Where a provider's key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKey {
    /// One of these environment variables, the first that is set; a key is needed.
    Variables(&'static [&'static str]),
    /// One of these environment variables; the provider also works without.
    Optional(&'static [&'static str]),
    /// The settings alone say whether there is one: local servers.
    None,
}

impl ApiKey {
    /// The environment variables that may hold the key.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Variables(names) | Self::Optional(names) => names,
            Self::None => &[],
        }
    }
}

impl Entry {
    /// Builds the provider from settings alone.
    ///
    /// # Errors
    /// `Configuration`, naming the setting, if one is missing or wrong.
    pub fn build(&self, settings: &Settings, client: &Client) -> Result<Arc<dyn Provider>> {
        settings.check(self)?;
        (self.build)(settings, client)
    }

    /// Builds the provider from settings; what they leave out comes from the environment.
    ///
    /// # Errors
    /// `Authentication` if a key is needed and there is none, `Configuration` if a setting is wrong.
    pub fn build_with(
        &self,
        settings: &Settings,
        environment: &Environment,
        client: &Client,
    ) -> Result<Arc<dyn Provider>> {
        settings.check(self)?;
        let settings = settings.clone().or_environment(self, environment);
        if let ApiKey::Variables(names) = self.api_key
            && !settings.has_credential()
        {
            return Err(Error::new(
                aqueduct_spec::ErrorKind::Authentication,
                format!(
                    "{} API key is missing: set {} or the setting 'apiKey'",
                    self.name,
                    names.join(" or ")
                ),
            )
            .with_provider(self.id));
        }
        self.build(&settings, client)
    }

    /// Whether the environment holds what the provider needs.
    pub fn is_configured(&self, environment: &Environment) -> bool {
        let credentials = self
            .variables
            .iter()
            .filter(|(setting, _)| Settings::is_credential(setting))
            .map(|(_, name)| name);
        // Where no key is needed, the place is enough.
        let place = match self.api_key {
            ApiKey::Optional(_) => &self.base_url_variable,
            _ => &None,
        };
        let mut names = self.api_key.variables().iter().chain(credentials).chain(place);
        names.any(|name| environment.get(name).is_some())
    }
}
