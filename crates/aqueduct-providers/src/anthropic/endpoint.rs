//! Where a host is and how it is signed in to.

use aqueduct_http::{Client, Request, Secret};
use aqueduct_spec::language::Headers;
use http::Method;

use super::messages::encode::Betas;

/// The version of the API that this codec speaks.
///
/// Source: <https://platform.claude.com/docs/en/api/versioning> (2026-11).
const VERSION: &str = "2023-06-01";

const BETA_HEADER: &str = "anthropic-beta";

/// How to sign in.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// A key, in `x-api-key`.
    ApiKey(Secret),
    /// A token, in `authorization`.
    Token(Secret),
}

/// Where a host is, and what every request to it carries.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    client: Client,
    base_url: String,
    credential: Option<Credential>,
    headers: Vec<(String, Secret)>,
}

impl Endpoint {
    /// The base URL may end in a slash.
    pub(crate) fn new(client: &Client, base_url: &str, credential: Option<Credential>) -> Self {
        Self {
            client: client.clone(),
            base_url: base_url.trim().trim_end_matches('/').to_owned(),
            credential,
            headers: Vec::new(),
        }
    }

    /// Adds headers, which win over the credential's.
    pub(crate) fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (String, Secret)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The features that the headers of the settings and of the call name.
    pub(crate) fn betas(&self, call: Option<&Headers>) -> Betas {
        let mut betas = Betas::default();
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.expose()));
        let call = call.into_iter().flatten();
        let call = call.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)));
        for (_, value) in own.chain(call).filter(|(name, _)| name.eq_ignore_ascii_case(BETA_HEADER))
        {
            betas.extend_from_header(value);
        }
        betas
    }

    /// Starts a request below the base URL.
    pub(crate) fn post(&self, path: &str, call: Option<&Headers>, betas: &Betas) -> Request {
        self.request(Method::POST, &format!("{}{path}", self.base_url), call, betas)
    }

    /// Starts a GET request below the base URL.
    pub(crate) fn get(&self, path: &str, call: Option<&Headers>, betas: &Betas) -> Request {
        self.request(Method::GET, &format!("{}{path}", self.base_url), call, betas)
    }

    /// Starts a request; the headers of the call win over everything but the features, which are all named together.
    fn request(&self, method: Method, url: &str, call: Option<&Headers>, betas: &Betas) -> Request {
        let mut request = self.client.request(method, url).header("anthropic-version", VERSION);
        request = match &self.credential {
            Some(Credential::ApiKey(key)) => request.secret_header("x-api-key", key),
            Some(Credential::Token(token)) => request.bearer(token),
            None => request,
        };
        for (name, value) in &self.headers {
            request = request.header(name, value.expose());
        }
        let call = call.into_iter().flatten();
        request = request.headers(call.filter_map(|(name, value)| Some((name, value.as_ref()?))));
        match betas.header() {
            Some(betas) => request.header(BETA_HEADER, betas),
            None => request,
        }
    }
}
