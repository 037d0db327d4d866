//! Files from places that someone else names: a prompt's image URL, a model's result.
//!
//! Whoever names a URL can name one inside our network. So every address is judged after the name was resolved, by the
//! resolver that the connection itself uses (a name cannot change its mind in between), and again at every redirect.

mod address;
mod data_url;
mod guard;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;
use url::Url;

pub(crate) use guard::Refused;

use crate::client::{Client, Proxy};
use crate::request::Request;
use crate::response::{Response, media_type};
use crate::timeouts::Timeouts;
use guard::Guard;

/// Downloads files from addresses of the public internet.
///
/// `http:` and `https:` URLs are fetched and `data:` URLs decoded. A host is refused if it is private, local or reserved,
/// unless it was allowed by name. The environment's proxy is not used, because it would resolve names out of our sight.
///
/// Clones share their connections.
#[derive(Debug, Clone)]
pub struct Downloader {
    client: Client,
    guard: Guard,
    max_bytes: usize,
    max_redirects: usize,
    timeouts: Timeouts,
    connections: Arc<OnceLock<Result<reqwest::Client>>>,
}

/// A file that was downloaded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// The content.
    pub bytes: Bytes,
    /// What the other side says it is, in lower case and without parameters: `image/png`.
    pub media_type: Option<String>,
}

/// Decodes a `data:` URL of at most [`Downloader::DEFAULT_MAX_BYTES`].
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] if it is none, or holds more.
pub fn decode_data_url(url: &str) -> Result<Download> {
    data_url::decode(url, Downloader::DEFAULT_MAX_BYTES)
}

impl Downloader {
    /// The default of [`Downloader::with_max_bytes`]: 100 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 100 * 1024 * 1024;

    /// Creates a downloader with the trust, user agent, connect timeout and resolver of a client.
    pub fn new(client: &Client) -> Self {
        let mut guard = Guard::new(client.resolver().cloned());
        if client.allows_private_downloads() {
            guard.allow_all();
        }
        for pattern in client.download_hosts() {
            guard.allow(pattern);
        }
        Self {
            client: client.clone(),
            guard,
            max_bytes: Self::DEFAULT_MAX_BYTES,
            max_redirects: 10,
            timeouts: Timeouts::default()
                .with_first_byte(Duration::from_secs(60))
                .with_idle(Duration::from_secs(30))
                .with_total(Duration::from_secs(300)),
            connections: Arc::default(),
        }
    }

    /// Limits the size of a file.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Limits how many redirects are followed. Default: 10.
    #[must_use]
    pub fn with_max_redirects(mut self, redirects: usize) -> Self {
        self.max_redirects = redirects;
        self
    }

    /// Sets the limits of time; the total spans all redirects. Default: 60 s to the first byte, 30 s between chunks, 300 s
    /// in total.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Allows a host whatever its address: `files.internal`, `*.files.internal` (the hosts below it) or `127.0.0.1`.
    #[must_use]
    pub fn allow_host(mut self, pattern: impl AsRef<str>) -> Self {
        self.guard.allow(pattern.as_ref());
        // The pool holds the guard it was made with.
        self.connections = Arc::default();
        self
    }

