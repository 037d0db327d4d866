//! The settings of a gateway.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::{Client, Secret, is_loopback};
use aqueduct_spec::{Error, ErrorKind, Result};
use http::Uri;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::connection::Connection;
use super::credential::Credential;
use super::models::Cache;
use super::{BASE_URL, Gateway, ID};
use crate::environment::Environment;
use crate::settings::Settings;

/// The settings of a [`Gateway`]. `Debug` shows no values that may be secret.
#[derive(Clone, Default)]
#[must_use]
pub struct GatewayBuilder {
    base_url: Option<String>,
    api_key: Option<Secret>,
    oidc_token: Option<Secret>,
    team: Option<String>,
    headers: Vec<(String, String)>,
    observability: Observability,
    refresh: Option<Duration>,
    client: Option<Client>,
}

/// Which deployment asks, for the gateway's observability. Sent with calls of models and batches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observability {
    /// The deployment; `VERCEL_DEPLOYMENT_ID`.
    pub deployment_id: Option<String>,
    /// Such as `production`; `VERCEL_ENV`.
    pub environment: Option<String>,
    /// Such as `iad1`; `VERCEL_REGION`.
    pub region: Option<String>,
    /// The request that this program is answering: its header `x-vercel-id`.
    pub request_id: Option<String>,
    /// The project; `VERCEL_PROJECT_ID`.
    pub project_id: Option<String>,
}

impl Observability {
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let headers = [
            ("ai-o11y-deployment-id", &self.deployment_id),
            ("ai-o11y-environment", &self.environment),
            ("ai-o11y-region", &self.region),
            ("ai-o11y-request-id", &self.request_id),
            ("ai-o11y-project-id", &self.project_id),
        ];
        headers.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

impl fmt::Debug for GatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("GatewayBuilder")
            .field("team", &self.team)
            .field("headers", &headers)
            .field("observability", &self.observability)
            .field("refresh", &self.refresh)
            .finish_non_exhaustive()
    }
}

