//! Durations and sizes as people write them: `"30s"`, `"32MiB"`.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A duration: a number of seconds, or text with a unit (`ms`, `s`, `m`, `h`, `d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period(pub(crate) Duration);

/// A number of bytes: a number, or text with a unit (`KB`, `KiB`, `MB`, `MiB`, `GB`, `GiB`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

pub(super) const PERIOD_FORMAT: &str = "aqueduct-duration";
pub(super) const SIZE_FORMAT: &str = "aqueduct-size";

/// Reads a duration.
pub(super) fn period(value: &Value) -> Option<Duration> {
    let (number, unit) = number_and_unit(value)?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        "d" => number * 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// Reads a size.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
pub(super) fn size(value: &Value) -> Option<u64> {
    let (number, unit) = number_and_unit(value)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "kib" | "k" => 1024.0,
        "mb" => 1e6,
        "mib" | "m" => 1_048_576.0,
        "gb" => 1e9,
        "gib" | "g" => 1_073_741_824.0,
        _ => return None,
    };
    let bytes = number * factor;
    (0.0..9e15).contains(&bytes).then_some(bytes as u64)
}

fn number_and_unit(value: &Value) -> Option<(f64, &str)> {
    match value {
        Value::Number(number) => Some((number.as_f64()?, "")),
        Value::String(text) => {
            let text = text.trim();
            let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
            let (number, unit) = text.split_at_checked(end)?;
            Some((number.parse().ok()?, unit.trim()))
        }
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        period(&value).map(Self).ok_or_else(|| de::Error::custom("not a duration, as in \"30s\""))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        size(&value).map(Self).ok_or_else(|| de::Error::custom("not a size, as in \"32MiB\""))
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number"],
            "format": PERIOD_FORMAT,
            "description": "A number of seconds, or text with a unit: \"500ms\", \"30s\", \"2m\", \"1h\".",
            "examples": ["30s"]
        })
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "format": SIZE_FORMAT,
            "description": "A number of bytes, or text with a unit: \"512KiB\", \"32MiB\", \"1GB\".",
            "examples": ["32MiB"]
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_durations() {
        let millis = |value| period(&value).map(|period| period.as_millis());
        assert_eq!(millis(json!("500ms")), Some(500));
        assert_eq!(millis(json!("1.5 s")), Some(1500));
        assert_eq!(millis(json!(2)), Some(2000));
        assert_eq!(millis(json!("2m")), Some(120_000));
        for wrong in [json!("-1s"), json!("1 fortnight"), json!("s"), json!(-1), json!(true)] {
            assert_eq!(period(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reads_sizes() {
        assert_eq!(size(&json!("32MiB")), Some(32 << 20));
        assert_eq!(size(&json!("1.5 kb")), Some(1500));
        assert_eq!(size(&json!(7)), Some(7));
        for wrong in [json!("1 pint"), json!(-1), json!("999999999 GiB")] {
            assert_eq!(size(&wrong), None, "{wrong}");
        }
    }
}
