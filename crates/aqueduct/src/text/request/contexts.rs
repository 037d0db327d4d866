//! What the program passes along for its own code.

use std::any::Any;
use std::sync::Arc;

use super::TextRequest;
use crate::tool::Sandbox;

impl<M, O> TextRequest<M, O> {
    /// Passes a value along the whole run: rules, callbacks, preparations of steps and tools find it by its type.
    pub fn runtime_context(mut self, value: impl Any + Send + Sync) -> Self {
        self.parts.contexts.set_runtime(Arc::new(value));
        self
    }

    /// Passes a value to one tool, which finds it by its type ([`ToolContext::context`](crate::ToolContext::context)).
    pub fn tool_context(mut self, tool: impl Into<String>, value: impl Any + Send + Sync) -> Self {
        self.parts.contexts.set_tool(tool.into(), Arc::new(value));
        self
    }

    /// Gives tools a place to read and write files and to run programs.
    pub fn sandbox(mut self, sandbox: Arc<dyn Sandbox>) -> Self {
        self.parts.contexts.set_sandbox(sandbox);
        self
    }
}
