//! Fields that nobody has heard of, put into JSON and taken out again.

use serde_json::Value;

const NAME: &str = "aqueductNews";

/// Objects whose names are somebody's own: what is added there is content.
const OWN: &[&str] = &["arguments", "args", "input", "parameters", "logprobs", "tokens"];

/// Adds an unknown field to every object.
pub(super) fn add(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if !OWN.contains(&name.as_str()) {
                    add(field);
                }
            }
            fields.insert(NAME.to_owned(), serde_json::json!({ "of": ["tomorrow"] }));
        }
        _ => {}
    }
}

/// Takes the unknown fields out again, also out of texts that are JSON.
pub(super) fn remove(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove),
        Value::Object(fields) => {
            fields.shift_remove(NAME);
            fields.values_mut().for_each(remove);
        }
        Value::String(text) if text.contains(NAME) => {
            if let Ok(mut inner) = serde_json::from_str::<Value>(text) {
                remove(&mut inner);
                *text = inner.to_string();
            }
        }
        _ => {}
    }
}
