//! One schema out of several: what `$ref`, `allOf` and `anyOf` say together.

use aqueduct_spec::JsonObject;
use serde_json::{Value, json};

/// How many references and alternatives are followed for one value; beyond that they are a circle.
const MAX_STEPS: usize = 32;

/// Returns the schema with references, conjunctions and alternatives put in their places. `is_deep` prefers alternatives that
/// end.
pub(super) fn merged(root: &Value, schema: &Value, is_deep: bool) -> Value {
    let mut schema = match schema {
        Value::Object(object) => object.clone(),
        // `false` fits nothing; `null` stands for it.
        Value::Bool(false) => return json!({ "type": "null" }),
        _ => return json!({}),
    };
    for _ in 0..MAX_STEPS {
        if let Some(reference) = schema.shift_remove("$ref") {
            let target = reference.as_str().and_then(|reference| resolve(root, reference));
            absorb(&mut schema, target);
        } else if let Some(Value::Array(all)) = schema.shift_remove("allOf") {
            for each in &all {
                absorb(&mut schema, Some(each));
            }
        } else if let Some(Value::Array(any)) =
            schema.shift_remove("anyOf").or_else(|| schema.shift_remove("oneOf"))
        {
            absorb(&mut schema, choose(&any, is_deep));
        } else {
            return Value::Object(schema);
        }
    }
    json!({ "type": "null" })
}

fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    root.pointer(pointer).or_else(|| {
        // `#name` is an anchor; some libraries write percent escapes into pointers.
        root.pointer(&pointer.replace("%24", "$").replace("%20", " "))
    })
}

fn choose(schemas: &[Value], is_deep: bool) -> Option<&Value> {
    let is_null = |schema: &&Value| schema.get("type").and_then(Value::as_str) == Some("null");
    let ends = |schema: &&Value| schema.get("$ref").is_none() && !has_children(schema);
    if is_deep {
        return schemas
            .iter()
            .find(is_null)
            .or_else(|| schemas.iter().find(ends))
            .or(schemas.first());
    }
    schemas.iter().find(|schema| !is_null(schema)).or(schemas.first())
}

fn has_children(schema: &Value) -> bool {
    ["properties", "items", "prefixItems", "anyOf", "oneOf", "allOf"]
        .iter()
        .any(|word| schema.get(word).is_some())
}

/// Adds what another schema says: both must hold.
fn absorb(schema: &mut JsonObject, other: Option<&Value>) {
    let Some(Value::Object(other)) = other else { return };
    for (word, value) in other {
        match schema.get_mut(word) {
            None => {
                schema.insert(word.clone(), value.clone());
            }
            Some(mine) => meet(word, mine, value),
        }
    }
}

fn meet(word: &str, mine: &mut Value, other: &Value) {
    let (is_more, is_less) = (other.as_f64() > mine.as_f64(), other.as_f64() < mine.as_f64());
    match (word, &mut *mine, other) {
        ("properties" | "$defs" | "definitions", Value::Object(mine), Value::Object(other)) => {
            for (name, schema) in other {
                match mine.get_mut(name) {
                    None => {
                        mine.insert(name.clone(), schema.clone());
                    }
                    Some(both) => *both = json!({ "allOf": [both.clone(), schema] }),
                }
            }
        }
        ("required" | "allOf", Value::Array(mine), Value::Array(other)) => {
            mine.extend(other.iter().cloned());
        }
        ("enum", Value::Array(mine), Value::Array(other)) => {
            mine.retain(|value| other.contains(value));
        }
        ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", _, _)
            if is_more =>
        {
            *mine = other.clone();
        }
        ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", _, _)
            if is_less =>
        {
            *mine = other.clone();
        }
        // An integer is a number; of two unions the common members hold.
        ("type", Value::String(mine), Value::String(other))
            if mine == "number" && other == "integer" =>
        {
            mine.clone_from(other);
        }
        ("type", Value::Array(_), Value::String(_)) => *mine = other.clone(),
        ("type", Value::Array(mine), Value::Array(other)) => {
            mine.retain(|name| other.contains(name));
        }
        _ => {}
    }
}
