//! Arguments of a call that arrive in pieces, each with its place.

use aqueduct_spec::{Error, JsonObject, Result};
use serde_json::Value;

use crate::google::generate_content::wire::PartialArgument;

/// The most bytes of one call's arguments.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The most items of all lists together: a hostile index would make a list of that length.
const MAX_ITEMS: usize = 100_000;

/// How deep arguments may be nested.
const MAX_DEPTH: usize = 128;

/// Arguments of a call that arrive in pieces, each with its place. What is written of them at any time is the begin of their
/// JSON, so that a client can read along.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    value: JsonObject,
    written: String,
    /// The lists and objects that are open below the root.
    open: Vec<Open>,
    items: usize,
    root_has_items: bool,
    has_root: bool,
    in_text: bool,
}

#[derive(Debug)]
struct Open {
    at: Step,
    is_list: bool,
    has_items: bool,
}

/// One step of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Arguments {
    /// Takes pieces, and returns what there is more to write.
    ///
    /// # Errors
    /// `InvalidResponse` if the arguments grow beyond all bounds.
    pub(super) fn add(&mut self, pieces: &[PartialArgument]) -> Result<String> {
        let mut out = String::new();
        for piece in pieces {
            let path = steps(&piece.json_path)?;
            let Some((leaf, containers)) = path.split_last() else { continue };
            if let (Some(more), Some(text)) = (&piece.string_value, self.text_at(&path)) {
                text.push_str(more);
                let quoted = json_text(more);
                out.push_str(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default());
                continue;
            }
            let Some(value) = value_of(piece) else { continue };
            self.set(&path, value.clone())?;
            self.go_to(containers, leaf, &mut out);
            let text = value.to_string();
            if piece.will_continue == Some(true) && value.is_string() {
                out.push_str(text.strip_suffix('"').unwrap_or(&text));
                self.in_text = true;
            } else {
                out.push_str(&text);
            }
        }
        self.written.push_str(&out);
        if self.written.len() > MAX_BYTES {
            return Err(endless());
        }
        Ok(out)
    }

    /// Returns the whole, and what of it is still to be written.
    pub(super) fn finish(self) -> (String, String) {
        let whole = Value::Object(self.value).to_string();
        let rest = whole.strip_prefix(&self.written).or_else(|| whole.get(self.written.len()..));
        let rest = rest.unwrap_or_default().to_owned();
        (whole, rest)
    }

    fn text_at(&mut self, path: &[Step]) -> Option<&mut String> {
        let (first, others) = path.split_first()?;
        let Step::Key(first) = first else { return None };
        let mut value = self.value.get_mut(first)?;
        for step in others {
            value = match step {
                Step::Key(key) => value.get_mut(key)?,
                Step::Index(index) => value.get_mut(*index)?,
            };
        }
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn set(&mut self, path: &[Step], value: Value) -> Result<()> {
        let Some((Step::Key(first), others)) = path.split_first() else { return Ok(()) };
        let mut place = self.value.entry(first.clone()).or_insert(Value::Null);
        for step in others {
            place = match step {
                Step::Key(key) => {
                    if !place.is_object() {
                        *place = Value::Object(JsonObject::new());
                    }
                    let Value::Object(object) = place else { return Ok(()) };
                    object.entry(key.clone()).or_insert(Value::Null)
                }
                Step::Index(index) => {
                    if !place.is_array() {
                        *place = Value::Array(Vec::new());
                    }
                    let Value::Array(items) = place else { return Ok(()) };
                    if items.len() <= *index {
                        self.items += *index + 1 - items.len();
                        if self.items > MAX_ITEMS {
                            return Err(endless());
                        }
                        items.resize(*index + 1, Value::Null);
                    }
                    let Some(item) = items.get_mut(*index) else { return Ok(()) };
                    item
                }
            };
        }
        *place = value;
        Ok(())
    }

    /// Closes what is open beside the way, and opens what is on it, up to the value.
    fn go_to(&mut self, containers: &[Step], leaf: &Step, out: &mut String) {
        if std::mem::take(&mut self.in_text) {
            out.push('"');
        }
        if !std::mem::replace(&mut self.has_root, true) {
            out.push('{');
        }
        let common =
            self.open.iter().zip(containers).take_while(|(open, step)| open.at == **step).count();
        while self.open.len() > common {
            if let Some(open) = self.open.pop() {
                out.push(if open.is_list { ']' } else { '}' });
            }
        }
        for (index, step) in containers.iter().enumerate().skip(common) {
            self.begin_item(step, out);
            let within = containers.get(index + 1).unwrap_or(leaf);
            let is_list = matches!(within, Step::Index(_));
            out.push(if is_list { '[' } else { '{' });
            self.open.push(Open { at: step.clone(), is_list, has_items: false });
        }
        self.begin_item(leaf, out);
    }

    fn begin_item(&mut self, step: &Step, out: &mut String) {
        let has_items = match self.open.last_mut() {
            Some(open) => &mut open.has_items,
            None => &mut self.root_has_items,
        };
        if std::mem::replace(has_items, true) {
            out.push(',');
        }
        if let Step::Key(key) = step {
            out.push_str(&json_text(key));
            out.push(':');
        }
    }
}

fn endless() -> Error {
    Error::invalid_response("the input of a tool call in the answer does not end")
}

fn json_text(text: &str) -> String {
    Value::from(text).to_string()
}

fn value_of(piece: &PartialArgument) -> Option<Value> {
    if let Some(text) = &piece.string_value {
        return Some(text.as_str().into());
    }
    if let Some(number) = &piece.number_value {
        return Some(number.as_f64().map_or(Value::Null, aqueduct_spec::json::number));
    }
    if let Some(yes) = piece.bool_value {
        return Some(yes.into());
    }
    piece.null_value.as_ref().map(|_| Value::Null)
}

/// The steps of a place: `$.recipe.steps[0]`.
fn steps(path: &str) -> Result<Vec<Step>> {
    let path = path.strip_prefix("$.").unwrap_or(path);
    let mut steps = Vec::new();
    for part in path.split('.').filter(|_| !path.is_empty()) {
        let mut pieces = part.split('[');
        let key = pieces.next().unwrap_or_default();
        if !key.is_empty() || !part.contains('[') {
            steps.push(Step::Key(key.to_owned()));
        }
        let indexes = pieces.filter_map(|piece| piece.strip_suffix(']')?.parse().ok());
        for index in indexes {
            if index >= MAX_ITEMS {
                return Err(endless());
            }
            steps.push(Step::Index(index));
        }
    }
    if steps.len() > MAX_DEPTH {
        return Err(endless());
    }
    Ok(steps)
}
