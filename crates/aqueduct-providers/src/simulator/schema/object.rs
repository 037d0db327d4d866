//! Objects.

use aqueduct_spec::JsonObject;
use serde_json::Value;

use super::{ENOUGH_DEPTH, Maker, Place};

/// How many names beyond the least number of properties are tried.
const MAX_TRIES: usize = 1000;

impl Maker<'_> {
    /// Fills in every property that is described, or deep down only those that must be.
    pub(super) fn object(&mut self, schema: &Value, place: Place<'_>) -> Value {
        let mut object = JsonObject::new();
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let any = Value::Bool(true);
        let extra = schema.get("additionalProperties").unwrap_or(&any);
        let properties = schema.get("properties").and_then(Value::as_object);
        let most = limit(schema, "maxProperties").unwrap_or(usize::MAX).max(required.len());
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            // `false` is how a schema forbids a property; a read-only one is not for the caller to give.
            if !is_required
                && (place.depth >= ENOUGH_DEPTH
                    || *property == Value::Bool(false)
                    || object.len() >= most)
            {
                continue;
            }
            object.insert(name.clone(), self.value(property, place.inside(name)));
        }
        for name in required {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.value(extra, place.inside(name)));
            }
        }
        let least = limit(schema, "minProperties").unwrap_or_default();
        // A record has nothing but extra properties; one shows what they look like.
        let shown =
            usize::from(extra.is_object() && properties.is_none() && place.depth < ENOUGH_DEPTH);
        let mut number = 1;
        while object.len() < least.max(shown).min(most)
            && *extra != Value::Bool(false)
            && !self.is_spent()
        {
            let name = self.extra_name(schema, place, number);
            if !object.contains_key(&name) {
                let value = self.value(extra, place.inside(&name));
                object.insert(name, value);
            }
            number += 1;
            // Names that are used up do not come back.
            if number > least.saturating_add(MAX_TRIES) {
                break;
            }
        }
        Value::Object(object)
    }

    /// The name of a property that the schema does not name, as `propertyNames` wants it.
    fn extra_name(&mut self, schema: &Value, place: Place<'_>, number: usize) -> String {
        let names = schema.get("propertyNames").filter(|names| names.is_object());
        let mut inside = place.inside("key");
        inside.variant = number - 1;
        match names.map(|names| self.value(names, inside)) {
            Some(Value::String(name)) => name,
            _ => format!("key{number}"),
        }
    }
}

/// Reads a bound that counts something.
pub(super) fn limit(schema: &Value, word: &str) -> Option<usize> {
    schema
        .get(word)
        .and_then(aqueduct_spec::json::count)
        .and_then(|count| usize::try_from(count).ok())
}
