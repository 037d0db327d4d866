//! One request.

use std::fmt;
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::carrier::{self, Carrier};
use crate::client::Client;
use crate::multipart::Multipart;
use crate::redaction::Redaction;
use crate::response::Response;
use crate::secret::Secret;
use crate::timeouts::{Limit, Timeouts};
use crate::transport::{self, Origin};
use crate::{header, shown_url};

/// A request that is being put together. It can be cloned and sent again.
///
/// What is wrong with a part of it is told by [`Request::send`].
#[derive(Clone)]
#[must_use]
pub struct Request {
    client: Client,
    method: Method,
    url: Result<Url>,
    headers: HeaderMap,
    body: Option<Body>,
    timeouts: Timeouts,
    /// The first mistake that was made in putting it together.
    mistake: Option<Error>,
}

#[derive(Clone)]
struct Body {
    bytes: Bytes,
    content_type: HeaderValue,
    /// Whether the caller's headers may name another type.
    overridable: bool,
}

impl Request {
    pub(crate) fn new(client: Client, method: Method, url: &str) -> Self {
        let timeouts = client.timeouts();
        Self {
            client,
            method,
            url: parse_url(url),
            headers: HeaderMap::new(),
            body: None,
            timeouts,
            mistake: None,
        }
    }

    /// Sets a header in place of an earlier one. Whitespace around the value is cut off.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        match header::parse(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => header::insert(&mut self.headers, name, value),
            Err(error) => self.mistake = self.mistake.or(Some(error)),
        }
        self
    }

    /// Sets headers from text, the later in place of the earlier.
    pub fn headers<N: AsRef<str>, V: AsRef<str>>(
        self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        headers.into_iter().fold(self, |request, (name, value)| request.header(name, value))
    }

    /// Sets headers; a name in the map replaces earlier values of that name, and keeps its own several.
    pub fn header_map(mut self, headers: &HeaderMap) -> Self {
        for name in headers.keys() {
            self.headers.remove(name);
            for value in headers.get_all(name) {
                let mut value = value.clone();
                value.set_sensitive(
                    value.is_sensitive() || header::is_sensitive_header(name.as_str()),
                );
                self.headers.append(name.clone(), value);
            }
        }
        self
    }

    /// Sets a header that holds a credential.
    pub fn secret_header(mut self, name: impl AsRef<str>, value: &Secret) -> Self {
        match header::parse(name.as_ref(), value.expose()) {
            Ok((name, mut value)) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            Err(error) => self.mistake = self.mistake.or(Some(error)),
        }
        self
    }

    /// Sets `authorization: Bearer <token>`.
    pub fn bearer(self, token: &Secret) -> Self {
        let value = Secret::from(format!("Bearer {}", token.expose().trim()));
        self.secret_header(AUTHORIZATION.as_str(), &value)
    }

    /// Appends parameters to the query of the URL.
    pub fn query<N: AsRef<str>, V: AsRef<str>>(
        mut self,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        // Without this, an empty list would leave a bare `?`.
        if let (Ok(url), true) = (&mut self.url, pairs.peek().is_some()) {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// Sends JSON. The caller's headers may name another content type.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.json_bytes(bytes),
            Err(error) => {
                let mistake = Error::invalid_request("the request cannot be written as JSON")
                    .with_source(error);
                Self { mistake: self.mistake.or(Some(mistake)), ..self }
            }
        }
    }

    /// Sends bytes that are JSON already.
    pub fn json_bytes(self, bytes: impl Into<Bytes>) -> Self {
        let content_type = HeaderValue::from_static("application/json");
        Self { body: Some(Body { bytes: bytes.into(), content_type, overridable: true }), ..self }
    }

    /// Sends a form. Its content type names the boundary, so the caller's headers cannot change it.
    pub fn multipart(self, form: &Multipart) -> Self {
        match form.encode() {
            Ok((content_type, bytes)) => self.bytes_of_type(bytes, &content_type, false),
            Err(error) => Self { mistake: self.mistake.or(Some(error)), ..self },
        }
    }

    /// Sends bytes of a content type, unless the caller's headers name another.
    pub fn body(self, bytes: impl Into<Bytes>, content_type: &str) -> Self {
        self.bytes_of_type(bytes.into(), content_type, true)
    }

    fn bytes_of_type(mut self, bytes: Bytes, content_type: &str, overridable: bool) -> Self {
        match header::parse(CONTENT_TYPE.as_str(), content_type) {
            Ok((_, content_type)) => self.body = Some(Body { bytes, content_type, overridable }),
            Err(error) => self.mistake = self.mistake.or(Some(error)),
        }
        self
    }

    /// Sets limits of its own.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sends the request and waits for the headers of the answer, whatever its status: see
    /// [`Response::error_for_status`].
    ///
    /// Dropping the future, or the response later, cancels the exchange.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidRequest`] for a part that cannot be sent
    /// - [`ErrorKind::Configuration`] for a URL that is none
    /// - [`ErrorKind::Network`] if no connection could be made or it broke
    /// - [`ErrorKind::Timeout`] if a limit was exceeded; the message says which
    pub async fn send(self) -> Result<Response> {
        let client = self.client.clone();
        match client.carrier() {
            Some(carrier) => self.send_by(Way::Carrier(&**carrier)).await,
            None => {
                let connections =
                    client.connections_to(self.url.as_ref().map_err(Error::clone)?)?;
                self.send_by(Way::Network(connections)).await
            }
        }
    }

    pub(crate) async fn send_over(self, connections: &reqwest::Client) -> Result<Response> {
        self.send_by(Way::Network(connections)).await
    }

    async fn send_by(self, way: Way<'_>) -> Result<Response> {
        let Exchanged { response, origin, timeouts, deadline, secrets } =
            self.exchange(way).await?;
        Ok(Response::new(response, origin, timeouts, deadline, secrets))
    }

    /// Sends the request over connections that can be switched to another protocol.
    #[cfg(feature = "websocket")]
    pub(crate) async fn exchange_to_switch(self) -> Result<Exchanged> {
        let client = self.client.clone();
        if client.carrier().is_some() {
            return Err(Error::unsupported("WebSockets over a carrier"));
        }
        let url = self.url.as_ref().map_err(Error::clone)?;
        let connections = client.switching_connections_to(url)?;
        self.exchange(Way::Network(connections)).await
    }

    async fn exchange(self, way: Way<'_>) -> Result<Exchanged> {
        let Self { client, method, url, mut headers, body, timeouts, mistake } = self;
        let url = url?;
        if let Some(mistake) = mistake {
            return Err(mistake);
        }
        let origin = Origin { url: shown_url::of(&url), connect_timeout: client.connect_timeout() };
        let mut request = reqwest::Request::new(method, url);
        if let Some(body) = body {
            if !(body.overridable && headers.contains_key(CONTENT_TYPE)) {
                headers.insert(CONTENT_TYPE, body.content_type);
            }
            *request.body_mut() = Some(body.bytes.into());
        }
        let secrets = Redaction::of(&headers);
        *request.headers_mut() = headers;

        let deadline = timeouts.total.and_then(|total| Instant::now().checked_add(total));
        let exchange = way.exchange(request, &origin);
        let response = match first_limit(timeouts) {
            Some((duration, limit)) => timeout(duration, exchange)
                .await
                .map_err(|_| limit.error().with_url(&origin.url))?,
            None => exchange.await,
        };
        Ok(Exchanged { response: response?, origin, timeouts, deadline, secrets })
    }
}

