//! What a form of answers has to say.

use aqueduct_spec::language::ResponseFormat;
use serde_json::Value;

use super::{Misfit, PartialText};

/// A form of answers: what the model is asked for, and how its text is read. Programs may have forms of their own.
pub trait OutputKind: Clone + Unpin + Send + Sync + 'static {
    /// A whole answer.
    type Complete: Send + 'static;

    /// An answer as far as it is there.
    type Partial: Send + 'static;

    /// What the form is called, as in `object`.
    fn name(&self) -> &'static str;

    /// What the model is asked for.
    fn response_format(&self) -> ResponseFormat;

    /// Reads a whole answer.
    ///
    /// # Errors
    /// What does not fit, and where.
    fn read(&self, text: &str) -> Result<Self::Complete, Misfit>;

    /// The answer as far as it is there, as JSON, so that it can be compared with what was there before; `None` if there is
    /// nothing, or nothing new.
    fn partial(&self, text: &mut PartialText) -> Option<Value>;

    /// Gives a partial answer its type.
    fn read_partial(&self, value: Value) -> Self::Partial;
}

/// A form of answers that consists of elements: its partial value is an array of those that are complete.
pub trait ElementsOutput: OutputKind {
    /// An element.
    type Element: Send + 'static;

    /// Gives an element its type.
    fn read_element(&self, value: Value) -> Option<Self::Element>;
}
