//! The tools that may be called.

use aqueduct_spec::Warning;
use aqueduct_spec::language::{CallOptions, FunctionTool, ProviderTool, Tool, ToolChoice};

use super::wire;

/// Writes the tools of a call and which of them must be called.
///
/// `provider_tool` writes a tool of the host's own; `None` is a warning, unless it left one itself.
pub fn tools(
    call: &CallOptions,
    warnings: &mut Vec<Warning>,
    provider_tool: impl Fn(&ProviderTool, &mut Vec<Warning>) -> Option<wire::Tool>,
) -> (Option<Vec<wire::Tool>>, Option<wire::ToolChoice>) {
    let mut tools = Vec::new();
    for tool in call.tools.iter().flatten() {
        match tool {
            Tool::Function(tool) => tools.push(function_tool(tool)),
            Tool::Provider(tool) => {
                let before = warnings.len();
                match provider_tool(tool, warnings) {
                    Some(tool) => tools.push(tool),
                    None if warnings.len() > before => {}
                    None => warnings.push(unsupported(&tool.id)),
                }
            }
            other => warnings.push(Warning::unsupported(format!("tool of type {}", other.tag()))),
        }
    }
    // Hosts refuse an empty list, and a choice without tools.
    if tools.is_empty() {
        return (None, None);
    }
    (Some(tools), call.tool_choice.as_ref().and_then(|choice| tool_choice(choice, warnings)))
}

fn unsupported(id: &str) -> Warning {
    Warning::unsupported(format!("provider-defined tool {id}"))
}

/// Writes a function.
pub fn function_tool(tool: &FunctionTool) -> wire::Tool {
    let function = wire::Function {
        name: tool.name.clone(),
        description: tool.description.clone(),
        parameters: Some(tool.input_schema.clone()),
        strict: tool.strict,
        ..wire::Function::default()
    };
    wire::Tool::Function(wire::FunctionTool::new(function))
}

/// Writes which tools must be called; a kind that the protocol has not got is a warning.
pub fn tool_choice(choice: &ToolChoice, warnings: &mut Vec<Warning>) -> Option<wire::ToolChoice> {
    match choice {
        ToolChoice::Auto(_) | ToolChoice::None(_) | ToolChoice::Required(_) => {
            Some(wire::ToolChoice::Mode(choice.tag().to_owned()))
        }
        ToolChoice::Tool(choice) => {
            Some(wire::ToolChoice::Function(wire::FunctionChoice::new(&*choice.tool_name)))
        }
        other => {
            warnings.push(Warning::unsupported(format!("toolChoice of type {}", other.tag())));
            None
        }
    }
}
