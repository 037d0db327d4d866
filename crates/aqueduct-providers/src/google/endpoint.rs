//! Where a host is and how it is signed in to.

use aqueduct_http::{Client, Request, Secret};
use aqueduct_spec::language::Headers;
use http::Method;

/// Where a host is, and what every request to it carries.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    client: Client,
    base_url: String,
    api_key: Option<Secret>,
    headers: Vec<(String, Secret)>,
}

impl Endpoint {
    /// The base URL may end in a slash.
    pub(crate) fn new(client: &Client, base_url: &str, api_key: Option<Secret>) -> Self {
        Self {
            client: client.clone(),
            base_url: base_url.trim().trim_end_matches('/').to_owned(),
            api_key,
            headers: Vec::new(),
        }
    }

    /// Adds headers, which win over the key's.
    pub(crate) fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (String, Secret)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The key, where the headers of the settings name no other.
    pub(crate) fn api_key(&self) -> Option<&Secret> {
        let named = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(KEY_HEADER));
        named.map(|(_, key)| key).or(self.api_key.as_ref())
    }

    /// Starts a request below the base URL.
    pub(crate) fn post(&self, path: &str, call: Option<&Headers>) -> Request {
        self.request(Method::POST, &format!("{}{path}", self.base_url), call)
    }

    /// Starts a request below the base URL.
    pub(crate) fn get(&self, path: &str, call: Option<&Headers>) -> Request {
        self.request(Method::GET, &format!("{}{path}", self.base_url), call)
    }

    /// Starts a request; the headers of the call win over everything.
    pub(crate) fn request(&self, method: Method, url: &str, call: Option<&Headers>) -> Request {
        let mut request = self.client.request(method, url);
        if let Some(key) = &self.api_key {
            request = request.secret_header(KEY_HEADER, key);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.expose());
        }
        let call = call.into_iter().flatten();
        request.headers(call.filter_map(|(name, value)| Some((name, value.as_ref()?))))
    }
}

const KEY_HEADER: &str = "x-goog-api-key";
