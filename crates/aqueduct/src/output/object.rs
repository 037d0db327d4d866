//! A value of a type.

use std::fmt;
use std::marker::PhantomData;

use aqueduct_spec::language::{JsonFormat, ResponseFormat};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::{parse, typed};
use super::kind::OutputKind;
use super::{Misfit, Partial, PartialText};

/// A value of a type: [`Output::object`](super::Output::object).
pub struct ObjectOutput<T> {
    format: JsonFormat,
    value: PhantomData<fn() -> T>,
}

impl<T> ObjectOutput<T> {
    pub(super) fn new(schema: Value) -> Self {
        let mut format = JsonFormat::default();
        format.schema = Some(schema);
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

impl<T: DeserializeOwned + Send + 'static> OutputKind for ObjectOutput<T> {
    type Complete = T;
    type Partial = Partial<T>;

    fn name(&self) -> &'static str {
        "object"
    }

    fn response_format(&self) -> ResponseFormat {
        self.format.clone().into()
    }

    fn read(&self, text: &str) -> Result<T, Misfit> {
        typed(&parse(text)?)
    }

    fn partial(&self, text: &mut PartialText) -> Option<Value> {
        text.json().value
    }

    fn read_partial(&self, value: Value) -> Partial<T> {
        Partial::new(value)
    }
}

impl<T> Clone for ObjectOutput<T> {
    fn clone(&self) -> Self {
        Self { format: self.format.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for ObjectOutput<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectOutput").field(&self.format).finish()
    }
}
