//! Credentials that come with a request.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Entry, Settings};
use aqueduct_spec::{Error, ErrorKind, JsonObject, Provider, Result};
use serde::Deserialize;
use serde_json::Value;

use super::options::invalid;
use super::url_pattern::AllowedUrl;

/// Which credentials a request may bring (`providerOptions.gateway.byok`). Default: any, for the providers' own hosts.
#[derive(Debug, Clone, Default)]
pub struct ByokRules {
    refuse_all: bool,
    urls: Vec<AllowedUrl>,
}

impl ByokRules {
    /// Requests may bring credentials for the providers' own hosts, or for those that the operator set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests may bring none.
    pub fn refuse_all() -> Self {
        Self { refuse_all: true, urls: Vec::new() }
    }

    /// Requests may also name base URLs of this pattern: `https://*.example.com`, `http://127.0.0.1:*`. A base URL is the one way
    /// in which a request can name a host, so allow none that callers must not reach.
    ///
    /// # Errors
    /// `Configuration` if it is no such pattern.
    pub fn allow_base_url(mut self, pattern: &str) -> Result<Self> {
        self.urls.push(AllowedUrl::parse(pattern)?);
        Ok(self)
    }

    /// Allows several patterns; see [`ByokRules::allow_base_url`].
    ///
    /// # Errors
    /// `Configuration` if one is no such pattern.
    pub fn allow_base_urls<P: AsRef<str>>(
        self,
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self> {
        patterns.into_iter().try_fold(self, |rules, pattern| rules.allow_base_url(pattern.as_ref()))
    }

    fn allows(&self, url: &str) -> bool {
        self.urls.iter().any(|allowed| allowed.matches(url))
    }
}

/// A credential of a request, built.
pub(crate) struct Byok {
    pub(crate) provider: Arc<dyn Provider>,
    mappings: Vec<ModelMapping>,
}

/// The name that a model has for the holder of a credential.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelMapping {
    gateway_model_slug: String,
    custom_model_id: String,
}

impl Byok {
    /// Builds the provider. What the operator set about its place (`baseURL`, `name`) holds unless the credential says
    /// otherwise; none of the operator's secrets do.
    ///
    /// # Errors
    /// `Forbidden` if the rules are against it, `InvalidRequest` if it is not a credential of the provider.
    pub(crate) fn build(
        entry: &Entry,
        place: &str,
        mut credential: JsonObject,
        operator: Option<&Settings>,
        rules: &ByokRules,
        client: &Client,
    ) -> Result<Self> {
        if rules.refuse_all {
            return Err(forbidden("byok", "credentials in requests are not allowed here"));
        }
        let mappings = match credential.shift_remove("modelMappings") {
            None | Some(Value::Null) => Vec::new(),
            Some(mappings) => Vec::deserialize(mappings)
                .map_err(|error| invalid(&format!("{place}.modelMappings"), error))?,
        };
        for (name, value) in &credential {
            check(&format!("{place}.{name}"), name, value, rules)?;
        }
        for name in ["baseURL", "name"] {
            if let Some(value) = operator.and_then(|operator| operator.get(name))
                && credential.get(name).is_none_or(Value::is_null)
            {
                credential.insert(name.to_owned(), value.clone());
            }
        }
        let provider = entry.build(&Settings::from(credential), client).map_err(|error| {
            // The settings are the caller's, not the operator's.
            let error = error.with_param(format!("providerOptions.gateway.{place}"));
            if error.kind() == ErrorKind::Configuration {
                error.with_kind(ErrorKind::InvalidRequest)
            } else {
                error
            }
        })?;
        Ok(Self { provider, mappings })
    }

    /// The name of a model for the holder of the credential, if it is another.
    pub(crate) fn mapped<'a>(&'a self, names: &[&str]) -> Option<&'a str> {
        self.mappings
            .iter()
            .find(|mapping| names.contains(&mapping.gateway_model_slug.as_str()))
            .map(|mapping| mapping.custom_model_id.as_str())
    }
}

fn forbidden(field: &str, why: &str) -> Error {
    invalid(field, why).with_kind(ErrorKind::Forbidden)
}

/// Settings that become part of a host name.
const PARTS_OF_HOSTS: &[&str] = &["resourceName", "region", "location", "accountId", "instance"];

/// Where Google's service accounts sign in; their key files name it.
const GOOGLE_TOKEN_URLS: &[&str] =
    &["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/auth"];

/// Refuses to let a credential name a host: as a URL, at any depth, or as a part of one.
fn check(place: &str, name: &str, value: &Value, rules: &ByokRules) -> Result<()> {
    // Headers name pages (`referer`) but no place that is called.
    if name == "headers" {
        return Ok(());
    }
    match value {
        Value::String(text) => {
            let is_url = name.to_ascii_lowercase().ends_with("url") || text.contains("://");
            if is_url && !GOOGLE_TOKEN_URLS.contains(&text.as_str()) && !rules.allows(text) {
                return Err(forbidden(
                    place,
                    "names a URL that is not allowed here: the operator allows base URLs by pattern",
                ));
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if PARTS_OF_HOSTS.contains(&name) && !text.chars().all(plain) {
                return Err(invalid(place, "must consist of letters, digits, '-', '_' and '.'"));
            }
            Ok(())
        }
        Value::Object(object) => object
            .iter()
            .try_for_each(|(name, value)| check(&format!("{place}.{name}"), name, value, rules)),
        Value::Array(array) => array.iter().try_for_each(|value| check(place, name, value, rules)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(credential: &Value, rules: &ByokRules) -> Option<ErrorKind> {
        let object = credential.as_object().unwrap();
        let check = |(name, value): (&String, &Value)| {
            check(&format!("byok.p[0].{name}"), name, value, rules)
        };
        object.iter().try_for_each(check).err().map(|error| error.kind())
    }

    #[test]
    fn a_credential_names_no_host_unless_it_may() {
        let rules = ByokRules::new().allow_base_url("http://127.0.0.1:*").unwrap();
        let forbidden = Some(ErrorKind::Forbidden);
        let cases = [
            (json!({ "apiKey": "k", "baseURL": "http://127.0.0.1:1/v1" }), None),
            (json!({ "apiKey": "k", "baseURL": "http://169.254.169.254" }), forbidden),
            (json!({ "baseURL": "//evil.example" }), forbidden),
            (json!({ "baseurl": "evil.example" }), forbidden),
            (json!({ "endpoint": "https://evil.example" }), forbidden),
            (json!({ "googleCredentials": { "tokenUri": "https://evil.example" } }), forbidden),
            (
                json!({ "googleCredentials": { "tokenUri": "https://oauth2.googleapis.com/token" } }),
                None,
            ),
            (json!({ "headers": { "HTTP-Referer": "https://my.example" } }), None),
            (json!({ "resourceName": "evil.example/#" }), Some(ErrorKind::InvalidRequest)),
            (json!({ "region": "us-east-1" }), None),
        ];
        for (credential, kind) in cases {
            assert_eq!(refused(&credential, &rules), kind, "{credential}");
        }
    }
}
