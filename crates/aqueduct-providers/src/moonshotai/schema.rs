//! Schemas in the subset of JSON Schema that Moonshot reads: `items` is no list, and `type` does not stand beside `anyOf`.
//!
//! Source: <https://github.com/MoonshotAI/walle> (2026-11).

use aqueduct_spec::{Error, JsonObject, Result};
use serde_json::Value;

const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS: [&str; 4] = ["properties", "patternProperties", "$defs", "dependentSchemas"];
const SINGLE: [&str; 8] =
    ["additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"];

/// Rewrites the schema of a tool's arguments.
///
/// # Errors
/// `Unsupported` if they are no object.
pub(super) fn normalized(schema: Value) -> Result<Value> {
    match schema {
        Value::Object(root) if root.get("type").is_some_and(|kind| kind == "object") => {
            Ok(Value::Object(object(root)))
        }
        _ => Err(Error::unsupported(
            "tool parameters must be a JSON Schema object with type \"object\" for moonshotai (MFJS)",
        )),
    }
}

fn any(schema: Value) -> Value {
    match schema {
        Value::Object(schema) => Value::Object(object(schema)),
        other => other,
    }
}

fn object(mut schema: JsonObject) -> JsonObject {
    if let Some(Value::Array(tuple)) = schema.get_mut("items") {
        let tuple = std::mem::take(tuple);
        schema.shift_remove("items");
        match schema.get_mut("prefixItems") {
            Some(Value::Array(prefix)) => prefix.extend(tuple),
            _ => {
                schema.insert("prefixItems".to_owned(), Value::Array(tuple));
            }
        }
    }
    push_type_into_branches(&mut schema);
    for (name, value) in &mut schema {
        let name = name.as_str();
        match value {
            Value::Array(items) if LISTS.contains(&name) => {
                items.iter_mut().for_each(|item| *item = any(item.take()));
            }
            Value::Object(map) if MAPS.contains(&name) => {
                map.values_mut().for_each(|item| *item = any(item.take()));
            }
            Value::Object(_) if SINGLE.contains(&name) => *value = any(value.take()),
            _ => {}
        }
    }
    schema
}

fn push_type_into_branches(schema: &mut JsonObject) {
    if !schema.get("anyOf").is_some_and(Value::is_array)
        || !schema.get("type").is_some_and(Value::is_string)
    {
        return;
    }
    let Some(kind) = schema.shift_remove("type") else { return };
    let branches = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    for branch in branches.into_iter().flatten().filter_map(Value::as_object_mut) {
        if branch.get("type").is_none_or(Value::is_null) {
            branch.insert("type".to_owned(), kind.clone());
        }
    }
}
