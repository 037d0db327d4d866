//! Arrays and tuples.

use serde_json::Value;

use super::object::limit;
use super::{ENOUGH_DEPTH, Maker, Place};

impl Maker<'_> {
    /// Makes the items of a tuple, or one item of a list, or as many as there must be.
    pub(super) fn array(&mut self, schema: &Value, place: Place<'_>) -> Value {
        let items = schema.get("items");
        // Until draft 2019-09 a list under `items` was the tuple, and `additionalItems` the rest.
        let (tuple, rest) = match (schema.get("prefixItems"), items) {
            (Some(Value::Array(tuple)), rest) => (tuple.as_slice(), rest),
            (_, Some(Value::Array(tuple))) => (tuple.as_slice(), schema.get("additionalItems")),
            (_, rest) => (&[][..], rest),
        };
        let least = limit(schema, "minItems").unwrap_or_default();
        let most = limit(schema, "maxItems").unwrap_or(usize::MAX);
        let usual =
            if tuple.is_empty() && place.depth >= ENOUGH_DEPTH { 0 } else { tuple.len().max(1) };
        let usual = if !tuple.is_empty() { tuple.len() } else { usual };
        let any = Value::Bool(true);
        let rest = rest.unwrap_or(&any);
        let is_unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let name =
            place.name.strip_suffix('s').filter(|name| !name.is_empty()).unwrap_or(place.name);

        let mut made: Vec<Value> = Vec::new();
        let mut variant = 0;
        while made.len() < usual.max(least).min(most) && !self.is_spent() {
            let item = tuple.get(made.len()).unwrap_or(rest);
            if *item == Value::Bool(false) {
                break;
            }
            let mut inside = place.inside(name);
            inside.variant = if tuple.is_empty() { variant } else { 0 };
            variant += 1;
            let value = self.value(item, inside);
            if !is_unique || !made.contains(&value) {
                made.push(value);
            }
        }
        Value::Array(made)
    }
}
