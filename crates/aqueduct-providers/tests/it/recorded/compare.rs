//! What is different between two values.

use std::collections::BTreeSet;

use aqueduct_spec::Timestamp;
use serde_json::Value;

/// Lists the differences, each with its place. At volatile places only the kind of value has to be the same.
pub(super) fn differences(want: &Value, have: &Value, volatile: &BTreeSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    walk(Some(want), Some(have), "", volatile, &mut out);
    out
}

fn walk(
    want: Option<&Value>,
    have: Option<&Value>,
    at: &str,
    volatile: &BTreeSet<String>,
    out: &mut Vec<String>,
) {
    if volatile.contains(at) {
        if want.is_some() && want.map(kind) != have.map(kind) {
            out.push(format!("{at}: expected some {}, got {}", short(want), short(have)));
        }
        return;
    }
    let join = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}/{key}") };
    match (want, have) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                walk(a.get(key), b.get(key), &join(key), volatile, out);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                walk(a.get(index), b.get(index), &join(&index.to_string()), volatile, out);
            }
        }
        (Some(a), Some(b)) if same(a, b) => {}
        _ => out.push(format!("{at}: expected {}, got {}", short(want), short(have))),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => {
            let json = |text: &str| serde_json::from_str::<Value>(text).ok();
            let date = |text: &str| Timestamp::parse(text);
            a == b
                || (a.starts_with(['{', '[']) && json(a).is_some() && json(a) == json(b))
                || (date(a).is_some() && date(a) == date(b))
        }
        (a, b) => a == b,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn short(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    text.chars().take(160).collect()
}
