//! The tools of one request.

use std::collections::BTreeSet;
use std::sync::Arc;

use aqueduct_spec::json::from_slice;
use aqueduct_spec::language::{Tool as SpecTool, ToolCall as SpecCall};
use aqueduct_spec::{Error, Result};
use serde_json::{Map, Value};

use super::caller::{self, Callers, ToolCaller};
use super::{Contexts, Tool, ToolCall, ToolFailure, ToolFailureKind};

/// The tools of one request, by name. Cheap to clone: a step may have its own view.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToolSet {
    tools: Arc<Vec<Tool>>,
    /// The names that the model is told of; all if `None`.
    active: Option<Vec<String>>,
    /// The names that come first; the others follow by the alphabet.
    order: Option<Vec<String>>,
    callers: Callers,
    /// The tools that only other tools call.
    hidden: BTreeSet<String>,
}

impl ToolSet {
    pub(crate) fn add(&mut self, tool: Tool) {
        Arc::make_mut(&mut self.tools).push(tool);
    }

    pub(crate) fn all(&self) -> &[Tool] {
        &self.tools
    }

    pub(crate) fn set_active(&mut self, names: Vec<String>) {
        self.active = Some(names);
    }

    pub(crate) fn set_order(&mut self, names: Vec<String>) {
        self.order = Some(names);
    }

    pub(crate) fn set_callers(&mut self, tool: String, callers: Vec<ToolCaller>) {
        self.callers.insert(tool, callers);
    }

    /// Checks that names are unique, that schemas are objects, that active names exist and that callers can call.
    pub(crate) fn check(&self) -> Result<()> {
        for (position, tool) in self.tools.iter().enumerate() {
            let name = tool.name();
            if name.is_empty() {
                return Err(Error::invalid_request("a tool has no name"));
            }
            if self.tools.iter().take(position).any(|other| other.name() == name) {
                return Err(Error::invalid_request(format!("two tools are named '{name}'")));
            }
            if let SpecTool::Function(function) = tool.definition()
                && !function.input_schema.is_object()
            {
                let message =
                    format!("the schema of tool '{name}' is no JSON schema: give an object");
                return Err(Error::invalid_request(message));
            }
        }
        caller::check(&self.callers, &self.tools)?;
        match self.active.iter().flatten().find(|name| self.get(name).is_none()) {
            Some(name) => {
                let message = format!("tool '{name}' cannot be active: there is none of that name");
                Err(Error::invalid_request(message))
            }
            None => Ok(()),
        }
    }

    /// The tools of one step: the active ones, in their order, bound to those that may call them.
    pub(crate) fn for_step(&self) -> Self {
        let mut tools: Vec<Tool> = self.active().cloned().collect();
        if let Some(order) = &self.order {
            let rank = |tool: &Tool| {
                let place = order.iter().position(|name| name == tool.name());
                place.ok_or_else(|| tool.name().to_owned())
            };
            // `Ok` (a place in the list) sorts before `Err` (a name).
            tools.sort_by_cached_key(rank);
        }
        let (tools, hidden) = caller::bind(&self.callers, &tools);
        Self { tools: Arc::new(tools), hidden, ..Self::default() }
    }

    /// The tools as the model is told of them; `None` if there are none.
    pub(crate) fn definitions(&self, contexts: &Contexts) -> Option<Vec<SpecTool>> {
        let definitions: Vec<_> = self
            .active()
            .filter(|tool| !self.hidden.contains(tool.name()))
            .map(|tool| tool.describe(&contexts.of_tool(tool.name())))
            .collect();
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

    /// Reads a call of the model's. What the provider runs is the provider's to check.
    ///
    /// # Errors
    /// `NoSuchTool` and `InvalidInput`.
    pub(crate) fn read_call(&self, call: &SpecCall) -> Result<ToolCall, ToolFailure> {
        let tool = self.get(&call.tool_name);
        let mut read = self.describe_call(call);
        if read.provider_executed {
            read.input = read_input(call)?;
            return Ok(read);
        }
        let tool = tool.ok_or_else(|| self.no_such_tool(&call.tool_name))?;
        read.input = read_input(call)?;
        tool.check(&read.input)?;
        Ok(read)
    }

    /// A call that cannot be run, and why. Its tool counts as unknown to the program, whose types it does not fit.
    pub(crate) fn invalid_call(&self, call: &SpecCall, failure: ToolFailure) -> ToolCall {
        let mut read = self.describe_call(call);
        read.input = read_input(call).unwrap_or_else(|_| Value::String(call.input.clone()));
        read.dynamic = true;
        read.failure = Some(failure);
        read
    }

    fn describe_call(&self, call: &SpecCall) -> ToolCall {
        let tool = self.get(&call.tool_name);
        ToolCall {
            tool_call_id: call.tool_call_id.clone(),
            tool_name: call.tool_name.clone(),
            input: Value::Null,
            provider_executed: call.provider_executed.unwrap_or(false),
            dynamic: match tool {
                Some(tool) => tool.is_dynamic(),
                None => call.dynamic.unwrap_or(true),
            },
            title: tool.and_then(Tool::display_title).map(str::to_owned),
            tool_metadata: tool.and_then(Tool::noted_metadata).cloned(),
            provider_metadata: call.provider_metadata.clone(),
            failure: None,
        }
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
    from_slice(call.input.as_bytes()).map_err(|error| {
        let message = format!("invalid input for tool {}: not JSON: {error}", call.tool_name);
        ToolFailure::new(ToolFailureKind::InvalidInput, message)
    })
}
