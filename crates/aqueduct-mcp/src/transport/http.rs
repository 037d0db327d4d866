//! What both ways over HTTP share: the settings, and a request with its credentials.

use aqueduct::spec::BoxFuture;
use aqueduct::{Client, Error, ErrorKind, Result};
use aqueduct_http::{Request, Response, Secret, Timeouts};
use http::{Method, StatusCode};

use super::{Connection, Transport, sse, streamable};
use crate::error::Unauthorized;
use crate::oauth::OAuth;

/// Reaches a server over HTTP. Redirects are refused: credentials go to the host they are meant for and nowhere else.
///
/// A stream that breaks off is taken up again where it was, by the id of its last event; after five tries that brought
/// nothing it is given up. A session that the server has forgotten is begun anew, and what it refused is sent once more.
#[derive(Debug, Clone)]
pub struct StreamableHttp {
    client: Client,
    pub(super) url: String,
    headers: Vec<(String, Secret)>,
    token: Option<Secret>,
    oauth: Option<OAuth>,
    is_legacy: bool,
}

impl StreamableHttp {
    /// Names the server's endpoint.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            client: Client::new(),
            url: url.into(),
            headers: Vec::new(),
            token: None,
            oauth: None,
            is_legacy: false,
        }
    }

    /// Uses another HTTP client.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends an access token with every request.
    #[must_use]
    pub fn bearer(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Takes access tokens from there, and has them refreshed.
    #[must_use]
    pub fn oauth(mut self, oauth: &OAuth) -> Self {
        self.oauth = Some(oauth.clone());
        self
    }

    /// Speaks the transport of 2024-11-05 instead: one stream of events, whose first names the endpoint for messages. For
    /// servers that were not brought up to date; such a stream is not taken up again.
    #[must_use]
    pub fn legacy_sse(mut self) -> Self {
        self.is_legacy = true;
        self
    }

    pub(super) fn request(&self, method: Method, url: &str) -> Request {
        // Each call has its own limit, and a stream may be silent for long.
        let timeouts = Timeouts::default().with_idle(None).with_first_byte(None);
        let mut request = self.client.request(method, url).timeouts(timeouts);
        for (name, value) in &self.headers {
            request = request.secret_header(name, value);
        }
        match &self.token {
            Some(token) => request.bearer(token),
            None => request,
        }
    }

    /// Sends with the access token of the user, and once more with a new one if that is refused.
    ///
    /// # Errors
    /// `Authentication` at 401 and `Forbidden` at 403 if the scope does not suffice; other statuses are left to the caller.
    pub(super) async fn send(&self, request: Request) -> Result<Response> {
        let Some(oauth) = &self.oauth else { return refuse(request.send().await?, None).await };
        let token = oauth.access_token().await?;
        let response = match &token {
            Some(token) => request.clone().bearer(token).send().await?,
            None => request.clone().send().await?,
        };
        if let (StatusCode::UNAUTHORIZED, Some(token)) = (response.status(), &token)
            && let Some(token) = oauth.renew(token).await?
        {
            return refuse(request.bearer(&token).send().await?, Some(oauth)).await;
        }
        refuse(response, Some(oauth)).await
    }
}

impl Transport for StreamableHttp {
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>> {
        Box::pin(async move {
            if self.is_legacy { sse::open(*self).await } else { Ok(streamable::open(*self)) }
        })
    }
}

async fn refuse(response: Response, oauth: Option<&OAuth>) -> Result<Response> {
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let lacks_scope = challenge.as_deref().is_some_and(|text| text.contains("insufficient_scope"));
    let kind = match response.status() {
        StatusCode::UNAUTHORIZED => ErrorKind::Authentication,
        StatusCode::FORBIDDEN if lacks_scope => ErrorKind::Forbidden,
        _ => return Ok(response),
    };
    let message = match oauth {
        Some(_) => {
            "the MCP server asks for authorization: send the user to the URL that \
             `OAuth::authorize` gives, then call `OAuth::finish` and connect again"
        }
        None => {
            "the MCP server asks for authorization: give `StreamableHttp` a token or an `OAuth`"
        }
    };
    if let Some(oauth) = oauth {
        oauth.note_challenge(challenge.clone());
    }
    let error = match response.error_for_status(|_, _, _| None).await {
        Err(error) => error.with_kind(kind).with_message(message),
        Ok(_) => Error::new(kind, message),
    };
    Err(error.with_source(Unauthorized { challenge }))
}
