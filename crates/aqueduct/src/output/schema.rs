//! The schemas that models are sent.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::tool::schema_of;

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of a type as strict providers insist on it: objects have no other fields than those named, and what may be
/// missing (`Option`) is there as `null`. The widths of numbers are no formats of JSON schema, and some refuse them.
pub(super) fn closed_schema_of<T: JsonSchema>() -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), DRAFT_7.into());
    match schema_of::<T>() {
        Value::Object(mut of_type) => {
            close_object(&mut of_type);
            schema.extend(of_type);
        }
        // Any value.
        _ => drop(schema.remove("$schema")),
    }
    Value::Object(schema)
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => close_object(object),
        Value::Array(schemas) => schemas.iter_mut().for_each(close),
        _ => {}
    }
}

fn close_object(schema: &mut Map<String, Value>) {
    let is_combined =
        ["allOf", "anyOf", "oneOf", "$ref"].iter().any(|word| schema.contains_key(*word));
    let has_fields = schema.contains_key("properties");
    if has_fields && !is_combined && !schema.contains_key("additionalProperties") {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    require_nullable(schema);
    if schema.get("format").and_then(Value::as_str).is_some_and(is_width) {
        schema.shift_remove("format");
    }
    for (word, value) in schema.iter_mut() {
        match (word.as_str(), value) {
            ("properties" | "definitions" | "$defs", Value::Object(schemas)) => {
                schemas.values_mut().for_each(close);
            }
            // Its fields stand beside those of the combination, which a closed alternative would forbid.
            ("anyOf" | "oneOf" | "allOf", _) if has_fields => {}
            ("anyOf" | "oneOf" | "items" | "prefixItems" | "additionalProperties", value) => {
                close(value);
            }
            _ => {}
        }
    }
}

/// Whether a format is the width of a number, as in `uint32`.
fn is_width(format: &str) -> bool {
    let name = format.trim_end_matches(|character: char| character.is_ascii_digit());
    matches!(name, "int" | "uint" | "float" | "double")
}

/// Requires the fields that may be `null`, too.
fn require_nullable(schema: &mut Map<String, Value>) {
    let Some(Value::Object(fields)) = schema.get("properties") else { return };
    let listed = schema.get("required").and_then(Value::as_array);
    let is_listed = |name: &str| listed.is_some_and(|names| names.iter().any(|one| one == name));
    let required: Vec<Value> = fields
        .iter()
        .filter(|(name, field)| is_listed(name) || may_be_null(field))
        .map(|(name, _)| name.as_str().into())
        .collect();
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
}

fn may_be_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_null),
        Some(kind) => is_null(kind),
        None => ["anyOf", "oneOf"].iter().any(|word| {
            let alternatives = schema.get(word).and_then(Value::as_array);
            alternatives.is_some_and(|all| all.iter().any(may_be_null))
        }),
    }
}

/// An object with a list of elements. What the element's schema refers to moves to the root; so does the element, if it refers
/// to itself.
pub(super) fn list_schema(mut element: Value) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), DRAFT_7.into());
    let mut definitions = Map::new();
    if let Value::Object(element) = &mut element {
        element.shift_remove("$schema");
        if let Some(Value::Object(given)) = element.shift_remove("definitions") {
            definitions = given;
        }
        if let Some(given) = element.shift_remove("$defs") {
            schema.insert("$defs".to_owned(), given);
        }
    }
    let mut name = "element".to_owned();
    while definitions.contains_key(&name) {
        name.push('_');
    }
    let place = format!("#/definitions/{name}");
    let mut refers_to_itself = false;
    for part in definitions.values_mut().chain(schema.get_mut("$defs")).chain([&mut element]) {
        refers_to_itself |= move_references(part, &place);
    }
    let mut items = element;
    if refers_to_itself {
        definitions.insert(name, items);
        items = json!({ "$ref": place });
    }
    if !definitions.is_empty() {
        schema.insert("definitions".to_owned(), definitions.into());
    }
    schema.insert("type".to_owned(), "object".into());
    let elements = json!({ "type": "array", "items": items });
    schema.insert("properties".to_owned(), json!({ "elements": elements }));
    schema.insert("required".to_owned(), json!(["elements"]));
    schema.insert("additionalProperties".to_owned(), false.into());
    Value::Object(schema)
}

/// Turns references to the root into references to `place`; says whether there were any.
fn move_references(schema: &mut Value, place: &str) -> bool {
    let mut found = false;
    match schema {
        Value::Object(object) => {
            for (word, value) in object.iter_mut() {
                if let Some(target) = value.as_str().filter(|_| word == "$ref") {
                    if let Some(moved) = moved_target(target, place) {
                        *value = moved.into();
                        found = true;
                    }
                } else {
                    found |= move_references(value, place);
                }
            }
        }
        Value::Array(schemas) => {
            for schema in schemas {
                found |= move_references(schema, place);
            }
        }
        _ => {}
    }
    found
}

fn moved_target(target: &str, place: &str) -> Option<String> {
    let path = target.strip_prefix('#')?;
    let stays = path.starts_with("/definitions/") || path.starts_with("/$defs/");
    let is_path = path.is_empty() || path.starts_with('/');
    (is_path && !stays).then(|| format!("{place}{path}"))
}

/// An object with a choice.
pub(super) fn choice_schema(options: &[String]) -> Value {
    json!({
        "$schema": DRAFT_7,
        "type": "object",
        "properties": { "result": { "type": "string", "enum": options } },
        "required": ["result"],
        "additionalProperties": false,
    })
}

/// The names of an enum's variants.
pub(super) fn variants_of<T: JsonSchema>() -> Vec<String> {
    let mut names = Vec::new();
    collect_names(&schema_of::<T>(), &mut names);
    names
}

/// Variants with documentation are alternatives of their own.
fn collect_names(schema: &Value, names: &mut Vec<String>) {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    names.extend(listed.chain(schema.get("const")).filter_map(Value::as_str).map(str::to_owned));
    for word in ["oneOf", "anyOf"] {
        for alternative in schema.get(word).and_then(Value::as_array).into_iter().flatten() {
            collect_names(alternative, names);
        }
    }
}
