//! The partial values of a stream.

use serde_json::Value;

use super::PartialText;
use super::kind::OutputKind;
use crate::text::TextStreamPart;

/// Follows the text of a stream. Only the first block of a step's text counts: the answer is expected to be one.
#[derive(Debug)]
pub(super) struct Tracker {
    block: Option<String>,
    text: PartialText,
    /// What was last told; an empty text is nothing new.
    last: Value,
    /// What is to be told.
    news: Option<Value>,
    /// How many elements were told.
    told: usize,
}

impl Default for Tracker {
    fn default() -> Self {
        Self {
            block: None,
            text: PartialText::default(),
            last: String::new().into(),
            news: None,
            told: 0,
        }
    }
}

impl Tracker {
    /// Looks at a part; returns whether there is a new partial value.
    pub(super) fn see(&mut self, part: &TextStreamPart, kind: &impl OutputKind) -> bool {
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
                    return self.look(kind);
                }
            }
            _ => {}
        }
        false
    }

    fn look(&mut self, kind: &impl OutputKind) -> bool {
        match kind.partial(&mut self.text) {
            Some(value) if value != self.last => {
                self.last = value.clone();
                // A partial `null` says no more than nothing.
                self.news = Some(value).filter(|value| !value.is_null());
                true
            }
            _ => false,
        }
    }

    /// The newest partial value, once.
    pub(super) fn take_news(&mut self) -> Option<Value> {
        self.news.take()
    }

    /// The newest partial value.
    pub(super) fn newest(&self) -> Option<&Value> {
        Some(&self.last).filter(|value| !value.is_null() && **value != "")
    }

    /// The next element that was not told.
    pub(super) fn take_element(&mut self) -> Option<Value> {
        let element = self.last.get(self.told)?.clone();
        self.told += 1;
        Some(element)
    }
}
