//! What `rmcp` asks of us: requests by our HTTP client, credentials in the program's store, errors told in our words.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::{Client, Error, ErrorKind, Result};
use aqueduct_http::{Secret, Timeouts};
use async_trait::async_trait;
use rmcp::transport::auth::{
    AuthError, CredentialStore, OAuthHttpClient, OAuthHttpClientFuture, OAuthHttpRequest,
    StateStore, StoredAuthorizationState, StoredCredentials,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::OAuthStore;
use crate::error::Unauthorized;

const TOKENS: &str = "tokens";

/// The largest answer of an authorization server.
const MAX_BYTES: usize = 1024 * 1024;

const LIMIT: Duration = Duration::from_secs(30);

/// Sends the requests of a flow. Redirects are answers like others: what holds credentials goes nowhere else.
pub(super) struct Http(pub(super) Client);

impl OAuthHttpClient for Http {
    fn execute(&self, request: OAuthHttpRequest) -> OAuthHttpClientFuture<'_> {
        Box::pin(async move {
            let (parts, body) = request.request.into_parts();
            let timeouts = Timeouts::default().with_total(request.timeout.unwrap_or(LIMIT));
            let asked = self
                .0
                .request(parts.method, &parts.uri.to_string())
                .header_map(&parts.headers)
                .timeouts(timeouts);
            let content_type = parts.headers.get(http::header::CONTENT_TYPE);
            let content_type = content_type.and_then(|value| value.to_str().ok());
            let asked = if body.is_empty() {
                asked
            } else {
                asked.body(body, content_type.unwrap_or("application/octet-stream"))
            };
            let response = asked.send().await?;
            let mut answer = http::Response::new(Vec::new());
            *answer.status_mut() = response.status();
            *answer.headers_mut() = response.headers().clone();
            *answer.body_mut() = response.bytes_up_to(MAX_BYTES).await?.into();
            Ok(answer)
        })
    }
}

/// The program's store, as `rmcp` uses it.
#[derive(Clone)]
pub(super) struct Store(pub(super) Arc<dyn OAuthStore>);

impl Store {
    pub(super) async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.0.load(name).await? else { return Ok(None) };
        serde_json::from_str(value.expose()).map(Some).map_err(|_| {
            // The cause would show a piece of the value.
            Error::configuration(format!(
                "'{}' in the OAuth store is not what was saved",
                shown(name)
            ))
        })
    }

    pub(super) async fn write(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let value = serde_json::to_string(value)
            .map_err(|_| Error::internal("credentials cannot be written as JSON"))?;
        self.0.save(name, Some(Secret::from(value))).await
    }

    pub(super) async fn tokens(&self) -> Result<Option<StoredCredentials>> {
        self.read(TOKENS).await
    }

    pub(super) async fn knows(&self, state: &str) -> Result<bool> {
        Ok(self.0.load(&under_way(state)).await?.is_some())
    }

    pub(super) async fn forget(&self) -> Result<()> {
        self.0.save(TOKENS, None).await
    }
}

fn under_way(state: &str) -> String {
    format!("state/{state}")
}

/// Without the state itself.
fn shown(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

#[async_trait]
impl CredentialStore for Store {
    async fn load(&self) -> Result<Option<StoredCredentials>, AuthError> {
        self.tokens().await.map_err(|error| store_error(&error))
    }

    async fn save(&self, credentials: StoredCredentials) -> Result<(), AuthError> {
        self.write(TOKENS, &credentials).await.map_err(|error| store_error(&error))
    }

    async fn clear(&self) -> Result<(), AuthError> {
        self.forget().await.map_err(|error| store_error(&error))
    }
}

#[async_trait]
impl StateStore for Store {
    async fn save(&self, state: &str, kept: StoredAuthorizationState) -> Result<(), AuthError> {
        self.write(&under_way(state), &kept).await.map_err(|error| store_error(&error))
    }

    async fn load(&self, state: &str) -> Result<Option<StoredAuthorizationState>, AuthError> {
        self.read(&under_way(state)).await.map_err(|error| store_error(&error))
    }

    async fn delete(&self, state: &str) -> Result<(), AuthError> {
        self.0.save(&under_way(state), None).await.map_err(|error| store_error(&error))
    }
}

fn store_error(error: &Error) -> AuthError {
    AuthError::CredentialStoreError(error.message().to_owned())
}

/// Tells an error in our words, with the cause where it holds nothing secret.
pub(super) fn told(error: AuthError) -> Error {
    match error {
        AuthError::AuthorizationRequired
        | AuthError::TokenExpired
        | AuthError::TokenRefreshRejected(_) => required(),
        AuthError::CredentialStoreError(message) => {
            Error::configuration(format!("the OAuth store failed: {message}"))
        }
        AuthError::DiscoveryRequestFailed { url, source } => match source.downcast_ref::<Error>() {
            Some(error) => error.clone(),
            None => Error::new(ErrorKind::Network, format!("cannot read {url}")),
        },
        AuthError::TokenRefreshFailed(message) => {
            let message = format!("the access token could not be refreshed: {message}");
            Error::new(ErrorKind::Authentication, message).with_retryable(true)
        }
        other => {
            let message = format!("the authorization failed: {other}");
            Error::new(ErrorKind::Authentication, message)
        }
    }
}

pub(super) fn required() -> Error {
    let message = "the user has not authorized this program: send the user to the URL that \
                   `OAuth::authorize` gives, then call `OAuth::finish` and connect again";
    let source = Unauthorized { challenge: None };
    Error::new(ErrorKind::Authentication, message).with_source(source)
}
