//! One question to a server.

use aqueduct_http::Client;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::candidate::Candidate;

/// A list of models is smaller than this.
const MAX_BYTES: usize = 1024 * 1024;

/// What came back, whatever it is.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    json: Value,
}

/// Asks for a path; `None` if nobody answers in time, or with more than a server would say.
pub(super) async fn get(client: &Client, candidate: &Candidate, path: &str) -> Option<Answer> {
    let response = client.get(&candidate.url(path)).send().await.ok()?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes_up_to(MAX_BYTES).await.ok()?.to_vec();
    let json = serde_json::from_slice(&body).unwrap_or_default();
    Some(Answer { status, headers, body, json })
}

impl Answer {
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether a header has this text in it, in any case.
    pub(super) fn says(&self, header: &str, text: &str) -> bool {
        let value = self.headers.get(header).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(text))
    }

    /// The JSON of a success; nothing otherwise.
    pub(super) fn json(&self) -> Option<&Value> {
        self.status.is_success().then_some(&self.json)
    }

    /// The text of a success; nothing otherwise.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok().filter(|_| self.status.is_success())
    }

    /// The entries of `{"object": "list", "data": […]}`. Ollama without models writes `null` for the list.
    pub(super) fn list(&self) -> Option<&[Value]> {
        let json =
            self.json().filter(|json| json.get("object").is_some_and(|kind| kind == "list"))?;
        match json.get("data")? {
            Value::Array(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => None,
        }
    }
}
