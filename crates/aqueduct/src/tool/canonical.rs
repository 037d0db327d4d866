//! One spelling for each JSON value, to be hashed.
//!
//! Source: the behaviour of `ai` 7.0 (2026-08): JSON as JavaScript writes it, keys in the order of their UTF-16 code units;
//! digests are SHA-256 in base64url without padding.

use aqueduct_spec::json::number;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::Value;

pub(crate) fn canonical_digest(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical_json(value).as_bytes()))
}

pub(crate) fn canonical_json(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Number(given) if !given.is_i64() && !given.is_u64() => {
            given.as_f64().map_or_else(|| value.clone(), number)
        }
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sorts_keys_and_writes_numbers_as_javascript_does() {
        let value = json!({ "b": [1.0, 0.5, -0.0], "a": { "z": null, "\u{e000}": 1, "😀": 2 } });
        assert_eq!(
            canonical_json(&value),
            "{\"a\":{\"z\":null,\"😀\":2,\"\u{e000}\":1},\"b\":[1,0.5,0]}",
            "surrogates sort before the private use area"
        );
    }
}
