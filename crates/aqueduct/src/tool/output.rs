//! What a tool's function may return.

use std::error::Error as StdError;

use serde::Serialize;
use serde_json::Value;

use super::ToolFailure;

/// What a tool's function may return: any value that serde can write, or a `Result` of one.
///
/// The marker `K` tells the two apart and is always inferred. A `Result` whose error serde could write as well (a `String`)
/// fits both and does not compile: return a `Box<dyn Error + Send + Sync>` or a type of your own instead.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "neither a value that serde can write nor a `Result` of one",
    note = "derive `serde::Serialize` for it; an error needs to become a `Box<dyn Error + Send + Sync>`, as those of `thiserror` and `anyhow` do"
)]
pub trait IntoToolOutput<K>: Send {
    /// Writes the value as JSON.
    ///
    /// # Errors
    /// The function's own error, or that of serde.
    fn into_tool_output(self) -> Result<Value, ToolFailure>;
}

/// Marks a value that is no `Result`.
#[derive(Debug)]
pub struct Plain;

/// Marks a `Result`.
#[derive(Debug)]
pub struct Fallible;

impl<T: Serialize + Send> IntoToolOutput<Plain> for T {
    fn into_tool_output(self) -> Result<Value, ToolFailure> {
        serde_json::to_value(self).map_err(|error| ToolFailure::of(Box::new(error)))
    }
}

impl<T, E> IntoToolOutput<Fallible> for Result<T, E>
where
    T: Serialize + Send,
    E: Into<Box<dyn StdError + Send + Sync>> + Send,
{
    fn into_tool_output(self) -> Result<Value, ToolFailure> {
        self.map_err(|error| ToolFailure::of(error.into()))?.into_tool_output()
    }
}
