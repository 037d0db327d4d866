//! JSON schemas as the API takes them: OpenAPI 3.0, without references.

use aqueduct_spec::{Error, ErrorKind, JsonObject, Result};
use serde_json::{Value, json};

/// The most schemas within a schema. Definitions that name each other several times would grow without end otherwise.
const MAX_SCHEMAS: usize = 20_000;

/// The most schemas one within the other.
const MAX_DEPTH: usize = 200;

/// Writes a JSON schema as the API takes it; `None` for an object without any property, which the API refuses.
///
/// # Errors
/// `Unsupported` for references that lead elsewhere than to a definition at the root or back to themselves, and for lists of
/// values of several types. `InvalidRequest` for a schema that is too large.
pub(crate) fn to_openapi(schema: &Value) -> Result<Option<Value>> {
    let mut converter =
        Converter { root: schema, resolving: Vec::new(), left: MAX_SCHEMAS, depth: 0 };
    converter.convert(schema, true)
}

struct Converter<'a> {
    root: &'a Value,
    /// The references that are being resolved.
    resolving: Vec<String>,
    left: usize,
    depth: usize,
}

impl Converter<'_> {
    fn convert(&mut self, schema: &Value, is_root: bool) -> Result<Option<Value>> {
        if self.left == 0 || self.depth == MAX_DEPTH {
            return Err(Error::invalid_request("a JSON schema of the request is too large"));
        }
        self.left -= 1;
        self.depth += 1;
        let converted = self.converted(schema, is_root);
        self.depth -= 1;
        converted
    }

    fn converted(&mut self, schema: &Value, is_root: bool) -> Result<Option<Value>> {
        let schema = match schema {
            Value::Bool(_) => return Ok(Some(json!({ "type": "boolean", "properties": {} }))),
            Value::Object(schema) => schema,
            _ => return Ok(None),
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.resolve(schema, reference, is_root);
        }
        if is_empty_object(schema) {
            return Ok((!is_root).then(|| empty_object(schema)));
        }
        self.object(schema).map(|out| Some(Value::Object(out)))
    }

    fn object(&mut self, schema: &JsonObject) -> Result<JsonObject> {
        let mut out = JsonObject::new();
        for name in ["description", "required", "format"] {
            if let Some(value) = schema.get(name).filter(|value| is_truthy(value)) {
                out.insert(name.to_owned(), value.clone());
            }
        }
        put_type(schema.get("type"), &mut out);
        let one;
        let values = match (schema.get("enum"), schema.get("const")) {
            (Some(Value::Array(values)), _) => Some(values.as_slice()),
            (_, Some(value)) => {
                one = [value.clone()];
                Some(one.as_slice())
            }
            _ => None,
        };
        if let Some(values) = values {
            put_enum(values, schema.get("type"), &mut out)?;
        }
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let mut converted = JsonObject::new();
            for (name, property) in properties {
                if let Some(property) = self.convert(property, false)? {
                    converted.insert(name.clone(), property);
                }
            }
            out.insert("properties".to_owned(), converted.into());
        }
        match schema.get("items") {
            Some(Value::Array(items)) => {
                out.insert("items".to_owned(), self.list(items)?);
            }
            Some(items) if is_truthy(items) => {
                if let Some(items) = self.convert(items, false)? {
                    out.insert("items".to_owned(), items);
                }
            }
            _ => {}
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            out.insert("allOf".to_owned(), self.list(all)?);
        }
        if let Some(Value::Array(any)) = schema.get("anyOf") {
            self.any_of(any, &mut out)?;
        }
        if let Some(Value::Array(one)) = schema.get("oneOf") {
            out.insert("oneOf".to_owned(), self.list(one)?);
        }
        if let Some(length) = schema.get("minLength") {
            out.insert("minLength".to_owned(), length.clone());
        }
        Ok(out)
    }

    fn list(&mut self, schemas: &[Value]) -> Result<Value> {
        let converted = schemas.iter().map(|schema| self.convert(schema, false));
        let converted = converted.collect::<Result<Vec<_>>>()?;
        Ok(converted.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Null among the choices is a flag of its own.
    fn any_of(&mut self, any: &[Value], out: &mut JsonObject) -> Result<()> {
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|it| it == "null");
        let others: Vec<Value> = any.iter().filter(|it| !is_null(it)).cloned().collect();
        if others.len() == any.len() {
            out.insert("anyOf".to_owned(), self.list(any)?);
            return Ok(());
        }
        if let [only] = others.as_slice() {
            if let Some(Value::Object(converted)) = self.convert(only, false)? {
                out.insert("nullable".to_owned(), true.into());
                out.extend(converted);
            }
            return Ok(());
        }
        out.insert("anyOf".to_owned(), self.list(&others)?);
        out.insert("nullable".to_owned(), true.into());
        Ok(())
    }

    /// Puts what a reference leads to in its place: the API refuses references.
    fn resolve(
        &mut self,
        schema: &JsonObject,
        reference: &str,
        is_root: bool,
    ) -> Result<Option<Value>> {
        let (section, name) = definition_name(reference).ok_or_else(|| unsupported(reference))?;
        let key = format!("{section}/{name}");
        if self.resolving.contains(&key) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "Google schema conversion does not support recursive JSON Schema references.",
            ));
        }
        let root = self.root;
        let definition = root
            .get(section)
            .and_then(|definitions| definitions.get(&name))
            .ok_or_else(|| unsupported(reference))?;
        let mut siblings = schema.clone();
        siblings.shift_remove("$ref");
        let resolved = match definition {
            Value::Object(definition) => {
                let mut merged = definition.clone();
                merged.extend(siblings);
                Value::Object(merged)
            }
            Value::Bool(true) => Value::Object(siblings),
            _ => Value::Bool(false),
        };
        self.resolving.push(key);
        let converted = self.convert(&resolved, is_root);
        self.resolving.pop();
        converted
    }
}

