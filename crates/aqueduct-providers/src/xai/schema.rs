//! JSON schemas of tools.

use serde_json::Value;

/// Leaves out `additionalProperties: false` wherever it is: xAI refuses schemas with it.
///
/// Source: <https://docs.x.ai/docs/guides/structured-outputs> (2026-11).
pub(super) fn open(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(open),
        Value::Object(object) => {
            object.retain(|name, value| name != "additionalProperties" || *value != false);
            object.values_mut().for_each(open);
        }
        _ => {}
    }
}
