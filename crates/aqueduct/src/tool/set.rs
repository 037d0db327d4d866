//! The tools of one request.

use aqueduct_spec::language::{Tool as SpecTool, ToolCall as SpecCall};
use aqueduct_spec::{BoxFuture, Error, Result};
use serde_json::{Map, Value};

use super::{Tool, ToolCall, ToolContext, ToolFailure, ToolFailureKind, ToolOutcome};

/// The tools of one request, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToolSet {
    tools: Vec<Tool>,
    /// The names that the model is told of; all if `None`.
    active: Option<Vec<String>>,
}

impl ToolSet {
    pub(crate) fn add(&mut self, tool: Tool) {
        self.tools.push(tool);
    }

    pub(crate) fn set_active(&mut self, names: Vec<String>) {
        self.active = Some(names);
    }

    /// Checks that names are unique and active names exist.
    pub(crate) fn check(&self) -> Result<()> {
        for (position, tool) in self.tools.iter().enumerate() {
            let name = tool.name();
            if name.is_empty() {
                return Err(Error::invalid_request("a tool has no name"));
            }
            if self.tools.iter().take(position).any(|other| other.name() == name) {
                return Err(Error::invalid_request(format!("two tools are named '{name}'")));
            }
        }
        match self.active.iter().flatten().find(|name| self.get(name).is_none()) {
            Some(name) => {
                let message = format!("tool '{name}' cannot be active: there is none of that name");
                Err(Error::invalid_request(message))
            }
            None => Ok(()),
        }
    }

    /// The tools as the model is told of them; `None` if there are none.
    pub(crate) fn definitions(&self) -> Option<Vec<SpecTool>> {
        let definitions: Vec<_> = self.active().map(|tool| tool.definition().clone()).collect();
        (!definitions.is_empty()).then_some(definitions)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name() == name)
    }

    fn active(&self) -> impl Iterator<Item = &Tool> {
        let is_active = |tool: &&Tool| match &self.active {
            Some(names) => names.iter().any(|name| name == tool.name()),
            None => true,
        };
        self.tools.iter().filter(is_active)
    }

    /// Reads a call of the model's. One that cannot be run says so and is never an error here.
    pub(crate) fn read_call(&self, call: SpecCall) -> ToolCall {
        let tool = self.active().find(|tool| tool.name() == call.tool_name);
        let provider_executed = call.provider_executed.unwrap_or(false);
        let (input, failure) = match read_input(&call) {
            Ok(input) => {
                let failure = match tool {
                    // What the provider runs is the provider's to check.
                    _ if provider_executed => None,
                    Some(tool) => tool.check(&input).err(),
                    None => Some(self.no_such_tool(&call.tool_name)),
                };
                (input, failure)
            }
            Err(failure) => (Value::String(call.input), Some(failure)),
        };
        ToolCall {
            tool_call_id: call.tool_call_id,
            tool_name: call.tool_name,
            input,
            provider_executed,
            dynamic: call.dynamic.unwrap_or_else(|| tool.is_none_or(Tool::is_dynamic)),
            title: tool.and_then(Tool::display_title).map(str::to_owned),
            provider_metadata: call.provider_metadata,
            failure,
        }
    }

    /// Runs a call of the caller's tools; `None` if somebody else has to.
    pub(crate) fn start(
        &self,
        call: &ToolCall,
        cx: ToolContext,
    ) -> Option<BoxFuture<'static, ToolOutcome>> {
        let call = call.clone();
        if let Some(failure) = &call.failure {
            let outcome = ToolOutcome::new(&call, Err(failure.clone()));
            return Some(Box::pin(std::future::ready(outcome)));
        }
        let tool = self.get(&call.tool_name)?.clone();
        let future = tool.start(call.input.clone(), cx)?;
        Some(Box::pin(async move {
            let result = future.await.map(|output| {
                let model_output = tool.model_output(&output);
                (output, model_output)
            });
            ToolOutcome::new(&call, result)
        }))
    }

    fn no_such_tool(&self, name: &str) -> ToolFailure {
        let known: Vec<_> = self.active().map(Tool::name).collect();
        let message = if known.is_empty() {
            format!("model tried to call unavailable tool '{name}': no tools are available")
        } else {
            let known = known.join(", ");
            format!("model tried to call unavailable tool '{name}': available tools are {known}")
        };
        ToolFailure::new(ToolFailureKind::NoSuchTool, message)
    }
}

/// Some models write nothing at all for a tool without parameters.
fn read_input(call: &SpecCall) -> Result<Value, ToolFailure> {
    if call.input.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_str(&call.input).map_err(|error| {
        let message = format!("invalid input for tool {}: not JSON: {error}", call.tool_name);
        ToolFailure::new(ToolFailureKind::InvalidInput, message)
    })
}
