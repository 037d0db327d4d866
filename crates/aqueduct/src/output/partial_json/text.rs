//! A text that arises piece by piece, and the JSON that it is so far.

use aqueduct_spec::json::from_slice;
use serde_json::Value;

use super::scanner::Scanner;
use super::{PartialJson, PartialJsonState};

/// A text that arises piece by piece, and the JSON that it is so far. What was scanned is not scanned again.
///
/// ```
/// let mut text = aqueduct::output::PartialText::default();
/// text.push(r#"{"a": [1, "#);
/// text.push("2");
/// assert_eq!(text.json().value.unwrap()["a"], serde_json::json!([1, 2]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PartialText {
    text: String,
    scanner: Scanner,
    /// Whether no continuation can be JSON any more.
    is_hopeless: bool,
}

impl PartialText {
    /// Adds a piece.
    pub fn push(&mut self, piece: &str) {
        self.text.push_str(piece);
        if !self.is_hopeless {
            self.scanner.push(piece);
        }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether, since this was last asked, a list that is a field of the whole can have got another element. Between those
    /// there is no need to read the JSON anew.
    pub(crate) fn take_boundary(&mut self) -> bool {
        self.scanner.take_boundary()
    }

    /// The JSON so far, as [`parse_partial_json`](super::parse_partial_json) reads it.
    pub fn json(&mut self) -> PartialJson {
        if self.is_hopeless {
            return PartialJson::none(PartialJsonState::FailedParse);
        }
        if self.scanner.may_be_whole()
            && let Ok(value) = from_slice(self.text.as_bytes())
        {
            return PartialJson::read(value, PartialJsonState::SuccessfulParse);
        }
        match self.parse_closed() {
            Ok(value) => PartialJson::read(value, PartialJsonState::RepairedParse),
            Err(is_hopeless) => {
                self.is_hopeless = is_hopeless;
                PartialJson::none(PartialJsonState::FailedParse)
            }
        }
    }

    /// Parses the text as it is once closed; says of a failure whether it is there to stay.
    fn parse_closed(&mut self) -> Result<Value, bool> {
        let valid = self.scanner.valid();
        // In place: a copy of the whole text for every piece of it would cost more than the parsing.
        let rest = self.text.split_off(valid);
        self.text.push_str(&self.scanner.closing());
        let parsed = from_slice(self.text.as_bytes()).map_err(|error| {
            // What is kept stays kept: if the parser fails within, it always will.
            let (line, column) = (error.line(), error.column());
            !error.is_eof() && offset(&self.text, line, column).is_some_and(|at| at < valid)
        });
        self.text.truncate(valid);
        self.text.push_str(&rest);
        parsed
    }
}

/// Where in a text a column (in bytes, from 1) of a line (from 1) is.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let line = line.checked_sub(1)?;
    let start = match line.checked_sub(1) {
        None => 0,
        Some(breaks) => text.match_indices('\n').nth(breaks)?.0 + 1,
    };
    Some(start + column)
}
