//! Where a host is and how it is signed in to.

use std::collections::BTreeMap;

use aqueduct_http::{Client, Request, Secret};
use aqueduct_spec::language::Headers;
use http::Method;

/// Where a host is, and what every request to it carries.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    client: Client,
    base_url: String,
    api_key: Option<Secret>,
    headers: BTreeMap<String, Secret>,
    query: BTreeMap<String, String>,
}

impl Endpoint {
    /// The base URL may end in a slash.
    pub(crate) fn new(client: &Client, base_url: &str) -> Self {
        Self {
            client: client.clone(),
            base_url: base_url.trim().trim_end_matches('/').to_owned(),
            api_key: None,
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
        }
    }

    /// Signs in with a key as bearer token.
    pub(crate) fn with_api_key(mut self, key: Option<Secret>) -> Self {
        self.api_key = key.filter(|key| !key.expose().trim().is_empty());
        self
    }

    /// Adds headers, which win over the key's.
    pub(crate) fn with_headers(mut self, headers: BTreeMap<String, Secret>) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the query of every URL.
    pub(crate) fn with_query(mut self, query: BTreeMap<String, String>) -> Self {
        self.query = query;
        self
    }

    /// The shared client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The same host, signed in to in the same way, at another base URL.
    pub(crate) fn at(&self, base_url: &str) -> Self {
        let base_url = base_url.trim().trim_end_matches('/').to_owned();
        Self { base_url, ..self.clone() }
    }

    /// Starts a request; the headers of the call win over everything.
    pub(crate) fn post(&self, path: &str, call: Option<&Headers>) -> Request {
        self.request(Method::POST, path, call)
    }

    /// Starts a request without a body.
    pub(crate) fn get(&self, path: &str, call: Option<&Headers>) -> Request {
        self.request(Method::GET, path, call)
    }

    fn request(&self, method: Method, path: &str, call: Option<&Headers>) -> Request {
        let url = format!("{}{path}", self.base_url);
        let mut request = self.client.request(method, &url).query(&self.query);
        if let Some(key) = &self.api_key {
            request = request.bearer(key);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.expose());
        }
        let call = call.into_iter().flatten();
        request.headers(call.filter_map(|(name, value)| Some((name, value.as_ref()?))))
    }
}
