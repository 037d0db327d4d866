//! A list of values of a type.

use std::fmt;
use std::marker::PhantomData;

use aqueduct_spec::language::{JsonFormat, ResponseFormat};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::{parse, typed};
use super::kind::{ElementsOutput, OutputKind};
use super::schema::list_schema;
use super::{Misfit, PartialJsonState, PartialText};

/// A list of values of a type: [`Output::array`](super::Output::array).
///
/// Models write objects rather than lists, so they are asked for an object with the list as its `elements`.
pub struct ArrayOutput<T> {
    format: JsonFormat,
    value: PhantomData<fn() -> T>,
}

impl<T> ArrayOutput<T> {
    pub(super) fn new(element: Value) -> Self {
        let mut format = JsonFormat::default();
        format.schema = Some(list_schema(element));
        Self { format, value: PhantomData }
    }

    /// Names what is asked for; some providers tell the model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.format.name = Some(name.into());
        self
    }

    /// Says what is asked for; some providers tell the model.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.format.description = Some(description.into());
        self
    }
}

impl<T: DeserializeOwned + Send + 'static> OutputKind for ArrayOutput<T> {
    type Complete = Vec<T>;
    type Partial = Vec<T>;

    fn name(&self) -> &'static str {
        "array"
    }

    fn response_format(&self) -> ResponseFormat {
        self.format.clone().into()
    }

    fn read(&self, text: &str) -> Result<Vec<T>, Misfit> {
        let answer = parse(text)?;
        let elements = answer.get("elements").and_then(Value::as_array).ok_or_else(|| {
            Misfit::wrong_type("", "response must be an object with an elements array")
        })?;
        let read = |(position, element)| typed(element).map_err(|misfit| within(position, misfit));
        elements.iter().enumerate().map(read).collect()
    }

    /// The elements that are complete; those that do not fit are left out, to be complained of at the end.
    fn partial(&self, text: &mut PartialText) -> Option<Value> {
        if !text.take_boundary() {
            return None;
        }
        let json = text.json();
        let mut answer = json.value?;
        let Value::Array(mut elements) = answer.get_mut("elements")?.take() else { return None };
        if json.state == PartialJsonState::RepairedParse {
            elements.pop();
        }
        elements.retain(|element| T::deserialize(element).is_ok());
        Some(Value::Array(elements))
    }

    fn read_partial(&self, value: Value) -> Vec<T> {
        let Value::Array(elements) = value else { return Vec::new() };
        elements.into_iter().filter_map(|element| self.read_element(element)).collect()
    }
}

impl<T: DeserializeOwned + Send + 'static> ElementsOutput for ArrayOutput<T> {
    type Element = T;

    fn read_element(&self, value: Value) -> Option<T> {
        serde_json::from_value(value).ok()
    }
}

/// What does not fit in an element, as seen from the answer.
fn within(position: usize, misfit: Misfit) -> Misfit {
    match misfit {
        Misfit::WrongType { path, cause } => {
            let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            Misfit::WrongType { path: format!("elements[{position}]{dot}{path}"), cause }
        }
        other => other,
    }
}

impl<T> Clone for ArrayOutput<T> {
    fn clone(&self) -> Self {
        Self { format: self.format.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for ArrayOutput<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ArrayOutput").field(&self.format).finish()
    }
}
