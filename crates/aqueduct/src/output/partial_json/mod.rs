//! JSON that is not complete yet, as models write it.
//!
//! Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/parse-partial-json>, and the behaviour of `ai` 7.0.173 (2026-11). Where that
//! leaves a beginning of valid JSON unread (half of a surrogate pair, an escaped quote within a key), it is read here.

mod scanner;
mod text;

use std::borrow::Cow;

use serde_json::Value;

use scanner::Scanner;

pub use text::PartialText;

/// What came of reading JSON that may be incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartialJsonState {
    /// There is no text.
    UndefinedInput,
    /// The text is JSON as it is.
    SuccessfulParse,
    /// The text is JSON once it is closed.
    RepairedParse,
    /// The text is no beginning of JSON.
    FailedParse,
}

/// JSON that may be incomplete, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PartialJson {
    /// The value, if there is one.
    pub value: Option<Value>,
    /// How it was come by.
    pub state: PartialJsonState,
}

impl PartialJson {
    fn none(state: PartialJsonState) -> Self {
        Self { value: None, state }
    }

    fn read(value: Value, state: PartialJsonState) -> Self {
        Self { value: Some(value), state }
    }
}

/// Reads JSON that may be incomplete. Values that nest deeper than 128 levels are not read.
///
/// ```
/// use aqueduct::output::{PartialJsonState, parse_partial_json};
///
/// let partial = parse_partial_json(r#"{"title": "Lasa"#);
/// assert_eq!(partial.state, PartialJsonState::RepairedParse);
/// assert_eq!(partial.value.unwrap()["title"], "Lasa");
/// ```
pub fn parse_partial_json<'a>(text: impl Into<Option<&'a str>>) -> PartialJson {
    let Some(text) = text.into() else {
        return PartialJson::none(PartialJsonState::UndefinedInput);
    };
    let mut partial = PartialText::default();
    partial.push(text);
    partial.json()
}

/// Closes JSON that is incomplete: what cannot be kept is cut off, what is open is closed. Text that is no JSON is not mended.
///
/// ```
/// assert_eq!(aqueduct::output::fix_json(r#"{"a": [1, 2.5e"#), r#"{"a": [1, 2.5]}"#);
/// ```
pub fn fix_json(text: &str) -> Cow<'_, str> {
    let mut scanner = Scanner::default();
    scanner.push(text);
    let kept = text.get(..scanner.valid()).unwrap_or(text);
    let closing = scanner.closing();
    if closing.is_empty() { Cow::Borrowed(kept) } else { Cow::Owned(format!("{kept}{closing}")) }
}
