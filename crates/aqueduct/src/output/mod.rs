//! The form of an answer: an object of a type, a list, a choice, any JSON, or plain text.
//!
//! ```text
//! request.output(kind) ─► response_format ─► model ─► text ─► kind.read ─► a value of the type
//!                                               └ deltas ─► tracker ─► partial values, elements
//! ```
//!
//! An [`OutputKind`] says what the model is asked for and how its text is read. The text is that of the last step, so tools may
//! run before. There is no validator of schemas here: what fits the type fits.

mod array;
mod choice;
mod failure;
mod json;
mod kind;
mod object;
mod partial;
mod partial_json;
mod result;
mod schema;
mod stream;
mod text;
mod tracker;
mod verbs;

pub use array::ArrayOutput;
pub use choice::ChoiceOutput;
pub use failure::{Misfit, NoObjectGenerated};
pub use json::JsonOutput;
pub use kind::{ElementsOutput, OutputKind};
pub use object::ObjectOutput;
pub use partial::Partial;
pub use partial_json::{PartialJson, PartialJsonState, PartialText, fix_json, parse_partial_json};
pub use result::{BrokenOutput, OutputResult};
pub use stream::{Elements, OutputStream, PartialOutputs};
pub use text::TextOutput;
pub use verbs::{generate_object, stream_object};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The forms that an answer can be asked for in.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/output>, 2026-08.
#[derive(Debug)]
#[non_exhaustive]
pub struct Output;

impl Output {
    /// A value of a type, most often a struct. Its schema is sent to the model: what its documentation comments say, too.
    pub fn object<T: DeserializeOwned + JsonSchema + 'static>() -> ObjectOutput<T> {
        ObjectOutput::new(schema::closed_schema_of::<T>())
    }

    /// A value of a type, described by a schema of one's own; with `T = Value` nothing but JSON is checked.
    pub fn object_with_schema<T: DeserializeOwned + 'static>(schema: Value) -> ObjectOutput<T> {
        ObjectOutput::new(schema)
    }

    /// A list of values of a type. A stream gives each of them as soon as it is complete.
    pub fn array<T: DeserializeOwned + JsonSchema + 'static>() -> ArrayOutput<T> {
        ArrayOutput::new(schema::closed_schema_of::<T>())
    }

    /// A list of values of a type, each described by a schema of one's own.
    pub fn array_with_schema<T: DeserializeOwned + 'static>(element: Value) -> ArrayOutput<T> {
        ArrayOutput::new(element)
    }

    /// One of several texts.
    pub fn choice(options: impl IntoIterator<Item = impl Into<String>>) -> ChoiceOutput {
        ChoiceOutput::new(options.into_iter().map(Into::into).collect())
    }

    /// One of the variants of an enum without fields.
    pub fn choice_of<T: DeserializeOwned + JsonSchema + 'static>() -> ChoiceOutput<T> {
        ChoiceOutput::new(schema::variants_of::<T>())
    }

    /// Any JSON.
    pub fn json() -> JsonOutput {
        JsonOutput::default()
    }

    /// Plain text.
    pub fn text() -> TextOutput {
        TextOutput
    }
}
