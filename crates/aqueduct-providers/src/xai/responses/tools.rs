//! The tools that may be called: functions, and those that run at the host.

use aqueduct_spec::language::{CallOptions, FunctionTool, ProviderTool, Tool, ToolChoice};
use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde_json::{Value, json};

use super::super::schema;
use crate::openai::responses::wire;

/// A tool of the host's.
struct HostedTool {
    /// The id in a call.
    id: &'static str,
    /// The type in a request.
    kind: &'static str,
    /// The settings: the caller's name, the host's.
    fields: &'static [(&'static str, &'static str)],
    /// The setting that cannot be left out.
    required: Option<&'static str>,
}

const fn tool(
    id: &'static str,
    kind: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> HostedTool {
    HostedTool { id, kind, fields, required: None }
}

/// All of them.
///
/// Source: <https://docs.x.ai/docs/guides/tools/overview> (2026-11).
const HOSTED_TOOLS: &[HostedTool] = &[
    tool("xai.code_execution", "code_interpreter", &[]),
    HostedTool {
        required: Some("vectorStoreIds"),
        ..tool(
            "xai.file_search",
            "file_search",
            &[("vectorStoreIds", "vector_store_ids"), ("maxNumResults", "max_num_results")],
        )
    },
    tool("xai.image_generation", "image_generation", &[("action", "action")]),
    HostedTool {
        required: Some("serverUrl"),
        ..tool(
            "xai.mcp",
            "mcp",
            &[
                ("serverUrl", "server_url"),
                ("serverLabel", "server_label"),
                ("serverDescription", "server_description"),
                ("allowedTools", "allowed_tools"),
                ("headers", "headers"),
                ("authorization", "authorization"),
            ],
        )
    },
    tool("xai.view_image", "view_image", &[]),
    tool("xai.view_x_video", "view_x_video", &[]),
    tool(
        "xai.web_search",
        "web_search",
        &[
            ("allowedDomains", "allowed_domains"),
            ("excludedDomains", "excluded_domains"),
            ("enableImageSearch", "enable_image_search"),
            ("enableImageUnderstanding", "enable_image_understanding"),
        ],
    ),
    tool(
        "xai.x_search",
        "x_search",
        &[
            ("allowedXHandles", "allowed_x_handles"),
            ("excludedXHandles", "excluded_x_handles"),
            ("fromDate", "from_date"),
            ("toDate", "to_date"),
            ("enableImageUnderstanding", "enable_image_understanding"),
            ("enableVideoUnderstanding", "enable_video_understanding"),
        ],
    ),
];

/// Writes the tools of a call.
///
/// # Errors
/// `InvalidRequest` if a tool of the host's lacks a setting that it needs.
pub(super) fn tools(call: &CallOptions, warnings: &mut Vec<Warning>) -> Result<Vec<wire::Tool>> {
    let mut tools = Vec::new();
    for tool in call.tools.iter().flatten() {
        match tool {
            Tool::Function(tool) => tools.push(function(tool).into()),
            Tool::Provider(tool) => tools.extend(hosted(tool, warnings)?),
            other => warnings.push(Warning::unsupported(format!("tool of type {}", other.tag()))),
        }
    }
    Ok(tools)
}

fn function(tool: &FunctionTool) -> wire::FunctionTool {
    let mut parameters = tool.input_schema.clone();
    schema::open(&mut parameters);
    wire::FunctionTool {
        name: tool.name.clone(),
        description: tool.description.clone(),
        parameters: Some(parameters),
        strict: tool.strict,
        ..wire::FunctionTool::default()
    }
}

fn hosted(tool: &ProviderTool, warnings: &mut Vec<Warning>) -> Result<Option<wire::Tool>> {
    let Some(known) = HOSTED_TOOLS.iter().find(|known| known.id == tool.id) else {
        warnings.push(Warning::unsupported(format!("provider-defined tool {}", tool.name)));
        return Ok(None);
    };
    let setting = |name: &str| tool.args.get(name).filter(|value| !value.is_null());
    if let Some(name) = known.required.filter(|name| setting(name).is_none()) {
        let message = format!("the tool '{}' needs the setting '{name}'", tool.id);
        return Err(Error::invalid_request(message));
    }
    let fields = known.fields.iter();
    let fields = fields.filter_map(|(ours, theirs)| {
        setting(ours).map(|value| ((*theirs).to_owned(), value.clone()))
    });
    let kind = ("type".to_owned(), known.kind.into());
    let object: JsonObject = std::iter::once(kind).chain(fields).collect();
    Ok(Some(wire::Tool::Unknown(object)))
}

/// Which of the tools must be called. Only functions can be demanded by name.
pub(super) fn tool_choice(call: &CallOptions, warnings: &mut Vec<Warning>) -> Option<Value> {
    let tools = call.tools.as_deref().filter(|tools| !tools.is_empty())?;
    match call.tool_choice.as_ref()? {
        ToolChoice::Tool(choice) => {
            let chosen = tools.iter().rev().find(|tool| tool.name() == choice.tool_name)?;
            if let Tool::Function(tool) = chosen {
                return Some(json!({ "type": "function", "name": tool.name }));
            }
            let feature = format!("toolChoice for server-side tool \"{}\"", chosen.name());
            warnings.push(Warning::unsupported(feature));
            None
        }
        other => Some(other.tag().into()),
    }
}
