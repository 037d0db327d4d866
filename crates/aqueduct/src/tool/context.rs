//! What a tool gets to know beside its input.

use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::Message;
use aqueduct_spec::{Error, Result};

use super::Sandbox;

/// A value of a type that only the program knows.
pub(crate) type Shared = Arc<dyn Any + Send + Sync>;

/// What a program passes along a request for its own code: one value for the whole run, one for each tool, and the sandbox
/// that tools work in. Nothing of it is sent to a model.
#[derive(Clone, Default)]
pub struct Contexts {
    runtime: Option<Shared>,
    tools: BTreeMap<String, Shared>,
    sandbox: Option<Arc<dyn Sandbox>>,
}

impl Contexts {
    /// The value of the whole run.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn runtime<T: Any>(&self) -> Result<&T> {
        typed(self.runtime.as_ref(), "the request has no runtime context")
    }

    /// The value of a tool.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn tool<T: Any>(&self, name: &str) -> Result<&T> {
        typed(self.tools.get(name), "the tool has no context")
    }

    /// The sandbox that tools work in.
    pub fn sandbox(&self) -> Option<&Arc<dyn Sandbox>> {
        self.sandbox.as_ref()
    }

    pub(crate) fn set_runtime(&mut self, value: Shared) {
        self.runtime = Some(value);
    }

    pub(crate) fn set_tool(&mut self, name: String, value: Shared) {
        self.tools.insert(name, value);
    }

    pub(crate) fn set_sandbox(&mut self, sandbox: Arc<dyn Sandbox>) {
        self.sandbox = Some(sandbox);
    }

    /// What a tool of this name gets to see.
    pub(crate) fn of_tool(&self, name: &str) -> Surroundings {
        Surroundings {
            own: self.tools.get(name).cloned(),
            runtime: self.runtime.clone(),
            sandbox: self.sandbox.clone(),
        }
    }
}

impl fmt::Debug for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contexts").finish_non_exhaustive()
    }
}

/// What a tool gets to see of the program's [`Contexts`].
#[derive(Clone, Default)]
pub struct Surroundings {
    own: Option<Shared>,
    runtime: Option<Shared>,
    sandbox: Option<Arc<dyn Sandbox>>,
}

impl Surroundings {
    /// The tool's own value.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn context<T: Any>(&self) -> Result<&T> {
        typed(self.own.as_ref(), "the tool has no context")
    }

    /// The value of the whole run.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn runtime<T: Any>(&self) -> Result<&T> {
        typed(self.runtime.as_ref(), "the request has no runtime context")
    }

    /// The sandbox to work in.
    ///
    /// # Errors
    /// `InvalidRequest` if the request has none.
    pub fn sandbox(&self) -> Result<&Arc<dyn Sandbox>> {
        self.sandbox.as_ref().ok_or_else(|| Error::invalid_request("the request has no sandbox"))
    }

    pub(crate) fn own_is<T: Any>(&self) -> bool {
        self.own.as_ref().is_some_and(|value| value.is::<T>())
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

fn typed<'a, T: Any>(value: Option<&'a Shared>, absent: &'static str) -> Result<&'a T> {
    let value = value.ok_or_else(|| Error::invalid_request(absent))?;
    value
        .downcast_ref()
        .ok_or_else(|| Error::invalid_request(format!("{absent} of type {}", type_name::<T>())))
}

/// The surroundings of one execution of a tool. Dropping the request drops the tool's future: that is how it is cancelled.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ToolContext {
    /// The id of the call.
    pub tool_call_id: String,
    /// The messages that led to the call, without the instructions and without the message that holds it.
    pub messages: Arc<[Message]>,
    /// What the program passes along.
    pub surroundings: Surroundings,
}

impl ToolContext {
    /// Creates a context, for tests of a tool.
    pub fn new(
        tool_call_id: impl Into<String>,
        messages: impl IntoIterator<Item = Message>,
    ) -> Self {
        Self {
            tool_call_id: tool_call_id.into(),
            messages: messages.into_iter().collect(),
            surroundings: Surroundings::default(),
        }
    }

    /// Adds the tool's own value, for tests of a tool.
    #[must_use]
    pub fn with_context(mut self, value: impl Any + Send + Sync) -> Self {
        self.surroundings.own = Some(Arc::new(value));
        self
    }

    /// Adds the value of the whole run, for tests of a tool.
    #[must_use]
    pub fn with_runtime(mut self, value: impl Any + Send + Sync) -> Self {
        self.surroundings.runtime = Some(Arc::new(value));
        self
    }

    /// Adds a sandbox, for tests of a tool.
    #[must_use]
    pub fn with_sandbox(mut self, sandbox: impl Sandbox) -> Self {
        self.surroundings.sandbox = Some(Arc::new(sandbox));
        self
    }

    /// The tool's own value, as set with `tool_context`.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn context<T: Any>(&self) -> Result<&T> {
        self.surroundings.context()
    }

    /// The value of the whole run, as set with `runtime_context`.
    ///
    /// # Errors
    /// `InvalidRequest` if there is none or it has another type.
    pub fn runtime<T: Any>(&self) -> Result<&T> {
        self.surroundings.runtime()
    }

    /// The sandbox to work in.
    ///
    /// # Errors
    /// `InvalidRequest` if the request has none.
    pub fn sandbox(&self) -> Result<&Arc<dyn Sandbox>> {
        self.surroundings.sandbox()
    }
}
