//! Any JSON.

use aqueduct_spec::language::{JsonFormat, ResponseFormat};
use serde_json::Value;

use super::failure::parse;
use super::kind::OutputKind;
use super::{Misfit, PartialText};

/// Any JSON: [`Output::json`](super::Output::json).
#[derive(Debug, Clone, Default)]
pub struct JsonOutput {
    format: JsonFormat,
}

impl JsonOutput {
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

impl OutputKind for JsonOutput {
    type Complete = Value;
    type Partial = Value;

    fn name(&self) -> &'static str {
        "json"
    }

    fn response_format(&self) -> ResponseFormat {
        self.format.clone().into()
    }

    fn read(&self, text: &str) -> Result<Value, Misfit> {
        parse(text)
    }

    fn partial(&self, text: &mut PartialText) -> Option<Value> {
        text.json().value
    }

    fn read_partial(&self, value: Value) -> Value {
        value
    }
}