/// A request that was sent, up to the headers of its answer.
pub(crate) struct Exchanged {
    pub(crate) response: reqwest::Response,
    pub(crate) origin: Origin,
    pub(crate) timeouts: Timeouts,
    pub(crate) deadline: Option<Instant>,
    pub(crate) secrets: Redaction,
}

/// How a request gets to the other side.
#[derive(Clone, Copy)]
enum Way<'a> {
    Network(&'a reqwest::Client),
    Carrier(&'a dyn Carrier),
}

impl Way<'_> {
    async fn exchange(
        self,
        request: reqwest::Request,
        origin: &Origin,
    ) -> Result<reqwest::Response> {
        match self {
            Self::Network(connections) => connections
                .execute(request)
                .await
                .map_err(|error| transport::connection_error(error, origin)),
            Self::Carrier(carrier) => {
                let request = http::Request::<reqwest::Body>::try_from(request)
                    .map_err(|error| transport::connection_error(error, origin))?;
                // Only whole bodies are sent, so these are all of its bytes.
                let bytes = |body: reqwest::Body| {
                    Bytes::copy_from_slice(body.as_bytes().unwrap_or_default())
                };
                carrier::carry(carrier, request.map(bytes), &origin.url).await
            }
        }
    }
}

/// The limit that ends the wait for the headers.
fn first_limit(timeouts: Timeouts) -> Option<(Duration, Limit)> {
    let first_byte = timeouts.first_byte.map(|limit| (limit, Limit::FirstByte(limit)));
    let total = timeouts.total.map(|limit| (limit, Limit::Total(limit)));
    first_byte.into_iter().chain(total).min_by_key(|(duration, _)| *duration)
}

fn parse_url(text: &str) -> Result<Url> {
    // The text is left out of the message: it may hold a key.
    let mut url = Url::parse(text).map_err(|error| {
        Error::new(
            ErrorKind::Configuration,
            format!(
                "the URL of the request is not valid: {error}; a base URL begins with https:// or http://"
            ),
        )
    })?;
    // A WebSocket begins as a request over HTTP.
    let scheme = match url.scheme() {
        "http" | "https" => return Ok(url),
        "ws" => "http",
        "wss" => "https",
        other => {
            return Err(Error::configuration(format!(
                "the URL of the request must begin with http:// or https://, not {other}:"
            )));
        }
    };
    url.set_scheme(scheme).map_err(|()| Error::internal("ws and http are schemes of one kind"))?;
    Ok(url)
}

/// Shows the names of headers only, and no content.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url.as_ref().map(shown_url::of))
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(|body| body.bytes.len()))
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
