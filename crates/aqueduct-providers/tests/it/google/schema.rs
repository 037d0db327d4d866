//! JSON schemas as the API has them.

use aqueduct_spec::language::{CallOptions, FunctionTool, Message, Tool};
use aqueduct_spec::{Error, ErrorKind, JsonObject};
use serde_json::{Value, json};

use super::request;

/// What a schema of arguments becomes; null if nothing is sent.
fn converted(schema: &Value) -> Result<Value, Error> {
    let mut call = CallOptions::new(vec![Message::user("Hi")]);
    call.tools = Some(vec![Tool::Function(FunctionTool::new("f", schema.clone()))]);
    let (request, _) = request("gemini-2.5-pro", &call)?;
    Ok(request["tools"][0]["functionDeclarations"][0]["parameters"].clone())
}

#[test]
fn an_empty_object_is_nothing_at_the_root_alone() {
    let empty = json!({ "type": "object", "properties": {} });
    assert_eq!(converted(&empty).unwrap(), Value::Null);
    let nested = json!({ "type": "object", "properties": { "a": { "type": "object" } } });
    assert_eq!(converted(&nested).unwrap(), nested);
}

#[test]
fn null_is_a_flag() {
    for (schema, expected) in [
        (
            json!({ "type": ["string", "null"] }),
            json!({ "anyOf": [{ "type": "string" }], "nullable": true }),
        ),
        (
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
            json!({ "nullable": true, "type": "string" }),
        ),
        (
            json!({ "enum": [1, 2.5, null] }),
            json!({ "type": "number", "nullable": true, "format": "enum", "enum": ["1", "2.5"] }),
        ),
    ] {
        assert_eq!(converted(&schema).unwrap(), expected);
    }
}

#[test]
fn references_are_put_in_their_place() {
    let schema = json!({
        "$defs": { "a b": { "type": "string" } },
        "type": "object",
        "properties": { "x": { "$ref": "#/$defs/a%20b", "description": "d" } },
    });
    let expected = json!({ "type": "string", "description": "d" });
    assert_eq!(converted(&schema).unwrap()["properties"]["x"], expected);
    let circle = json!({
        "definitions": { "a": { "items": { "$ref": "#/definitions/a" } } },
        "$ref": "#/definitions/a",
    });
    assert_eq!(converted(&circle).unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(converted(&json!({ "$ref": "#/properties/a" })).is_err());
}

#[test]
fn references_cannot_make_a_schema_explode() {
    let mut definitions = JsonObject::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
        definitions.insert(level.to_string(), json!({ "anyOf": [next, next] }));
    }
    definitions.insert("40".to_owned(), json!({ "type": "string" }));
    let schema = json!({ "$defs": definitions, "$ref": "#/$defs/0" });
    assert_eq!(converted(&schema).unwrap_err().kind(), ErrorKind::InvalidRequest);
}
