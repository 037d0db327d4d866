//! Texts: of a format, of a pattern, or of the name of their property.

use serde_json::Value;

use super::object::limit;
use super::pattern;

/// How long a text is made at most, whatever the schema asks for.
const MAX_CHARACTERS: usize = 16_384;

/// Returns a text that fits format, pattern and length. With several demands the format wins, then the pattern.
pub(super) fn string(schema: &Value, name: &str, variant: usize) -> String {
    let format =
        schema.get("format").and_then(Value::as_str).and_then(|format| of_format(format, variant));
    if let Some(text) = format {
        return text;
    }
    let least = limit(schema, "minLength").unwrap_or_default().min(MAX_CHARACTERS);
    let most = limit(schema, "maxLength").unwrap_or(MAX_CHARACTERS);
    if let Some(text) = schema
        .get("pattern")
        .and_then(Value::as_str)
        .and_then(|text| pattern::example(text, least, most))
    {
        return text;
    }
    let mut text = if variant == 0 { name.to_owned() } else { format!("{}{name}", variant + 1) };
    let length = text.chars().count();
    text.extend(std::iter::repeat_n('x', least.saturating_sub(length)));
    text.chars().take(most).collect()
}

/// Source of the names: <https://json-schema.org/draft/2020-12/json-schema-validation#section-7>, retrieved 2026-02, and what
/// schema libraries write beside them.
fn of_format(format: &str, variant: usize) -> Option<String> {
    let day = variant % 28 + 1;
    let number = variant % 250 + 1;
    Some(match format {
        "date-time" | "datetime" => format!("2026-01-{day:02}T12:00:00Z"),
        "date" => format!("2026-01-{day:02}"),
        "time" => format!("12:{:02}:00Z", variant % 60),
        "duration" => format!("PT{number}H"),
        "email" | "idn-email" => format!("user{number}@example.com"),
        "hostname" | "idn-hostname" => format!("host{number}.example.com"),
        "ipv4" => format!("192.0.2.{number}"),
        "ipv6" => format!("2001:db8::{number:x}"),
        "uri" | "url" | "iri" => format!("https://example.com/{number}"),
        "uri-reference" | "iri-reference" => format!("/{number}"),
        "uri-template" => format!("https://example.com/{number}/{{id}}"),
        "uuid" | "guid" => format!("3f2b8f0a-6b1e-4c7d-9a55-{number:012x}"),
        "json-pointer" => format!("/{number}"),
        "relative-json-pointer" => format!("{number}/value"),
        "regex" => "^.*$".to_owned(),
        "base64" | "byte" => "c2ltdWxhdG9y".to_owned(),
        "cidrv4" => format!("192.0.2.{number}/32"),
        "cidrv6" => format!("2001:db8::{number:x}/128"),
        _ => return None,
    })
}