    /// Allows every host and address. Only where nobody else can name a URL.
    #[must_use]
    pub fn allow_private(mut self) -> Self {
        self.guard.allow_all();
        self.connections = Arc::default();
        self
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// - [`ErrorKind::InvalidRequest`] if it is no URL of these kinds, or the file is not to be had (4xx)
    /// - [`ErrorKind::Forbidden`] if its host, or one it redirects to, is not allowed
    /// - [`ErrorKind::InvalidResponse`] if it is too large or redirects without end
    /// - [`ErrorKind::Network`] and [`ErrorKind::Timeout`] as for every request, and the former if the other side fails (5xx)
    pub async fn download(&self, url: &str) -> Result<Download> {
        self.download_with(url, &HeaderMap::new()).await
    }

    /// Downloads a file with headers of the caller, which are not sent to another origin than the URL's.
    ///
    /// # Errors
    /// Those of [`Downloader::download`].
    pub async fn download_with(&self, url: &str, headers: &HeaderMap) -> Result<Download> {
        let mut url = parse(url)?;
        if url.scheme() == "data" {
            return data_url::decode(url.as_str(), self.max_bytes);
        }
        let deadline = self.timeouts.total.and_then(|total| Instant::now().checked_add(total));
        let mut headers = headers.clone();
        for _ in 0..=self.max_redirects {
            let response = self.fetch(&url, &headers, deadline).await?;
            let Some(next) = redirect(&response, &url)? else {
                return self.read(response).await;
            };
            if next.origin() != url.origin() {
                headers.clear();
            }
            url = next;
        }
        let message =
            format!("cannot download the file: more than {} redirects", self.max_redirects);
        Err(Error::invalid_response(message).with_url(&crate::shown_url::of(&url)))
    }

    async fn fetch(
        &self,
        url: &Url,
        headers: &HeaderMap,
        deadline: Option<Instant>,
    ) -> Result<Response> {
        // An address in the URL is not resolved, so the resolver cannot see it.
        self.guard
            .check_url(url)
            .map_err(|refused| refused.error().with_url(&crate::shown_url::of(url)))?;
        let rest = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        Request::new(self.client.clone(), Method::GET, url.as_str())
            .header_map(headers)
            .timeouts(self.timeouts.with_total(rest))
            .send_over(self.connections()?)
            .await
            .map_err(cannot_download)
    }

    async fn read(&self, response: Response) -> Result<Download> {
        let status = response.status();
        if !status.is_success() {
            return Err(not_to_be_had(status, response.url()));
        }
        let media_type = media_type(response.headers());
        let bytes = response.bytes_up_to(self.max_bytes).await.map_err(cannot_download)?;
        Ok(Download { bytes, media_type })
    }

    fn connections(&self) -> Result<&reqwest::Client> {
        self.connections
            .get_or_init(|| {
                self.client.connect_with(Some(Arc::new(self.guard.clone())), Proxy::None)
            })
            .as_ref()
            .map_err(Error::clone)
    }
}

fn parse(text: &str) -> Result<Url> {
    let url = Url::parse(text.trim())
        .map_err(|error| Error::invalid_request(format!("cannot download the file: {error}")))?;
    check_scheme(url, &["http", "https", "data"])
}

fn check_scheme(url: Url, allowed: &[&str]) -> Result<Url> {
    if !allowed.contains(&url.scheme()) {
        return Err(Error::invalid_request(format!(
            "cannot download the file: its URL begins with {}: and not with one of {}",
            url.scheme(),
            allowed.join(", ")
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::invalid_request("cannot download the file: its URL holds credentials"));
    }
    Ok(url)
}

/// Where an answer redirects to, if it does.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let Some(location) = response.headers().get(http::header::LOCATION).filter(|_| is_redirect)
    else {
        return Ok(None);
    };
    let next = std::str::from_utf8(location.as_bytes()).ok().and_then(|to| from.join(to).ok());
    let next = next.ok_or_else(|| {
        Error::invalid_response(
            "cannot download the file: it redirects to something that is no URL",
        )
        .with_url(response.url())
    })?;
    check_scheme(next, &["http", "https"]).map(Some)
}

/// Says what was attempted: the transport speaks of the API.
fn cannot_download(error: Error) -> Error {
    const ATTEMPT: &str = "cannot download the file: ";
    if error.message().starts_with(ATTEMPT) {
        return error;
    }
    let message = error
        .message()
        .replace("cannot connect to API", "cannot connect")
        .replace("the API", "the host");
    error.with_message(format!("{ATTEMPT}{message}"))
}

/// The status is a file server's, not the provider's: a 401 here says nothing about our credentials there.
fn not_to_be_had(status: StatusCode, url: &str) -> Error {
    let kind = match status.as_u16() {
        429 | 500.. => ErrorKind::Network,
        _ => ErrorKind::InvalidRequest,
    };
    let reason = status.canonical_reason().unwrap_or_default();
    let message = format!("cannot download the file: {} {reason}", status.as_u16());
    Error::new(kind, message.trim_end().to_owned()).with_status(status).with_url(url)
}

/// The content is the user's: only its length is shown.
impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("bytes", &self.bytes.len())
            .field("media_type", &self.media_type)
            .finish()
    }
}
