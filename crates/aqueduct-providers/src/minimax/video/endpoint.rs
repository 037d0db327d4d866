//! Where videos are made and how it is signed in to.

use std::collections::BTreeMap;

use aqueduct_http::{ApiMessage, Client, Json, Request, Secret};
use aqueduct_spec::Result;
use aqueduct_spec::language::Headers;
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where videos are made, and what every request to it carries.
#[derive(Debug, Clone)]
pub(in crate::minimax) struct VideoEndpoint {
    client: Client,
    base_url: String,
    api_key: Option<Secret>,
    headers: BTreeMap<String, Secret>,
}

impl VideoEndpoint {
    pub(in crate::minimax) fn new(
        client: &Client,
        base_url: &str,
        api_key: Option<Secret>,
        headers: BTreeMap<String, Secret>,
    ) -> Self {
        let base_url = base_url.trim().trim_end_matches('/').to_owned();
        Self { client: client.clone(), base_url, api_key, headers }
    }

    /// Starts a request; the headers of the call win over everything.
    pub(super) fn request(&self, method: Method, path: &str, call: Option<&Headers>) -> Request {
        let mut request = self.client.request(method, &format!("{}{path}", self.base_url));
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

/// Sends a request and reads its answer.
pub(super) async fn send<T: DeserializeOwned>(request: Request) -> Result<Json<T>> {
    request.send().await?.error_for_status(|_, _, body| read(body)).await?.json().await
}

/// Reads `{"type": "error", "error": {"type", "message"}}`; the message may be missing.
fn read(body: &[u8]) -> Option<ApiMessage> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.as_object()?.get("error");
    let text = |name| error?.get(name)?.as_str();
    let mut message = ApiMessage::new(text("message").unwrap_or("MiniMax video generation error"));
    message.code = text("type").map(str::to_owned);
    Some(message)
}