impl GatewayBuilder {
    /// Where the gateway is, the path of the protocol included: `http://127.0.0.1:8787/v4/ai`. Default: the hosted gateway,
    /// `https://ai-gateway.vercel.sh/v4/ai`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The key. It wins over an OIDC token.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(Secret::from(key.into()));
        self
    }

    /// The OIDC token of a deployment, used if there is no key.
    pub fn oidc_token(mut self, token: impl Into<String>) -> Self {
        self.oidc_token = Some(Secret::from(token.into()));
        self
    }

    /// The team to act for, by id or slug, where a credential is good for several.
    pub fn team_id_or_slug(mut self, team: impl Into<String>) -> Self {
        self.team = Some(team.into());
        self
    }

    /// Adds a header to every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Says which deployment asks.
    pub fn observability(mut self, observability: Observability) -> Self {
        self.observability = observability;
        self
    }

    /// How long the list of models is taken to be true. Default: 5 minutes.
    pub fn metadata_cache_refresh(mut self, interval: Duration) -> Self {
        self.refresh = Some(interval);
        self
    }

    /// The client to send with. Default: one of its own.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Takes what was not set from the environment: `AI_GATEWAY_BASE_URL`, `AI_GATEWAY_API_KEY`, `VERCEL_OIDC_TOKEN` and the
    /// variables of [`Observability`].
    pub fn environment(mut self, environment: &Environment) -> Self {
        let get = |name| environment.get(name).map(str::to_owned);
        let fill = |place: &mut Option<String>, name| {
            *place = place.take().or_else(|| get(name));
        };
        fill(&mut self.base_url, "AI_GATEWAY_BASE_URL");
        self.api_key = self.api_key.or_else(|| get("AI_GATEWAY_API_KEY").map(Secret::from));
        self.oidc_token = self.oidc_token.or_else(|| get("VERCEL_OIDC_TOKEN").map(Secret::from));
        fill(&mut self.observability.deployment_id, "VERCEL_DEPLOYMENT_ID");
        fill(&mut self.observability.environment, "VERCEL_ENV");
        fill(&mut self.observability.region, "VERCEL_REGION");
        fill(&mut self.observability.project_id, "VERCEL_PROJECT_ID");
        self
    }

    /// Takes settings by the AI SDK's names: `baseURL`, `apiKey`, `teamIdOrSlug`, `headers`, `metadataCacheRefreshMillis`;
    /// and ours: `oidcToken`, `deploymentId`, `environment`, `region`, `projectId`, `requestId`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if one has the wrong type.
    pub fn settings(mut self, settings: &Settings) -> Result<Self> {
        let given: Given = settings.typed(ID)?;
        // An empty text counts as not set.
        let text = |name| settings.text(name).map(str::to_owned);
        self.base_url = text("baseURL").or(self.base_url);
        self.api_key = text("apiKey").map(Secret::from).or(self.api_key);
        self.oidc_token = text("oidcToken").map(Secret::from).or(self.oidc_token);
        self.team = text("teamIdOrSlug").or(self.team);
        self.refresh =
            given.metadata_cache_refresh_millis.map(Duration::from_millis).or(self.refresh);
        let seen = &mut self.observability;
        seen.deployment_id = text("deploymentId").or(seen.deployment_id.take());
        seen.environment = text("environment").or(seen.environment.take());
        seen.region = text("region").or(seen.region.take());
        seen.project_id = text("projectId").or(seen.project_id.take());
        seen.request_id = text("requestId").or(seen.request_id.take());
        for (name, value) in given.headers.unwrap_or_default() {
            match value {
                Value::Null => {}
                Value::String(value) => self.headers.push((name, value)),
                _ => {
                    return Err(Error::configuration(format!(
                        "invalid settings of provider '{ID}': header '{name}' is not text"
                    ))
                    .with_provider(ID));
                }
            }
        }
        Ok(self)
    }

    /// Makes the gateway. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the base URL is none, [`ErrorKind::Authentication`] if there is no credential and the
    /// gateway is not on this machine.
    pub fn build(self) -> Result<Gateway> {
        let base_url = self.base_url.unwrap_or_else(|| BASE_URL.to_owned());
        let place = Place::parse(&base_url)?;
        let credential = match (self.api_key, self.oidc_token) {
            (Some(key), _) => Credential::ApiKey(key),
            (None, Some(token)) => Credential::Oidc(token),
            (None, None) => Credential::None,
        };
        let signs_in =
            self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if matches!(credential, Credential::None) && !signs_in && !place.is_loopback {
            return Err(
                Error::new(ErrorKind::Authentication, credential.refusal()).with_provider(ID)
            );
        }
        let connection = Connection {
            client: self.client.unwrap_or_default(),
            base_url: place.base_url,
            origin: place.origin,
            credential,
            team: self.team,
            headers: self.headers,
            observability: self.observability.headers(),
        };
        let refresh = self.refresh.unwrap_or(Cache::DEFAULT_REFRESH);
        Ok(Gateway { connection: Arc::new(connection), models: Arc::new(Cache::new(refresh)) })
    }
}

/// The settings that are not text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    metadata_cache_refresh_millis: Option<u64>,
    headers: Option<Map<String, Value>>,
}

/// Where a gateway is.
struct Place {
    /// Without a slash at the end.
    base_url: String,
    /// Scheme, host and port.
    origin: String,
    is_loopback: bool,
}

impl Place {
    fn parse(base_url: &str) -> Result<Self> {
        // The text stays out of the message: it may hold a password.
        let wrong = |what| {
            Error::configuration(format!("the base URL of the gateway {what}")).with_provider(ID)
        };
        let base_url = base_url.trim().trim_end_matches('/');
        let uri: Uri = base_url.parse().map_err(|_| wrong("is not a URL"))?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let scheme = scheme.ok_or_else(|| wrong("must begin with http:// or https://"))?;
        let authority = uri.authority().ok_or_else(|| wrong("names no host"))?;
        if uri.query().is_some() {
            return Err(wrong("must not have a query"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("must not hold a user or password: use 'apiKey' or 'headers'"));
        }
        Ok(Self {
            base_url: base_url.to_owned(),
            origin: format!("{scheme}://{authority}"),
            is_loopback: is_loopback(authority.host()),
        })
    }
}
