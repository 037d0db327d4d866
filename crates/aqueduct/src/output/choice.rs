//! One of several texts.

use std::fmt;
use std::marker::PhantomData;

use aqueduct_spec::language::{JsonFormat, ResponseFormat};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::{parse, typed};
use super::kind::OutputKind;
use super::schema::choice_schema;
use super::{Misfit, PartialJsonState, PartialText};

/// One of several texts: [`Output::choice`](super::Output::choice), [`Output::choice_of`](super::Output::choice_of).
///
/// Models are asked for an object with the choice as its `result`.
pub struct ChoiceOutput<T = String> {
    format: JsonFormat,
    options: Vec<String>,
    value: PhantomData<fn() -> T>,
}

impl<T> ChoiceOutput<T> {
    pub(super) fn new(options: Vec<String>) -> Self {
        let mut format = JsonFormat::default();
        format.schema = Some(choice_schema(&options));
        Self { format, options, value: PhantomData }
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

    /// What there is to choose from.
    pub fn options(&self) -> &[String] {
        &self.options
    }
}

impl<T: DeserializeOwned + Send + 'static> OutputKind for ChoiceOutput<T> {
    type Complete = T;
    /// The choice, once no other is possible.
    type Partial = String;

    fn name(&self) -> &'static str {
        "choice"
    }

    fn response_format(&self) -> ResponseFormat {
        self.format.clone().into()
    }

    fn read(&self, text: &str) -> Result<T, Misfit> {
        let answer = parse(text)?;
        let result = answer.get("result").ok_or_else(|| {
            Misfit::wrong_type("", "response must be an object that contains a choice value")
        })?;
        if !self.options.iter().any(|option| result == option) {
            return Err(Misfit::wrong_type("result", "the value is none of the choices"));
        }
        typed(result).map_err(|misfit| match misfit {
            Misfit::WrongType { cause, .. } => {
                Misfit::WrongType { path: "result".to_owned(), cause }
            }
            other => other,
        })
    }

    fn partial(&self, text: &mut PartialText) -> Option<Value> {
        let json = text.json();
        let answer = json.value?;
        let written = answer.get("result")?.as_str()?;
        let mut possible = self.options.iter().filter(|option| option.starts_with(written));
        let choice = if json.state == PartialJsonState::SuccessfulParse {
            possible.find(|option| *option == written)?
        } else {
            let only = possible.next()?;
            if possible.next().is_some() {
                return None;
            }
            only
        };
        Some(choice.as_str().into())
    }

    fn read_partial(&self, value: Value) -> String {
        match value {
            Value::String(choice) => choice,
            _ => String::new(),
        }
    }
}

impl<T> Clone for ChoiceOutput<T> {
    fn clone(&self) -> Self {
        Self { format: self.format.clone(), options: self.options.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for ChoiceOutput<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChoiceOutput").field("options", &self.options).finish_non_exhaustive()
    }
}
