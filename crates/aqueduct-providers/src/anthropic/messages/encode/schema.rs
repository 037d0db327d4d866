//! JSON schemas as the vendor's constrained decoding takes them: keywords that it refuses become words in the description.

use aqueduct_spec::JsonObject;
use serde_json::Value;

/// The formats of strings that it knows.
///
/// Source: <https://platform.claude.com/docs/en/build-with-claude/structured-outputs> (2026-11).
const FORMATS: &[&str] =
    &["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// Keywords that it refuses.
const CONSTRAINTS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "not",
];

/// Relaxes a schema. What is lost is said in descriptions, and whoever asked still checks the answer against the whole.
pub(super) fn sanitize(schema: &Value) -> Value {
    match schema {
        Value::Object(schema) => Value::Object(sanitize_object(schema)),
        other => other.clone(),
    }
}

fn sanitize_object(schema: &JsonObject) -> JsonObject {
    let get = |name: &str| schema.get(name).filter(|value| !value.is_null());
    let mut out = JsonObject::new();
    if let Some(reference) = get("$ref") {
        out.insert("$ref".to_owned(), reference.clone());
        return out;
    }
    for name in ["$schema", "$id", "title", "description"] {
        if let Some(value) = get(name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    // `null` is a value here.
    for name in ["default", "const"] {
        if let Some(value) = schema.get(name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    for name in ["enum", "type"] {
        if let Some(value) = get(name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(alternatives) = get("anyOf").or_else(|| get("oneOf")) {
        out.insert("anyOf".to_owned(), each(alternatives));
    }
    if let Some(parts) = get("allOf") {
        out.insert("allOf".to_owned(), each(parts));
    }
    for name in ["definitions", "$defs"] {
        if let Some(definitions) = get(name) {
            out.insert(name.to_owned(), each(definitions));
        }
    }
    if get("type").and_then(Value::as_str) == Some("object") || get("properties").is_some() {
        if let Some(properties) = get("properties") {
            out.insert("properties".to_owned(), each(properties));
        }
        out.insert("additionalProperties".to_owned(), Value::Bool(false));
        if let Some(required) = get("required") {
            out.insert("required".to_owned(), required.clone());
        }
    }
    if let Some(items) = get("items") {
        let items = if items.is_array() { each(items) } else { sanitize(items) };
        out.insert("items".to_owned(), items);
    }
    let format = get("format").and_then(Value::as_str);
    if let Some(format) = format.filter(|format| FORMATS.contains(format)) {
        out.insert("format".to_owned(), Value::from(format));
    }
    if let Some(constraints) = in_words(schema, format) {
        let description = match out.get("description").and_then(Value::as_str) {
            Some(description) => format!("{description}\n{constraints}"),
            None => constraints,
        };
        out.insert("description".to_owned(), Value::from(description));
    }
    out
}

/// Relaxes each schema of a list or of an object.
fn each(schemas: &Value) -> Value {
    match schemas {
        Value::Array(schemas) => schemas.iter().map(sanitize).collect(),
        Value::Object(schemas) => Value::Object(
            schemas.iter().map(|(name, schema)| (name.clone(), sanitize(schema))).collect(),
        ),
        other => other.clone(),
    }
}

fn in_words(schema: &JsonObject, format: Option<&str>) -> Option<String> {
    let mut words: Vec<String> = CONSTRAINTS
        .iter()
        .filter_map(|name| {
            let value = schema
                .get(*name)
                .filter(|value| !matches!(value, Value::Null | Value::Bool(false)))?;
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(format!("{}: {value}", spaced(name)))
        })
        .collect();
    if let Some(format) = format.filter(|format| !FORMATS.contains(format)) {
        words.push(format!("format: {format}"));
    }
    (!words.is_empty()).then(|| format!("{}.", words.join("; ")))
}

/// `min length` for `minLength`.
fn spaced(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
