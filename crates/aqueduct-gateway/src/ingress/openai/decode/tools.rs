//! Tools, and which of them must be called.

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::language::{FunctionTool, Tool, ToolChoice};
use serde_json::json;

use crate::error::Failure;

/// Reads tools.
pub(super) fn tools(tools: Vec<wire::Tool>) -> Result<Vec<Tool>, Failure> {
    tools.into_iter().enumerate().map(|(index, tool)| one(index, tool)).collect()
}

fn one(index: usize, tool: wire::Tool) -> Result<Tool, Failure> {
    let wire::Tool::Function(tool) = tool else {
        let param = format!("tools[{index}].type");
        let message = format!("{param}: only tools of type 'function' are supported");
        return Err(Failure::invalid(message).with_param(param));
    };
    let wire::Function { name, description, parameters, strict, .. } = tool.function;
    // A function without parameters takes none.
    let schema = parameters.unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    let mut function = FunctionTool::new(name, schema);
    function.description = description;
    function.strict = strict;
    Ok(function.into())
}

/// Reads which tools must be called.
pub(super) fn choice(choice: wire::ToolChoice) -> Result<ToolChoice, Failure> {
    match choice {
        wire::ToolChoice::Mode(mode) if mode == "auto" => Ok(ToolChoice::auto()),
        wire::ToolChoice::Mode(mode) if mode == "none" => Ok(ToolChoice::none()),
        wire::ToolChoice::Mode(mode) if mode == "required" => Ok(ToolChoice::required()),
        wire::ToolChoice::Function(choice) => Ok(ToolChoice::tool(choice.function.name)),
        _ => Err(Failure::invalid(
            "tool_choice: must be 'auto', 'none', 'required' or the name of a function",
        )
        .with_param("tool_choice")),
    }
}
