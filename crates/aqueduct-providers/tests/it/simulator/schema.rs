//! Instances of schemas, checked by a small validator.

use aqueduct_spec::language::{CallOptions, Message, ResponseFormat};
use serde_json::{Value, json};

use super::{generate, simulator};

pub(super) async fn instance(schema: Value) -> Value {
    let mut options = CallOptions::new([Message::user("hi")]);
    options.response_format = Some(ResponseFormat::json_schema(schema));
    let result = generate(&simulator(json!({})), "json", options).await.unwrap();
    serde_json::from_str(&result.text()).unwrap()
}

#[tokio::test]
async fn every_kind_of_value() {
    for (schema, expected) in [
        (json!({ "type": "string" }), json!("value")),
        (json!({ "type": "integer" }), json!(1)),
        (json!({ "type": "number" }), json!(1.5)),
        (json!({ "type": "boolean" }), json!(true)),
        (json!({ "type": "null" }), json!(null)),
        (json!({ "type": ["null", "integer"] }), json!(1)),
        (json!({ "const": { "a": [1] } }), json!({ "a": [1] })),
        (json!({ "enum": ["x", "y"] }), json!("x")),
        (json!({ "type": "array", "items": { "type": "integer" } }), json!([1])),
        (json!({ "type": "array", "maxItems": 0 }), json!([])),
        (
            json!({ "type": "array", "items": { "enum": ["a", "b", "c"] }, "minItems": 3, "uniqueItems": true }),
            json!(["a", "b", "c"]),
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "boolean" }], "items": false }),
            json!(["value", true]),
        ),
        (json!({ "type": "array", "items": [{ "const": 1 }, { "const": 2 }] }), json!([1, 2])),
        (
            json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
            json!({ "key1": 1 }),
        ),
        (json!({ "type": "object", "required": ["free"] }), json!({ "free": "free" })),
        (
            json!({ "type": "object", "propertyNames": { "enum": ["x", "y"] }, "additionalProperties": { "type": "integer" }, "minProperties": 2 }),
            json!({ "x": 1, "y": 1 }),
        ),
        (json!({ "anyOf": [{ "type": "null" }, { "type": "integer" }] }), json!(1)),
        (
            json!({ "oneOf": [{ "type": "object", "properties": { "kind": { "const": "a" } } }, { "type": "string" }] }),
            json!({ "kind": "a" }),
        ),
        (
            json!({ "allOf": [{ "type": "object", "properties": { "a": { "minimum": 4 } } }, { "properties": { "a": { "type": "integer" }, "b": { "type": "boolean" } } }] }),
            json!({ "a": 4, "b": true }),
        ),
        (
            json!({ "$ref": "#/$defs/n", "$defs": { "n": { "type": "integer", "minimum": 9 } } }),
            json!(9),
        ),
    ] {
        assert_eq!(instance(schema.clone()).await, expected, "{schema}");
    }
}

#[tokio::test]
async fn numbers_keep_their_bounds() {
    for (schema, expected) in [
        (json!({ "type": "integer", "minimum": 5 }), json!(5)),
        (json!({ "type": "integer", "exclusiveMinimum": 5 }), json!(6)),
        (json!({ "type": "integer", "minimum": 5, "exclusiveMinimum": true }), json!(6)),
        (json!({ "type": "integer", "maximum": -3 }), json!(-3)),
        (json!({ "type": "integer", "exclusiveMaximum": 0 }), json!(-1)),
        (json!({ "type": "integer", "minimum": 11, "multipleOf": 5 }), json!(15)),
        (json!({ "type": "number", "minimum": 0, "maximum": 1 }), json!(0.5)),
        (json!({ "type": "number", "exclusiveMinimum": 2 }), json!(3.5)),
        (json!({ "type": "number", "multipleOf": 0.25, "maximum": 0 }), json!(0)),
        (
            json!({ "type": "integer", "minimum": -9007199254740991_i64, "maximum": 9007199254740991_i64 }),
            json!(1),
        ),
    ] {
        assert_eq!(instance(schema.clone()).await, expected, "{schema}");
    }
}

#[tokio::test]
async fn texts_keep_format_length_and_pattern() {
    for (schema, expected) in [
        (json!({ "type": "string", "minLength": 8 }), "valuexxx"),
        (json!({ "type": "string", "maxLength": 2 }), "va"),
        (json!({ "type": "string", "format": "email" }), "user1@example.com"),
        (json!({ "type": "string", "format": "date-time" }), "2026-01-01T12:00:00Z"),
        (json!({ "type": "string", "pattern": "^[A-Z]{3}-\\d{2,4}$" }), "AAA-00"),
        (
            json!({ "type": "string", "pattern": "^(foo|bar)+\\.(?:txt|md)?$", "minLength": 7 }),
            "foofoo.txt",
        ),
        (json!({ "type": "string", "pattern": "^[^a-z]+$" }), "X"),
        (json!({ "type": "string", "pattern": "(?=x)y" }), "value"),
        (json!({ "type": "string", "pattern": "a{999999999}" }), "value"),
    ] {
        assert_eq!(instance(schema.clone()).await, json!(expected), "{schema}");
    }
}

#[tokio::test]
async fn recursive_schemas_end() {
    let tree = instance(json!({
        "$ref": "#/$defs/node",
        "$defs": { "node": {
            "type": "object",
            "properties": { "name": { "type": "string" }, "next": { "anyOf": [{ "$ref": "#/$defs/node" }, { "type": "null" }] }, "all": { "type": "array", "items": { "$ref": "#/$defs/node" } } },
            "required": ["name", "next", "all"],
        }},
    })).await;
    fn check(node: &Value) {
        assert!(node["name"].is_string(), "{node}");
        assert!(
            node["next"].is_null() || {
                check(&node["next"]);
                true
            }
        );
        node["all"].as_array().unwrap().iter().for_each(check);
    }
    check(&tree);
}

#[tokio::test]
async fn hostile_schemas_cost_little() {
    for schema in [
        json!({ "$ref": "#" }),
        json!({ "type": "array", "minItems": 4_000_000_000_u64 }),
        json!({ "type": "array", "minItems": 9, "uniqueItems": true, "items": { "const": 1 } }),
        json!({ "type": "string", "minLength": 4_000_000_000_u64 }),
        json!({ "type": "object", "minProperties": 4_000_000_000_u64 }),
        json!({ "type": "object", "minProperties": 4_000_000_000_u64, "propertyNames": { "const": "x" } }),
        json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }] }),
        json!({ "type": "object", "required": ["a", "b"], "additionalProperties": { "$ref": "#" } }),
        json!({ "type": "object", "properties": { "a": { "$ref": "#/nowhere" } } }),
        json!({ "type": "string", "pattern": "((((((((((((((((((((x{999}){999}){999})))))))))))))))))" }),
        json!({ "type": 5, "enum": [], "properties": 3 }),
        json!(true),
        json!(false),
        json!(7),
    ] {
        let text = instance(schema).await.to_string();
        assert!(text.len() < 2_000_000, "{} bytes", text.len());
    }
}
