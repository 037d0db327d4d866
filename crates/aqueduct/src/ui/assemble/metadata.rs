//! What the program notes about a message, note by note.

use serde_json::Value;

use super::Assembler;

impl Assembler {
    /// Adds a note and says whether there was one.
    pub(super) fn note(&mut self, note: Option<&Value>) -> bool {
        let Some(note) = note.filter(|note| !note.is_null()) else { return false };
        match &mut self.message.metadata {
            Some(metadata) if !metadata.is_null() => merge(metadata, note),
            metadata => *metadata = Some(note.clone()),
        }
        true
    }
}

/// Objects are merged, all else is replaced. serde_json bounds how deep they nest.
fn merge(base: &mut Value, note: &Value) {
    match (base, note) {
        (Value::Object(base), Value::Object(note)) => {
            for (key, value) in note {
                match base.get_mut(key) {
                    Some(old) => merge(old, value),
                    None => drop(base.insert(key.clone(), value.clone())),
                }
            }
        }
        (base, note) => base.clone_from(note),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_merged_and_all_else_is_replaced() {
        let mut base = json!({ "a": { "b": 1, "c": [1] }, "d": 1 });
        merge(&mut base, &json!({ "a": { "c": [2], "e": null }, "d": { "f": 1 } }));
        assert_eq!(base, json!({ "a": { "b": 1, "c": [2], "e": null }, "d": { "f": 1 } }));
    }
}
