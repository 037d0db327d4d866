//! How the gateway is reached: the headers of every request, and its errors.

use std::fmt;

use aqueduct_http::{Client, Request, Response};
use aqueduct_spec::{Error, Result};
use serde::de::DeserializeOwned;

use super::credential::Credential;
use super::{ID, error};

/// The version of the protocol that is spoken.
const PROTOCOL_VERSION: &str = "0.0.1";

/// How the gateway is reached.
pub(super) struct Connection {
    pub(super) client: Client,
    /// Without a slash at the end.
    pub(super) base_url: String,
    /// Scheme, host and port, where the endpoints of accounts are.
    pub(super) origin: String,
    pub(super) credential: Credential,
    pub(super) team: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) observability: Vec<(&'static str, String)>,
}

impl Connection {
    /// Starts a request under the base URL.
    pub(super) fn post(&self, path: &str) -> Request {
        self.sign(self.client.post(&format!("{}{path}", self.base_url)))
    }

    /// Starts a request under the base URL.
    pub(super) fn get(&self, path: &str) -> Request {
        self.sign(self.client.get(&format!("{}{path}", self.base_url)))
    }

    /// Starts a request at the root of the gateway, whatever path the base URL has.
    pub(super) fn get_at_origin(&self, path: &str) -> Request {
        self.sign(self.client.get(&format!("{}{path}", self.origin)))
    }

    /// Starts a request at the root of the gateway, whatever path the base URL has.
    pub(super) fn post_at_origin(&self, path: &str) -> Request {
        self.sign(self.client.post(&format!("{}{path}", self.origin)))
    }

    /// Adds the headers of every request; those of the settings win.
    fn sign(&self, mut request: Request) -> Request {
        request = request.header("ai-gateway-protocol-version", PROTOCOL_VERSION);
        if let Some((method, token)) = self.credential.method_and_token() {
            request = request.bearer(token).header("ai-gateway-auth-method", method);
        }
        if let Some(team) = &self.team {
            request = request.header("x-vercel-ai-gateway-team", team);
        }
        request.headers(self.headers.iter().map(|(name, value)| (name, value)))
    }

    /// Sends a request; an answer that is no success is the gateway's error.
    pub(super) async fn send(&self, request: Request) -> Result<Response> {
        let response = request.send().await.map_err(named)?;
        response
            .error_for_status(|status, _, body| Some(error::read(status, body, &self.credential)))
            .await
            .map_err(|error| named(error::identify(error)))
    }

    /// Sends a request and reads the answer.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        Ok(self.send(request).await?.json::<T>().await.map_err(named)?.value)
    }
}

/// Shows the names of headers alone: a value may be a secret.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Connection")
            .field("base_url", &self.base_url)
            .field("credential", &self.credential)
            .field("team", &self.team)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// Names the provider in an error.
pub(super) fn named(error: Error) -> Error {
    error.with_provider(ID)
}
