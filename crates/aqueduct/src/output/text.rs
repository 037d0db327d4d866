//! Plain text.

use aqueduct_spec::language::{ResponseFormat, TextFormat};
use serde_json::Value;

use super::kind::OutputKind;
use super::{Misfit, PartialText};

/// Plain text: [`Output::text`](super::Output::text). Partial values are the text so far.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TextOutput;

impl OutputKind for TextOutput {
    type Complete = String;
    type Partial = String;

    fn name(&self) -> &'static str {
        "text"
    }

    fn response_format(&self) -> ResponseFormat {
        TextFormat::default().into()
    }

    fn read(&self, text: &str) -> Result<String, Misfit> {
        Ok(text.to_owned())
    }

    fn partial(&self, text: &mut PartialText) -> Option<Value> {
        Some(text.text().into())
    }

    fn read_partial(&self, value: Value) -> String {
        match value {
            Value::String(text) => text,
            _ => String::new(),
        }
    }
}
