//! TOML text as JSON, with the place of every field.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::path;
use super::problem::{At, Finding, Problem, Problems};

/// A file that is TOML; nothing else is known of it.
#[derive(Debug)]
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    pub(super) value: Value,
    places: HashMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
}

impl<'a> Document<'a> {
    /// Reads the text. Mistakes in the syntax are told all at once, and nothing else is, for the rest would be guesswork.
    pub(super) fn read(file: &'a str, text: &'a str) -> Result<Self, Problems> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut document = Self { file, text, value: Value::Null, places: HashMap::new() };
        if !errors.is_empty() {
            let problem = |error: &toml::de::Error| {
                let span = error.span().unwrap_or(0..0);
                let (line, column) = position(text, span.start);
                Problem {
                    file: file.to_owned(),
                    line,
                    column,
                    field: String::new(),
                    message: format!("not TOML: {}", error.message().replace('\n', ", ")),
                    fix: String::new(),
                }
            };
            return Err(Problems(errors.iter().map(problem).collect()));
        }
        document.value = document.table("", table.get_ref());
        Ok(document)
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) -> Value {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            let path = path::field(path, name);
            let json = self.note(&path, key.span(), value);
            (name.clone().into_owned(), json)
        };
        Value::Object(table.iter().map(entry).collect::<Map<_, _>>())
    }

    fn note(&mut self, path: &str, key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Value {
        self.places.insert(path.to_owned(), Place { key, value: value.span() });
        self.json(path, value.get_ref())
    }

    fn json(&mut self, path: &str, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::String(text.clone().into_owned()),
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or(Value::Null, Into::into),
            DeValue::Float(float) => float
                .as_str()
                .parse()
                .ok()
                .and_then(Number::from_f64)
                .map_or(Value::Null, Value::Number),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Array(items) => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.note(&path::item(path, index), item.span(), item))
                    .collect(),
            ),
            DeValue::Table(table) => self.table(path, table),
        }
    }

    /// Finds the place of a finding. A field that is not there is where its nearest parent is.
    pub(super) fn locate(&self, finding: Finding) -> Problem {
        let Finding { field, at, message, fix } = finding;
        let mut path = field.as_str();
        let start = loop {
            if let Some(place) = self.places.get(path) {
                break Some(if at == At::Key { place.key.start } else { place.value.start });
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => break None,
            }
        };
        let (line, column) = start.map_or((0, 0), |start| position(self.text, start));
        Problem { file: self.file.to_owned(), line, column, field, message, fix }
    }

    /// Places findings, in the order of the file.
    pub(super) fn locate_all(&self, findings: Vec<Finding>) -> Problems {
        let mut problems: Vec<_> =
            findings.into_iter().map(|finding| self.locate(finding)).collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Problems(problems)
    }
}

/// The line and the column, both counted from 1, of a byte.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}
