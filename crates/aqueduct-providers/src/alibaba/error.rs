//! Error bodies: those of the compatible API, and DashScope's own `{"code", "message", "request_id"}`.

use aqueduct_http::ApiMessage;
use serde_json::Value;

use crate::openai_compatible::read_error;

pub(super) fn read(body: &Value) -> Option<ApiMessage> {
    let Some(text) = body.get("message").and_then(Value::as_str) else { return read_error(body) };
    let mut message = ApiMessage::new(text);
    message.code = body.get("code").and_then(Value::as_str).map(str::to_owned);
    Some(message)
}
