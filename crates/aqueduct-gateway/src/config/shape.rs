//! Holds a document to the JSON schema of the configuration, and tells every mistake rather than the first.
//!
//! It knows the few words of JSON Schema that the schema of `raw.rs` is written in; a test holds it to that.

use aqueduct_spec::near_miss;
use serde_json::{Map, Value};

use super::path;
use super::problem::Finding;
use super::units;

/// Compares values with a schema.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    root: &'a Value,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Shape<'a> {
    pub(super) fn new(schema: &'a Value) -> Self {
        Self { root: schema, findings: Vec::new() }
    }

    /// Checks the whole document.
    pub(super) fn check(mut self, value: &Value) -> Vec<Finding> {
        self.value("", value, self.root);
        self.findings
    }

    fn value(&mut self, path: &str, value: &Value, schema: &'a Value) {
        let Some(schema) = self.choose(value, schema) else {
            let expected = self.expected(schema);
            let message = format!("expected {expected}, found {}", name_of(value));
            return self.findings.push(Finding::value(path, message, ""));
        };
        match value {
            Value::Object(fields) => self.fields(path, fields, schema),
            Value::Array(items) => {
                if schema.get("minItems").and_then(Value::as_u64) > Some(items.len() as u64) {
                    self.findings.push(Finding::value(
                        path,
                        "the list is empty",
                        "name at least one",
                    ));
                }
                let Some(of) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.value(&path::item(path, index), item, of);
                }
            }
            _ => self.scalar(path, value, schema),
        }
    }

    fn fields(&mut self, path: &str, fields: &Map<String, Value>, schema: &'a Value) {
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in fields {
            let path = path::field(path, key);
            match (known.and_then(|known| known.get(key)), others) {
                (Some(schema), _) => self.value(&path, value, schema),
                (None, Some(schema @ Value::Object(_))) => self.value(&path, value, schema),
                (None, Some(Value::Bool(false))) => self.unknown(path, key, known),
                (None, _) => {}
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = name.as_str().filter(|name| !fields.contains_key(*name)) {
                let message = format!("'{name}' is missing");
                self.findings.push(Finding::key(path, message, format!("add {name} = …")));
            }
        }
    }

    fn unknown(&mut self, path: String, key: &str, known: Option<&'a Map<String, Value>>) {
        let names = || known.into_iter().flat_map(Map::keys).map(String::as_str);
        let fix = match near_miss(key, names()) {
            Some(name) => format!("did you mean '{name}'?"),
            None => format!("known here: {}", names().collect::<Vec<_>>().join(", ")),
        };
        self.findings.push(Finding::key(path, format!("unknown field '{key}'"), fix));
    }

    fn scalar(&mut self, path: &str, value: &Value, schema: &Value) {
        let wrong = match schema.get("format").and_then(Value::as_str) {
            Some(units::PERIOD_FORMAT) if units::period(value).is_none() => {
                Some(("not a duration", "write it as in \"500ms\", \"30s\" or \"2m\"".to_owned()))
            }
            Some(units::SIZE_FORMAT) if units::size(value).is_none() => {
                Some(("not a size", "write it as in \"512KiB\" or \"32MiB\"".to_owned()))
            }
            _ => out_of_range(value, schema).map(|fix| ("out of range", fix)),
        };
        if let Some((message, fix)) = wrong {
            self.findings.push(Finding::value(path, message, fix));
        }
    }

    /// The schema that fits the value's type: behind references and among alternatives.
    fn choose(&self, value: &Value, schema: &'a Value) -> Option<&'a Value> {
        if let Some(target) = self.target(schema) {
            return self.choose(value, target);
        }
        if let Some(choices) = alternatives(schema) {
            return choices.iter().find_map(|schema| self.choose(value, schema));
        }
        types(schema).is_none_or(|types| types.iter().any(|name| is(value, name))).then_some(schema)
    }

    fn target(&self, schema: &Value) -> Option<&'a Value> {
        self.root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    /// What would have fitted, for a person.
    fn expected(&self, schema: &'a Value) -> String {
        let mut names = Vec::new();
        self.expected_types(schema, &mut names);
        names.dedup();
        names.join(" or ")
    }

    fn expected_types(&self, schema: &'a Value, names: &mut Vec<&'static str>) {
        if let Some(target) = self.target(schema) {
            self.expected_types(target, names);
        }
        for schema in alternatives(schema).into_iter().flatten() {
            self.expected_types(schema, names);
        }
        for name in types(schema).into_iter().flatten() {
            names.push(match name {
                "object" => "a table",
                "array" => "a list",
                "string" => "text in quotes",
                "integer" => "a whole number",
                "number" => "a number",
                "boolean" => "true or false",
                _ => continue, // TOML has no null
            });
        }
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array)
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(name) => Some(vec![name]),
        Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => false,
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "a table",
        Value::Array(_) => "a list",
        Value::String(_) => "text",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Null => "a number that is too large",
    }
}

fn out_of_range(value: &Value, schema: &Value) -> Option<String> {
    let number = value.as_f64()?;
    let bound = |name| schema.get(name).and_then(Value::as_f64);
    if let Some(least) = bound("minimum").filter(|least| number < *least) {
        return Some(format!("the least is {least}"));
    }
    bound("maximum").filter(|most| number > *most).map(|most| format!("the most is {most}"))
}
