//! OAuth 2.1: the user allows this program to use a server in the user's name.
//!
//! ```text
//! 401 ─▶ authorize ── discovery (RFC 9728, 8414) ── registration (RFC 7591) ── URL for the user, with PKCE
//!        finish    ── state, issuer ── code for tokens ─▶ store
//!        requests  ── access token, refreshed in time and once after a 401
//! ```
//!
//! The flow is `rmcp`'s. What it writes into `tracing` while it holds codes and tokens is thrown away.

mod bridge;
mod builder;
mod server;
mod store;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct::{Client, Error, ErrorKind, Result};
use aqueduct_http::Secret;
use rmcp::transport::auth::{AuthError, AuthorizationCallback};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;
use url::Url;

use bridge::{Store, told};
pub use builder::OAuthBuilder;
use server::Flow;
pub use store::{MemoryStore, OAuthStore};

/// The user's authorization at one server. Clones share it.
///
/// ```no_run
/// use aqueduct::ErrorKind;
/// use aqueduct_mcp::{McpClient, OAuth, StreamableHttp};
///
/// # fn ask(_: &str) -> String { String::new() }
/// # async fn example() -> aqueduct::Result<()> {
/// let url = "https://mcp.example.com/mcp";
/// let oauth = OAuth::builder(url, "http://localhost:8090/callback").client_name("My program").build()?;
/// let connect = || McpClient::connect(StreamableHttp::new(url).oauth(&oauth));
/// let client = match connect().await {
///     Err(error) if error.kind() == ErrorKind::Authentication => {
///         // Open this in a browser; the browser comes back to the redirect URL with `code` and `state`.
///         let came_back = ask(&oauth.authorize().await?);
///         oauth.finish(&came_back).await?;
///         connect().await?
///     }
///     connected => connected?,
/// };
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OAuth {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    store: Store,
    flow: tokio::sync::Mutex<Option<Flow>>,
    /// What the server said at its last refusal.
    challenge: Mutex<Option<String>>,
}

struct Settings {
    server: Url,
    redirect_url: String,
    client: Client,
    client_name: String,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    client_metadata_url: Option<String>,
    scopes: Vec<String>,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth").finish_non_exhaustive()
    }
}

// === the user's way ===

impl OAuth {
    /// Begins the settings: the server's URL as the transport has it, and where the browser comes back to.
    pub fn builder(server: impl Into<String>, redirect_url: impl Into<String>) -> OAuthBuilder {
        OAuthBuilder::new(server.into(), redirect_url.into())
    }

    /// Begins an authorization: finds the authorization server, makes this program known to it where that is needed, and
    /// returns the URL that the user is to be sent to. It is valid for as long as the store keeps what is under way.
    ///
    /// # Errors
    /// `Authentication` if there is no authorization server or it refuses; `Network`, `Timeout`; those of the store.
    pub async fn authorize(&self) -> Result<String> {
        let mut flow = self.inner.flow.lock().await;
        let begun = async {
            let (mut manager, metadata) = self.discover().await?;
            let config = self.register(&mut manager, &metadata).await?;
            let scopes = match self.inner.settings.scopes.as_slice() {
                [] => manager.select_initial_scopes(&[]).await,
                given => given.to_vec(),
            };
            manager.configure_client(config).map_err(told)?;
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let url = manager.get_authorization_url(&scopes).await.map_err(told)?;
            *flow = Some(Flow { manager, is_ready: true });
            Ok(url)
        };
        begun.with_subscriber(NoSubscriber::default()).await
    }

    /// Ends it: `came_back` is the URL that the browser came back to, with all its parameters. It may be another process
    /// than the one that began, with the same store.
    ///
    /// # Errors
    /// `Forbidden` if the user or the authorization server said no; `Authentication` if `state` or the issuer is not that
    /// of an authorization under way, or the code is refused; `InvalidRequest` if it is no such URL; those of the store.
    pub async fn finish(&self, came_back: &str) -> Result<()> {
        let callback = callback(came_back)?;
        if !self.inner.store.knows(&callback.csrf_token).await? {
            let message = "the `state` is of no authorization that is under way: begin again with \
                           `OAuth::authorize`";
            return Err(Error::new(ErrorKind::Authentication, message));
        }
        let mut flow = self.inner.flow.lock().await;
        let exchange = async {
            let manager = self.ready(&mut flow).await?;
            let AuthorizationCallback { code, csrf_token, issuer, .. } = &callback;
            let exchanged =
                manager.exchange_code_for_token_with_issuer(code, csrf_token, issuer.as_deref());
            exchanged.await.map(|_| ()).map_err(told)
        };
        exchange.with_subscriber(NoSubscriber::default()).await
    }

    /// Whether there are tokens. They may have been taken back since.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_authorized(&self) -> Result<bool> {
        Ok(self.inner.store.tokens().await?.is_some_and(|known| known.token_response.is_some()))
    }

    /// Forgets the tokens. The registration is kept.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self) -> Result<()> {
        self.inner.store.forget().await
    }
}

fn callback(came_back: &str) -> Result<AuthorizationCallback> {
    let url = Url::parse(came_back).map_err(|_| {
        Error::invalid_request("what came back is no URL: give the whole one, with its parameters")
    })?;
    let parameter = |name: &str| {
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    if let Some(error) = parameter("error") {
        let why = parameter("error_description").unwrap_or_default();
        let message = format!("the authorization server refused: {error} {why}");
        return Err(Error::new(ErrorKind::Forbidden, message.trim_end().to_owned()));
    }
    AuthorizationCallback::from_redirect_url(came_back)
        .map_err(|_| Error::invalid_request("what came back lacks `code` or `state`"))
}

// === a request's way ===

impl OAuth {
    /// The access token, if the user has authorized this program; a new one where the old one is about to end.
    pub(crate) async fn access_token(&self) -> Result<Option<Secret>> {
        if !self.is_authorized().await? {
            return Ok(None);
        }
        let mut flow = self.inner.flow.lock().await;
        self.token(&mut flow).with_subscriber(NoSubscriber::default()).await.map(Some)
    }

    /// A new token in place of one that the server has refused; `None` if there is none to be had.
    pub(crate) async fn renew(&self, refused: &Secret) -> Result<Option<Secret>> {
        let mut flow = self.inner.flow.lock().await;
        let renewed = async {
            // Somebody else may have been here while we waited.
            let token = self.token(&mut flow).await?;
            if token != *refused {
                return Ok(Some(token));
            }
            match self.ready(&mut flow).await?.refresh_token().await {
                Ok(_) => self.token(&mut flow).await.map(Some),
                Err(AuthError::AuthorizationRequired | AuthError::TokenRefreshRejected(_)) => {
                    Ok(None)
                }
                Err(error) => Err(told(error)),
            }
        };
        renewed.with_subscriber(NoSubscriber::default()).await
    }

    /// Keeps what the server said, as the next authorization begins with it.
    pub(crate) fn note_challenge(&self, challenge: Option<String>) {
        *self.inner.challenge.lock().unwrap_or_else(PoisonError::into_inner) = challenge;
    }

    async fn token(&self, flow: &mut Option<Flow>) -> Result<Secret> {
        // Only a refresh needs the authorization server, which costs requests to find.
        let known = match flow {
            Some(flow) => flow,
            None => flow.insert(Flow { manager: self.manager().await?, is_ready: false }),
        };
        let token = match known.manager.get_access_token().await {
            Err(AuthError::InternalError(_)) if !known.is_ready => {
                self.ready(flow).await?.get_access_token().await
            }
            token => token,
        };
        token.map(Secret::from).map_err(told)
    }
}
