//! Tools: what a model may ask the program to do.
//!
//! A [`Tool`] is a name, a schema and, unless somebody else runs it, a function. Whatever goes wrong with one (unknown name,
//! input that does not fit, a function that fails) is a [`ToolFailure`] that the model gets to see: it never ends the loop.

mod call;
mod context;
mod definition;
mod failure;
mod output;
mod set;

pub use call::{ToolCall, ToolError, ToolOutcome, ToolResult};
pub use context::ToolContext;
pub(crate) use definition::plain_model_output;
pub use definition::{Tool, TypedTool};
pub use failure::{ToolFailure, ToolFailureKind};
pub use output::{Fallible, IntoToolOutput, Plain};
pub(crate) use set::ToolSet;