fn unsupported(reference: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "Google schema conversion only supports references to direct children of root-level $defs or definitions, not {reference}"
        ),
    )
}

/// The section of the root and the name of a definition, from a JSON pointer in a URL's fragment.
///
/// Source: RFC 6901 §6.
fn definition_name(reference: &str) -> Option<(&'static str, String)> {
    let (section, name) = match reference.strip_prefix("#/$defs/") {
        Some(name) => ("$defs", name),
        None => ("definitions", reference.strip_prefix("#/definitions/")?),
    };
    let name = percent_decoded(name)?;
    let has_other_escape = || name.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    if name.is_empty() || name.contains('/') || has_other_escape() {
        return None;
    }
    Some((section, name.replace("~1", "/").replace("~0", "~")))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?.to_owned();
        bytes.push(u8::from_str_radix(&digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn is_empty_object(schema: &JsonObject) -> bool {
    let has = |name: &str| schema.get(name).is_some_and(is_truthy);
    let properties = schema.get("properties").and_then(Value::as_object);
    schema.get("type").is_some_and(|it| it == "object")
        && properties.is_none_or(JsonObject::is_empty)
        && !has("additionalProperties")
}

fn empty_object(schema: &JsonObject) -> Value {
    match schema.get("description").filter(|it| is_truthy(it)) {
        Some(description) => json!({ "type": "object", "description": description }),
        None => json!({ "type": "object" }),
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn put_type(kind: Option<&Value>, out: &mut JsonObject) {
    match kind {
        Some(Value::String(kind)) if !kind.is_empty() => {
            out.insert("type".to_owned(), kind.as_str().into());
        }
        Some(Value::Array(kinds)) => {
            let others: Vec<_> = kinds.iter().filter(|kind| *kind != "null").collect();
            if others.is_empty() {
                out.insert("type".to_owned(), "null".into());
                return;
            }
            let any: Vec<_> = others.iter().map(|kind| json!({ "type": kind })).collect();
            out.insert("anyOf".to_owned(), any.into());
            if others.len() < kinds.len() {
                out.insert("nullable".to_owned(), true.into());
            }
        }
        _ => {}
    }
}

/// A list of values. The API takes texts alone, and the type of the values beside them.
fn put_enum(values: &[Value], kind: Option<&Value>, out: &mut JsonObject) -> Result<()> {
    let allows = |name: &str| match kind {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        Some(kind) => kind == name,
    };
    let is_list = matches!(kind, Some(Value::Array(_)));
    let nullable = (is_list && allows("null")) || (kind.is_none() && values.contains(&Value::Null));
    if !values.is_empty() && values.iter().all(Value::is_null) && allows("null") {
        out.insert("type".to_owned(), "null".into());
        if is_list {
            out.shift_remove("anyOf");
        }
        return Ok(());
    }
    let others: Vec<&Value> = values.iter().filter(|it| !nullable || !it.is_null()).collect();
    let every = |test: fn(&Value) -> bool| !others.is_empty() && others.iter().all(|it| test(it));
    let name = if allows("string") && every(Value::is_string) {
        "string"
    } else if allows("number") && every(Value::is_number) {
        "number"
    } else if allows("integer") && every(is_integer) {
        "integer"
    } else if allows("boolean") && every(Value::is_boolean) {
        "boolean"
    } else {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "Google does not support this JSON Schema enum. Enum values must share one supported primitive type and match the schema type.",
        ));
    };
    out.insert("type".to_owned(), name.into());
    if is_list {
        out.shift_remove("anyOf");
    }
    if nullable {
        out.insert("nullable".to_owned(), true.into());
    }
    if name == "string" {
        out.insert("enum".to_owned(), others.into_iter().cloned().collect());
    } else {
        out.insert("format".to_owned(), "enum".into());
        out.insert("enum".to_owned(), others.into_iter().map(as_text).collect());
    }
    Ok(())
}

fn is_integer(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn as_text(value: &Value) -> Value {
    let number = value.as_f64().map(aqueduct_spec::json::number);
    Value::String(number.as_ref().unwrap_or(value).to_string())
}
