//! Help with a tool call that cannot be run, and with inputs before they are used.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_spec::language::{Message, Tool as SpecTool, ToolCall as SpecCall};
use aqueduct_spec::{BoxFuture, Result};
use serde_json::Value;

use crate::message::Instructions;
use crate::tool::ToolFailure;

/// A tool call that cannot be run, before it counts as invalid.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BrokenToolCall {
    /// The call as the model wrote it.
    pub tool_call: SpecCall,
    /// Why it cannot be run: there is no such tool, or its input does not fit.
    pub failure: ToolFailure,
    /// The tools that the model was told of.
    pub tools: Vec<SpecTool>,
    /// What the model was told to keep to.
    pub instructions: Instructions,
    /// The messages that led to the call.
    pub messages: Arc<[Message]>,
}

impl BrokenToolCall {
    /// The schema of a tool's input.
    pub fn input_schema(&self, tool: &str) -> Option<&Value> {
        self.tools.iter().find_map(|known| match known {
            SpecTool::Function(known) if known.name == tool => Some(&known.input_schema),
            _ => None,
        })
    }
}

/// Repairs tool calls.
pub(crate) type RepairToolCall =
    Arc<dyn Fn(BrokenToolCall) -> BoxFuture<'static, Result<Option<SpecCall>>> + Send + Sync>;

/// Changes inputs, by the names of tools.
pub(crate) type RefineInputs =
    BTreeMap<String, Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value>> + Send + Sync>>;
