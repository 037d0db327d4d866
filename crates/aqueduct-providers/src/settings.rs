//! The settings of a provider, wherever they come from.

use std::fmt;

use aqueduct_spec::json::from_object_at;
use aqueduct_spec::{Error, JsonObject, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entry::Entry;
use crate::environment::Environment;

/// The settings of a provider as JSON, in the AI SDK's names: `apiKey`, `baseURL`, `headers`, `name`, `region`, …
///
/// They come from a program, from the gateway's configuration, or from a credential in a request
/// (`providerOptions.gateway.byok`). Every value may be a secret, so `Debug` prints the names alone.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(JsonObject);

/// The settings that are something to sign in with.
const CREDENTIALS: &[&str] =
    &["apiKey", "apiToken", "authToken", "accessKeyId", "accessKey", "oidcToken"];

/// Further settings that most providers have.
const COMMON: &[&str] = &["baseURL", "headers", "name", "queryParams"];

impl Settings {
    /// Creates empty settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a setting.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the key: `apiKey`.
    #[must_use]
    pub fn api_key(self, key: impl Into<String>) -> Self {
        self.with("apiKey", key.into())
    }

    /// Sets where the provider is reached, up to its version: `baseURL`, such as `https://example.com/v1`.
    #[must_use]
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.with("baseURL", url.into())
    }

    /// Returns a setting; `null` counts as not set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Returns a setting that is text; an empty one counts as not set.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Whether there is a key or anything else to sign in with.
    pub fn has_credential(&self) -> bool {
        let header = || {
            let headers = self.get("headers").and_then(Value::as_object);
            headers.is_some_and(|headers| {
                headers.keys().any(|name| name.eq_ignore_ascii_case("authorization"))
            })
        };
        CREDENTIALS.iter().any(|name| self.text(name).is_some()) || header()
    }

    /// Whether a setting of that name is something to sign in with.
    pub(crate) fn is_credential(name: &str) -> bool {
        CREDENTIALS.contains(&name)
    }

    /// Reads the settings as a type of the provider's.
    ///
    /// # Errors
    /// `Configuration`, naming the setting but not its value, if one has another type.
    pub fn typed<T: DeserializeOwned>(&self, provider: &str) -> Result<T> {
        from_object_at(self.0.clone()).map_err(|(path, problem)| {
            // The words about the problem may quote the wrong value, which may be a key.
            let safe = match path {
                _ if problem.starts_with("missing field") => problem,
                Some(path) => format!("'{path}' has the wrong type"),
                None => "a setting has the wrong type".to_owned(),
            };
            Error::configuration(format!("invalid settings of provider '{provider}': {safe}"))
                .with_provider(provider)
        })
    }

    /// Refuses what would be overlooked: a common setting in another spelling, and a key or base URL that is no text.
    ///
    /// # Errors
    /// `Configuration`, naming the setting.
    pub(crate) fn check(&self, entry: &Entry) -> Result<()> {
        let wrong = |problem: String| {
            let message = format!("invalid settings of provider '{}': {problem}", entry.id);
            Err(Error::configuration(message).with_provider(entry.id))
        };
        let known = || {
            let own = entry.variables.iter().map(|(name, _)| *name);
            CREDENTIALS.iter().chain(COMMON).copied().chain(own)
        };
        for (name, value) in &self.0 {
            if known().any(|known| known == name) {
                let is_text = name == "baseURL" || Self::is_credential(name);
                if is_text && !value.is_string() && !value.is_null() {
                    return wrong(format!("'{name}' must be a string"));
                }
            } else if let Some(known) = known().find(|known| is_spelling_of(name, known)) {
                return wrong(format!("unknown setting '{name}', did you mean '{known}'?"));
            }
        }
        Ok(())
    }

    /// Fills in the key, the base URL and what else the table names from the environment where the settings leave them out.
    #[must_use]
    pub fn or_environment(mut self, entry: &Entry, environment: &Environment) -> Self {
        if !self.has_credential()
            && let Some(key) =
                entry.api_key.variables().iter().find_map(|name| environment.get(name))
        {
            self = self.with("apiKey", key);
        }
        if self.text("baseURL").is_none()
            && let Some(url) = entry.base_url_variable.and_then(|name| environment.get(name))
        {
            self = self.with("baseURL", url);
        }
        for (setting, name) in entry.variables {
            if self.get(setting).is_none_or(|value| value == "")
                && let Some(value) = environment.get(name)
            {
                self = self.with(setting, value);
            }
        }
        self
    }

    /// All settings.
    pub fn as_object(&self) -> &JsonObject {
        &self.0
    }
}

impl From<JsonObject> for Settings {
    fn from(object: JsonObject) -> Self {
        Self(object)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whether two names have the same letters: `api_key` and `apiKey`.
fn is_spelling_of(name: &str, known: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(name) == letters(known)
}
