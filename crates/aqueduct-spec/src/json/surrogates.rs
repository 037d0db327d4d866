//! Halves of surrogate pairs that stand alone.
//!
//! Programs in JavaScript count text in halves of the characters beyond U+FFFF, so that `slice` cuts an emoji in two. JSON can say
//! such a half, `"\ud83d"` (RFC 8259 §8.2), and JavaScript reads it; text in Unicode has no place for it.

use serde::de::DeserializeOwned;

/// How long a half is in JSON text: `\ud83d`.
const ESCAPE_BYTES: usize = 6;

/// A half of a surrogate pair that stands alone in JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoneSurrogate {
    /// Where its escape begins, in bytes.
    pub start: usize,
    /// Where its escape ends.
    pub end: usize,
    /// What it says: 0xd800 to 0xdbff for a first half, 0xdc00 to 0xdfff for a second one.
    pub unit: u16,
}

impl LoneSurrogate {
    /// Whether a second half could follow.
    pub fn is_first_half(&self) -> bool {
        is_first(self.unit)
    }
}

/// Finds the halves of surrogate pairs that stand alone in JSON text.
pub fn lone_surrogates(json: &str) -> impl Iterator<Item = LoneSurrogate> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + json.get(at..)?.find('\\')?;
            let end = start + ESCAPE_BYTES;
            match escaped_unit(json, start) {
                // Another escape, which may be that of a backslash.
                None => at = start + 2,
                Some(unit) if is_first(unit) && escaped_unit(json, end).is_some_and(is_second) => {
                    at = end + ESCAPE_BYTES;
                }
                Some(unit) => {
                    at = end;
                    if is_first(unit) || is_second(unit) {
                        return Some(LoneSurrogate { start, end, unit });
                    }
                }
            }
        }
    })
}

/// Reads JSON. What text has no place for, halves of surrogate pairs, becomes U+FFFD.
///
/// # Errors
/// If it is not JSON, or not of this shape.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    // Only a failure pays for the second look.
    serde_json::from_slice(json).or_else(|error| match without_lone_surrogates(json) {
        Some(mended) => serde_json::from_slice(&mended),
        None => Err(error),
    })
}

/// The text with U+FFFD in the place of the halves, each as long as it was; `None` if there are none. Who looks a second time at
/// what [`from_slice`] could not read looks at this: otherwise a half would be blamed for what is wrong elsewhere.
pub fn without_lone_surrogates(json: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(json).ok()?;
    let mut halves = lone_surrogates(text).peekable();
    halves.peek()?;
    let mut mended = json.to_vec();
    for half in halves {
        if let Some(escape) = mended.get_mut(half.start..half.end) {
            escape.copy_from_slice(br"\ufffd");
        }
    }
    Some(mended)
}

/// The unit of an escape that begins there, if one does.
fn escaped_unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + ESCAPE_BYTES)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

fn is_first(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_second(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn halves_become_the_replacement_character() {
        for (text, read) in [
            (r#""\ud83d""#, json!("\u{fffd}")),
            (r#""a\uDE00b""#, json!("a\u{fffd}b")),
            (r#""\ud83d\ude00""#, json!("😀")),
            (r#""\ud83d\ud83d\ude00\ude00""#, json!("\u{fffd}😀\u{fffd}")),
            (r#""\\ud83d""#, json!(r"\ud83d")),
            (r#""\\\ud83d""#, json!("\\\u{fffd}")),
            (r#"{"\ud800":["\udfff","\u00e9é"]}"#, json!({ "\u{fffd}": ["\u{fffd}", "éé"] })),
        ] {
            assert_eq!(from_slice::<Value>(text.as_bytes()).unwrap(), read, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_otherwise_stays_wrong() {
        for text in [
            r#""\ud83""#,
            r#""\ud83d"#,
            r#""\ud83d",]"#,
            r#""\é\ud83d""#,
            r"\",
            "",
            "\"\\u+123\\ud83d",
        ] {
            assert!(from_slice::<Value>(text.as_bytes()).is_err(), "{text}");
        }
        assert!(from_slice::<Value>(b"\"\xff\\ud83d\"").is_err());
        assert!(from_slice::<u8>(br#""\ud83d""#).is_err());
        assert_eq!(without_lone_surrogates(br#""\u00e9\n\ud83d\ude00""#), None);
    }
}
