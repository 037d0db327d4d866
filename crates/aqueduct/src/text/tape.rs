//! What transforms let pass, noted for the loop: the record of a step is what its reader saw.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::record::Record;
use super::{ContentPart, TextStreamPart};

/// The record of the step that is under way, behind the transforms.
#[derive(Clone, Default)]
pub(crate) struct Tape(Arc<Mutex<Record>>);

impl Tape {
    /// Notes a part that is handed out.
    pub(super) fn note(&self, part: &TextStreamPart) {
        if matches!(part, TextStreamPart::StartStep(_)) {
            *self.lock() = Record::default();
        } else {
            self.lock().push(part);
        }
    }

    /// Takes the content of the step.
    pub(super) fn take(&self) -> Vec<ContentPart> {
        std::mem::take(&mut *self.lock()).into_content()
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
