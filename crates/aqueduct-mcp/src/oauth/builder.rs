//! The settings of an authorization.

use std::fmt;
use std::sync::Arc;

use aqueduct::{Client, Error, Result};
use aqueduct_http::Secret;
use url::Url;

use super::bridge::Store;
use super::{Inner, MemoryStore, OAuth, OAuthStore, Settings};

/// The settings of an [`OAuth`].
#[must_use]
pub struct OAuthBuilder {
    server: String,
    redirect_url: String,
    client: Client,
    client_name: String,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    client_metadata_url: Option<String>,
    scopes: Vec<String>,
    store: Arc<dyn OAuthStore>,
}

impl fmt::Debug for OAuthBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthBuilder").finish_non_exhaustive()
    }
}

impl OAuthBuilder {
    pub(super) fn new(server: String, redirect_url: String) -> Self {
        Self {
            server,
            redirect_url,
            client: Client::new(),
            client_name: "aqueduct-mcp".to_owned(),
            client_id: None,
            client_secret: None,
            client_metadata_url: None,
            scopes: Vec::new(),
            store: Arc::new(MemoryStore::default()),
        }
    }

    /// Keeps credentials there. Default: as long as the program runs.
    pub fn store(mut self, store: impl OAuthStore) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// Uses another HTTP client for what the authorization server is asked. Default: a new one.
    pub fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// Sets the name that the user is shown when this program registers itself. Default: `aqueduct-mcp`.
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.client_name = name.into();
        self
    }

    /// Uses a client that was registered by hand; nothing is registered then.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the secret of the client that was registered by hand.
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// Names the document that describes this program, by `https`. Authorization servers that read such documents take its
    /// URL as the client's id; at others this program registers itself.
    pub fn client_metadata_url(mut self, url: impl Into<String>) -> Self {
        self.client_metadata_url = Some(url.into());
        self
    }

    /// Sets what to ask the user for. Default: what the server asks for.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Makes it.
    ///
    /// # Errors
    /// `Configuration` if a URL is none, or there is a secret without a client.
    pub fn build(self) -> Result<OAuth> {
        let url = |text: &str, what: &str| {
            Url::parse(text).map_err(|error| {
                let message = format!("the {what} of the OAuth settings is no URL: {error}");
                Error::configuration(message).with_source(error)
            })
        };
        url(&self.redirect_url, "redirect URL")?;
        if let Some(document) = &self.client_metadata_url {
            let document = url(document, "client metadata URL")?;
            if document.scheme() != "https" || document.path() == "/" {
                let message = "the client metadata URL is one of `https`, with a path";
                return Err(Error::configuration(message));
            }
        }
        if self.client_secret.is_some() && self.client_id.is_none() {
            let message = "a client secret belongs to a client: set `client_id` too";
            return Err(Error::configuration(message));
        }
        let settings = Settings {
            server: url(&self.server, "server")?,
            redirect_url: self.redirect_url,
            client: self.client,
            client_name: self.client_name,
            client_id: self.client_id,
            client_secret: self.client_secret,
            client_metadata_url: self.client_metadata_url,
            scopes: self.scopes,
        };
        let inner = Inner {
            settings,
            store: Store(self.store),
            flow: tokio::sync::Mutex::default(),
            challenge: std::sync::Mutex::default(),
        };
        Ok(OAuth { inner: Arc::new(inner) })
    }
}
