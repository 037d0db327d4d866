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

/// Adds `other` to `into`, objects within objects as well; `other` wins.
pub(crate) fn merge_deep(into: &mut JsonObject, other: JsonObject) {
    for (key, value) in other {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(mine)), Value::Object(theirs)) => merge_deep(mine, theirs),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}
