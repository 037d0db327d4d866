//! A tool whose input has a type.

use std::fmt;
use std::marker::PhantomData;

use futures_core::Stream;
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::execute::Execute;
use super::{IntoToolOutput, Tool, ToolContext, ToolFailure, ToolFailureKind};

/// A tool whose input has a type, and no function yet.
pub struct TypedTool<T> {
    pub(super) tool: Tool,
    pub(super) input: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> TypedTool<T> {
    /// Sets the function that runs the tool.
    ///
    /// It returns any value that serde can write, or a `Result` of one; an error is shown to the model, which may try again. The
    /// error is one of `anyhow`, of `thiserror`, a `Box<dyn Error + Send + Sync>` or the like, but no `String`, which serde could
    /// write as well. A panic is none of these: it unwinds through the request.
    ///
    /// What the function shares with the program it clones for every call:
    ///
    /// ```
    /// # #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// # struct Note { text: String }
    /// use std::sync::{Arc, Mutex};
    ///
    /// let notes = Arc::new(Mutex::new(Vec::new()));
    /// let kept = Arc::clone(&notes);
    /// let note = aqueduct::Tool::new("note").input::<Note>().execute(move |note, _| {
    ///     let kept = Arc::clone(&kept);
    ///     async move {
    ///         kept.lock().map_err(|_| "the notes are lost")?.push(note.text);
    ///         Ok::<_, Box<dyn std::error::Error + Send + Sync>>("noted")
    ///     }
    /// });
    /// # let _ = (note, notes);
    /// ```
    #[must_use]
    pub fn execute<F, R, K>(
        self,
        execute: impl Fn(T, ToolContext) -> F + Send + Sync + 'static,
    ) -> Tool
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        let mut tool = self.tool;
        let name = tool.name().to_owned();
        tool.execute = Some(Execute::raw(move |input, cx| match read::<T>(&input) {
            Ok(input) => {
                let future = execute(input, cx);
                Box::pin(async move { future.await.into_tool_output() })
            }
            Err(reason) => Box::pin(std::future::ready(Err(unfit(&name, &reason)))),
        }));
        tool
    }

    /// Sets a function that gives results one after the other. Every item is shown as a preliminary result; the last one is
    /// the result.
    #[must_use]
    pub fn execute_stream<S, R, K>(
        self,
        execute: impl Fn(T, ToolContext) -> S + Send + Sync + 'static,
    ) -> Tool
    where
        S: Stream<Item = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        let mut tool = self.tool;
        let name = tool.name().to_owned();
        tool.execute = Some(Execute::raw_stream(move |input, cx| match read::<T>(&input) {
            Ok(input) => execute(input, cx).map(|answer| answer.into_tool_output()).boxed(),
            Err(reason) => {
                let failure = unfit(&name, &reason);
                futures_util::stream::once(std::future::ready(Err(failure))).boxed()
            }
        }));
        tool
    }

    /// Sets a rule that looks at the input and says whether somebody has to allow the call.
    #[must_use]
    pub fn needs_approval_when<F>(
        mut self,
        rule: impl Fn(T, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.tool = self.tool.needs_approval_when(move |input, cx| {
            // What does not fit the type was refused before anybody is asked.
            let asked = read::<T>(&input).ok().map(|input| rule(input, cx));
            async move {
                match asked {
                    Some(asked) => asked.await,
                    None => true,
                }
            }
        });
        self
    }
}

impl<T> From<TypedTool<T>> for Tool {
    fn from(typed: TypedTool<T>) -> Self {
        typed.tool
    }
}

impl<T> fmt::Debug for TypedTool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tool.fmt(f)
    }
}

pub(super) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(input).map_err(|error| error.to_string())
}

fn unfit(name: &str, reason: &str) -> ToolFailure {
    let message = format!("invalid input for tool {name}: {reason}");
    ToolFailure::new(ToolFailureKind::InvalidInput, message)
}
