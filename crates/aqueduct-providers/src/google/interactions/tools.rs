//! Tools, and how they may be used.

use aqueduct_spec::language::{CallOptions, ProviderTool, Tool, ToolChoice};
use aqueduct_spec::{JsonObject, Warning};
use serde_json::{Value, json};

use super::encode::put;

/// Tools, and how they may be used.
#[derive(Debug, Default)]
pub(super) struct EncodedTools {
    pub(super) tools: Vec<Value>,
    pub(super) choice: Option<Value>,
}

pub(super) fn encode(call: &CallOptions, warnings: &mut Vec<Warning>) -> EncodedTools {
    let mut out = EncodedTools::default();
    let mut has_functions = false;
    for tool in call.tools.iter().flatten() {
        match tool {
            Tool::Function(tool) => {
                has_functions = true;
                out.tools.push(json!({
                    "type": "function",
                    "name": tool.name,
                    "description": tool.description.as_deref().unwrap_or_default(),
                    "parameters": tool.input_schema,
                }));
            }
            Tool::Provider(tool) => match vendor_tool(tool) {
                Some(tool) => out.tools.push(tool.into()),
                None => warnings.push(Warning::unsupported_because(
                    format!("provider-defined tool {}", tool.id),
                    format!(
                        "provider-defined tool {} is not supported by google.interactions; tool dropped.",
                        tool.id
                    ),
                )),
            },
            other => warnings.push(Warning::unsupported_because(
                format!("tool of type {}", other.tag()),
                "Only function tools and google.* provider-defined tools are supported by google.interactions; tool dropped.",
            )),
        }
    }
    // The API refuses a choice among no functions.
    if has_functions {
        out.choice = call.tool_choice.as_ref().and_then(choice);
    }
    out
}

fn choice(choice: &ToolChoice) -> Option<Value> {
    Some(match choice {
        ToolChoice::Auto(_) => "auto".into(),
        ToolChoice::Required(_) => "any".into(),
        ToolChoice::None(_) => "none".into(),
        ToolChoice::Tool(tool) => {
            json!({ "allowed_tools": { "mode": "validated", "tools": [tool.tool_name] } })
        }
        _ => return None,
    })
}

/// A tool that the vendor runs; `None` if this API has not got it.
fn vendor_tool(tool: &ProviderTool) -> Option<JsonObject> {
    let given = |name: &str| tool.args.get(name).filter(|value| !value.is_null()).cloned();
    let mut out = JsonObject::new();
    let mut copy = |kind: &str, fields: &[(&str, &str)]| {
        put(&mut out, "type", Some(kind));
        for (name, from) in fields {
            put(&mut out, name, given(from));
        }
    };
    match tool.id.as_str() {
        "google.google_search" => {
            copy("google_search", &[]);
            put(&mut out, "search_types", search_types(tool));
        }
        "google.code_execution" => copy("code_execution", &[]),
        "google.url_context" => copy("url_context", &[]),
        "google.file_search" => copy(
            "file_search",
            &[
                ("file_search_store_names", "fileSearchStoreNames"),
                ("top_k", "topK"),
                ("metadata_filter", "metadataFilter"),
            ],
        ),
        "google.google_maps" => copy(
            "google_maps",
            &[
                ("latitude", "latitude"),
                ("longitude", "longitude"),
                ("enable_widget", "enableWidget"),
            ],
        ),
        "google.computer_use" => {
            copy(
                "computer_use",
                &[
                    ("environment", "environment"),
                    ("excludedPredefinedFunctions", "excludedPredefinedFunctions"),
                ],
            );
            out.entry("environment").or_insert_with(|| "browser".into());
        }
        "google.mcp_server" => copy(
            "mcp_server",
            &[
                ("name", "name"),
                ("url", "url"),
                ("headers", "headers"),
                ("allowed_tools", "allowedTools"),
            ],
        ),
        "google.retrieval" => {
            copy(
                "retrieval",
                &[
                    ("retrieval_types", "retrievalTypes"),
                    ("vertex_ai_search_config", "vertexAiSearchConfig"),
                ],
            );
            out.entry("retrieval_types").or_insert_with(|| json!(["vertex_ai_search"]));
        }
        _ => return None,
    }
    Some(out)
}

fn search_types(tool: &ProviderTool) -> Option<Vec<Value>> {
    let given = tool.args.get("searchTypes")?;
    let types: Vec<Value> = [("webSearch", "web_search"), ("imageSearch", "image_search")]
        .into_iter()
        .filter(|(name, _)| given.get(name).is_some_and(|value| !value.is_null()))
        .map(|(_, name)| name.into())
        .collect();
    (!types.is_empty()).then_some(types)
}
