//! What a vendor was recorded to answer, and ways to change it.

use aqueduct_testkit::Reply;
use serde_json::Value;

use crate::recorded::{replaced, text};
use aqueduct_spec::Data;

/// One answer of a vendor's.
#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Recorded {
    /// Reads the answer of a recorded exchange, whose upstream is now at `own`.
    pub(super) fn new(exchange: &Value, own: &str) -> Self {
        let response = replaced(&exchange["response"], "{{upstream}}", own);
        let framing = ["content-length", "content-encoding", "transfer-encoding"];
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers
            .filter(|(name, _)| !framing.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), text(value).to_owned()));
        let is_binary = response["binary"] == true;
        let chunks = response["chunks"].as_array().unwrap().iter().map(text);
        let body = chunks.flat_map(|chunk| {
            if is_binary {
                Data::Base64(chunk.to_owned()).to_bytes().unwrap().to_vec()
            } else {
                chunk.as_bytes().to_vec()
            }
        });
        Self {
            status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
            headers: headers.collect(),
            body: body.collect(),
        }
    }

    /// Whether it is a stream of server-sent events.
    pub(super) fn is_events(&self) -> bool {
        self.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value.contains("event-stream")
        })
    }

    /// Status and headers, without a body.
    pub(super) fn head(&self) -> Reply {
        let reply = Reply::new(self.status);
        self.headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
    }

    /// As it was, in one piece.
    pub(super) fn reply(&self) -> Reply {
        self.with(self.body.clone())
    }

    /// With another body, in one piece.
    pub(super) fn with(&self, body: impl Into<Vec<u8>>) -> Reply {
        self.head().chunk(body.into())
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}
