//! An instance of a JSON schema: for `responseFormat`, and for the input of tools.
//!
//! It knows what SDKs and people write: `type`, `properties`, `required`, `items`, `prefixItems`, `enum`, `const`, `anyOf`,
//! `oneOf`, `allOf`, local `$ref`, bounds of numbers, lengths, formats, simple patterns. It does not know `not`, `if`,
//! `dependent…` and `contains`; and `oneOf` is read as `anyOf`.

mod array;
mod merge;
mod number;
mod object;
mod pattern;
mod string;

use serde_json::Value;

use merge::merged;

/// How many values an instance may have: a schema of a few lines can ask for more than a machine holds.
const MAX_VALUES: usize = 10_000;

/// From this depth on only what is required is filled in, so that recursive schemas end.
const ENOUGH_DEPTH: usize = 6;

/// Beyond this depth is nothing at all.
const MAX_DEPTH: usize = 48;

/// Returns a value that fits the schema: always the same one. Beyond 10 000 values the rest is `null`.
pub(super) fn instance(schema: &Value) -> Value {
    let mut maker = Maker { root: schema, values: 0 };
    maker.value(schema, Place { name: "value", depth: 0, variant: 0 })
}

/// Where in the instance a value stands.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    /// The name of the property, which texts are made of.
    name: &'a str,
    depth: usize,
    /// Values of different variants differ where the schema lets them.
    variant: usize,
}

impl<'a> Place<'a> {
    fn inside(self, name: &'a str) -> Self {
        Place { name, depth: self.depth + 1, variant: 0 }
    }
}

struct Maker<'a> {
    root: &'a Value,
    values: usize,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Value, place: Place<'_>) -> Value {
        self.values += 1;
        if self.values > MAX_VALUES || place.depth > MAX_DEPTH {
            return Value::Null;
        }
        let schema = merged(self.root, schema, place.depth > ENOUGH_DEPTH);
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array)
            && !values.is_empty()
        {
            return values.get(place.variant % values.len()).cloned().unwrap_or_default();
        }
        match kind(&schema, place.depth > ENOUGH_DEPTH) {
            "object" => self.object(&schema, place),
            "array" => self.array(&schema, place),
            "integer" => number::integer(&schema, place.variant),
            "number" => number::number(&schema, place.variant),
            "boolean" => Value::Bool(place.variant.is_multiple_of(2)),
            "null" => Value::Null,
            _ => string::string(&schema, place.name, place.variant).into(),
        }
    }

    fn is_spent(&self) -> bool {
        self.values >= MAX_VALUES
    }
}

/// The type to make: the one that is said, or the one that the other words are about.
fn kind(schema: &Value, is_deep: bool) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => return name,
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str);
            if is_deep && names.clone().any(|name| name == "null") {
                return "null";
            }
            return names.find(|name| *name != "null").unwrap_or("null");
        }
        _ => {}
    }
    let has = |words: &[&str]| words.iter().any(|word| schema.get(word).is_some());
    if has(&["properties", "required", "additionalProperties", "minProperties"]) {
        "object"
    } else if has(&["items", "prefixItems", "minItems", "maxItems"]) {
        "array"
    } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
        "number"
    } else if schema.get("nullable") == Some(&Value::Bool(true)) && is_deep {
        "null"
    } else {
        "string"
    }
}
