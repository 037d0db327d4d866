//! Reading JSON without repeating in a message what it says.

use aqueduct_spec::json::{from_slice, without_lone_surrogates};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Reads JSON. The error text says what and where, and holds nothing of the input but names of fields.
pub(crate) fn decode_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // A byte order mark is not JSON, but every web client forgives one.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Only a failure pays for the second look, which finds out where it was.
    from_slice(bytes).map_err(|_| explain::<T>(bytes))
}

fn explain<T: DeserializeOwned>(bytes: &[u8]) -> String {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return "it is empty".to_owned();
    }
    let mended = without_lone_surrogates(bytes);
    let mut input = serde_json::Deserializer::from_slice(mended.as_deref().unwrap_or(bytes));
    match serde_path_to_error::deserialize::<_, T>(&mut input) {
        Ok(_) => "characters follow after its end".to_owned(),
        Err(error) if error.inner().classify() == Category::Data => {
            format!("{} at '{}'", expectation(&error.inner().to_string()), error.path())
        }
        Err(error) => error.inner().to_string(),
    }
}

/// What was expected. What came instead is a part of the body, and stays out.
fn expectation(message: &str) -> String {
    // serde_json adds the position to its messages; the path says more.
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some((_, expected)) = message.rsplit_once(", expected ") {
        return format!("expected {expected}");
    }
    if message.starts_with("missing field `") {
        return message.to_owned();
    }
    "unexpected value".to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn problem<T: DeserializeOwned>(text: &str) -> String {
        decode_json::<T>(text.as_bytes()).err().unwrap()
    }

    #[test]
    fn reads_behind_a_byte_order_mark() {
        assert_eq!(decode_json::<Vec<u8>>(b"\xEF\xBB\xBF[1]"), Ok(vec![1]));
    }

    #[test]
    fn says_where_and_nothing_of_the_body() {
        type Shape = BTreeMap<String, Vec<u8>>;
        assert_eq!(problem::<Shape>(r#"{"a":["my prompt"]}"#), "expected u8 at 'a[0]'");
        assert_eq!(
            problem::<Shape>(r#"{"a":[1]"#),
            "EOF while parsing an object at line 1 column 8"
        );
        assert_eq!(problem::<Shape>("{} {}"), "characters follow after its end");
        assert_eq!(problem::<Shape>(r#"{"\ud83d":["x"]}"#), "expected u8 at '\u{fffd}[0]'");
        assert_eq!(problem::<Shape>(" \n"), "it is empty");
        assert!(problem::<Shape>("<html>").starts_with("expected value"));
    }
}
