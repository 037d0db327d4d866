//! The partial values of a stream.

use serde_json::Value;

use super::PartialText;
use super::kind::OutputKind;
use crate::text::TextStreamPart;

/// Follows the text of a stream. Only the first block of a step's text counts: the answer is expected to be one. Nothing is parsed
/// before somebody asks what there is.
#[derive(Debug)]
pub(super) struct Tracker {
    block: Option<String>,
    text: PartialText,
    /// Whether there is text that was not looked at.
    has_grown: bool,
    /// The newest value; an empty text is nothing new.
    newest: Value,
    /// Whether the newest value was not told.
    is_news: bool,
    /// How many elements were told.
    told: usize,
}

impl Default for Tracker {
    fn default() -> Self {
        Self {
            block: None,
            text: PartialText::default(),
            has_grown: false,
            newest: String::new().into(),
            is_news: false,
            told: 0,
        }
    }
}

impl Tracker {
    /// Takes the text of a part.
    pub(super) fn see(&mut self, part: &TextStreamPart) {
        match part {
            // The answer is that of the last step.
            TextStreamPart::StartStep(_) => *self = Self::default(),
            TextStreamPart::TextStart(part) if self.block.is_none() => {
                self.block = Some(part.id.clone());
            }
            TextStreamPart::TextDelta(part) => {
                let block = self.block.get_or_insert_with(|| part.id.clone());
                if *block == part.id && !part.delta.is_empty() {
                    self.text.push(&part.delta);
                    self.has_grown = true;
                }
            }
            _ => {}
        }
    }

    /// Looks at what was added.
    fn look(&mut self, kind: &impl OutputKind) {
        if !std::mem::take(&mut self.has_grown) {
            return;
        }
        if let Some(value) = kind.partial(&mut self.text)
            && value != self.newest
        {
            // A partial `null` says no more than nothing.
            self.is_news = !value.is_null();
            self.newest = value;
        }
    }

    /// The newest partial value, once.
    pub(super) fn take_news(&mut self, kind: &impl OutputKind) -> Option<Value> {
        self.look(kind);
        std::mem::take(&mut self.is_news).then(|| self.newest.clone())
    }

    /// The newest partial value.
    pub(super) fn newest(&mut self, kind: &impl OutputKind) -> Option<Value> {
        self.look(kind);
        Some(&self.newest).filter(|value| !value.is_null() && **value != "").cloned()
    }

    /// The next element that was not told.
    pub(super) fn take_element(&mut self, kind: &impl OutputKind) -> Option<Value> {
        self.look(kind);
        let element = self.newest.get(self.told)?.clone();
        self.told += 1;
        Some(element)
    }
}
