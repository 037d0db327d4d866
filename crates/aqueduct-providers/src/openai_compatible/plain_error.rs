//! Hosts whose errors may be plain text.

use aqueduct_http::ApiMessage;
use serde_json::Value;

use super::{Dialect, read_error};

/// The plain protocol with errors that may be `{"error": "…"}`.
#[derive(Debug)]
pub(crate) struct PlainErrors;

impl Dialect for PlainErrors {
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        text_or_object(body)
    }
}

/// Reads `{"error": "…"}` or the protocol's shape.
pub(crate) fn text_or_object(body: &Value) -> Option<ApiMessage> {
    match body.get("error")? {
        Value::String(text) => Some(ApiMessage::new(text.as_str())),
        _ => read_error(body),
    }
}
