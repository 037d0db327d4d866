//! Typed options of a provider, written as the object that goes out.

use aqueduct_spec::{Error, JsonObject, Result};
use serde::Serialize;
use serde_json::Value;

/// Writes options as an object.
///
/// # Errors
/// `InvalidRequest` if they are anything else.
pub(crate) fn object(provider: &str, options: impl Serialize) -> Result<JsonObject> {
    match serde_json::to_value(options) {
        Ok(Value::Object(options)) => Ok(options),
        _ => Err(Error::invalid_request(format!(
            "provider options of '{provider}' must be an object"
        ))),
    }
}
