//! Tools, and how they may be used.

use aqueduct_spec::language::{FunctionTool, ProviderTool, Tool, ToolChoice};
use aqueduct_spec::{Error, Result, Warning};
use serde_json::{Value, json};

use crate::google::generate_content::capabilities::Capabilities;
use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::{schema, wire};

/// Tools, and how they may be used.
#[derive(Debug, Default)]
pub(super) struct EncodedTools {
    pub(super) tools: Option<Vec<wire::Tool>>,
    pub(super) config: Option<wire::ToolConfig>,
    pub(super) warnings: Vec<Warning>,
}

pub(super) fn encode(
    tools: &[Tool],
    choice: Option<&ToolChoice>,
    capabilities: Capabilities,
    dialect: &Dialect,
) -> Result<EncodedTools> {
    if tools.is_empty() {
        return Ok(EncodedTools::default());
    }
    let functions: Vec<&FunctionTool> = tools
        .iter()
        .filter_map(|tool| match tool {
            Tool::Function(tool) => Some(tool),
            _ => None,
        })
        .collect();
    let mut warnings = Vec::new();
    let has_vendor_tools = tools.iter().any(|tool| matches!(tool, Tool::Provider(_)));
    if !has_vendor_tools {
        for tool in tools.iter().filter(|tool| matches!(tool, Tool::Unknown(_))) {
            warnings.push(Warning::unsupported(format!("function tool {}", tool.name())));
        }
        let config = function_config(&functions, choice)?;
        let tools = Some(vec![declarations(&functions)?]);
        return Ok(EncodedTools { tools, config, warnings });
    }
    if !functions.is_empty() && !capabilities.gemini_3 {
        warnings.push(Warning::unsupported("combination of function and provider-defined tools"));
    }
    let mut encoded: Vec<wire::Tool> = tools
        .iter()
        .filter_map(|tool| match tool {
            Tool::Provider(tool) => vendor_tool(tool, capabilities, &mut warnings),
            _ => None,
        })
        .collect();
    let mut config = None;
    if !functions.is_empty() && capabilities.gemini_3 && !encoded.is_empty() {
        encoded.push(declarations(&functions)?);
        config = Some(combined_config(choice, dialect));
    }
    let tools = (!encoded.is_empty()).then_some(encoded);
    Ok(EncodedTools { tools, config, warnings })
}

fn declarations(functions: &[&FunctionTool]) -> Result<wire::Tool> {
    let declaration = |tool: &&FunctionTool| {
        Ok(wire::FunctionDeclaration {
            name: tool.name.clone(),
            description: Some(tool.description.clone().unwrap_or_default()),
            parameters: schema::to_openapi(&tool.input_schema)?,
            ..wire::FunctionDeclaration::default()
        })
    };
    let declarations = functions.iter().map(declaration).collect::<Result<_>>()?;
    Ok(wire::Tool { function_declarations: Some(declarations), ..wire::Tool::default() })
}

fn mode(mode: &str) -> wire::FunctionCallingConfig {
    wire::FunctionCallingConfig {
        mode: Some(mode.to_owned()),
        ..wire::FunctionCallingConfig::default()
    }
}

fn only(name: &str) -> wire::FunctionCallingConfig {
    wire::FunctionCallingConfig {
        allowed_function_names: Some(vec![name.to_owned()]),
        ..mode("ANY")
    }
}

fn function_config(
    functions: &[&FunctionTool],
    choice: Option<&ToolChoice>,
) -> Result<Option<wire::ToolConfig>> {
    let is_strict = functions.iter().any(|tool| tool.strict == Some(true));
    let config = match choice {
        None if is_strict => mode("VALIDATED"),
        None => return Ok(None),
        Some(ToolChoice::Auto(_)) => mode(if is_strict { "VALIDATED" } else { "AUTO" }),
        Some(ToolChoice::None(_)) => mode("NONE"),
        Some(ToolChoice::Required(_)) => mode("ANY"),
        Some(ToolChoice::Tool(tool)) => only(&tool.tool_name),
        Some(other) => {
            return Err(Error::unsupported(format_args!("tool choice type: {}", other.tag())));
        }
    };
    Ok(Some(wire::ToolConfig {
        function_calling_config: Some(config),
        ..wire::ToolConfig::default()
    }))
}

/// Functions beside the vendor's tools are always held to their schemas.
fn combined_config(choice: Option<&ToolChoice>, dialect: &Dialect) -> wire::ToolConfig {
    let config = match choice {
        Some(ToolChoice::None(_)) => mode("NONE"),
        Some(ToolChoice::Required(_)) => mode("ANY"),
        Some(ToolChoice::Tool(tool)) => only(&tool.tool_name),
        _ => mode("VALIDATED"),
    };
    wire::ToolConfig {
        function_calling_config: Some(config),
        include_server_side_tool_invocations: (!dialect.is_vertex).then_some(true),
        ..wire::ToolConfig::default()
    }
}

/// A tool that the vendor runs; `None`, with a warning, if the model has not got it.
fn vendor_tool(
    tool: &ProviderTool,
    capabilities: Capabilities,
    warnings: &mut Vec<Warning>,
) -> Option<wire::Tool> {
    let empty = || json!({});
    let (name, settings, refusal): (_, Value, _) = match tool.id.as_str() {
        "google.google_search" => (
            "googleSearch",
            tool.args.clone().into(),
            "Google Search requires Gemini 2.0 or newer.",
        ),
        "google.enterprise_web_search" => {
            ("enterpriseWebSearch", empty(), "Enterprise Web Search requires Gemini 2.0 or newer.")
        }
        "google.url_context" => (
            "urlContext",
            empty(),
            "The URL context tool is not supported with other Gemini models than Gemini 2.",
        ),
        "google.code_execution" => (
            "codeExecution",
            empty(),
            "The code execution tool is not supported with other Gemini models than Gemini 2.",
        ),
        "google.file_search" => (
            "fileSearch",
            tool.args.clone().into(),
            "The file search tool is only supported with Gemini 2.5 models and Gemini 3 models.",
        ),
        "google.vertex_rag_store" => (
            "retrieval",
            rag_store(tool),
            "The RAG store tool is not supported with other Gemini models than Gemini 2.",
        ),
        "google.google_maps" => (
            "googleMaps",
            empty(),
            "The Google Maps grounding tool is not supported with Gemini models other than Gemini 2 or newer.",
        ),
        id => {
            warnings.push(Warning::unsupported(format!("provider-defined tool {id}")));
            return None;
        }
    };
    let supported = if name == "fileSearch" {
        capabilities.file_search
    } else {
        capabilities.tools_of_gemini_2
    };
    if !supported {
        let feature = format!("provider-defined tool {}", tool.id);
        warnings.push(Warning::unsupported_because(feature, refusal));
        return None;
    }
    Some(wire::Tool::of_vendor(name, settings))
}

fn rag_store(tool: &ProviderTool) -> Value {
    let mut store = json!({ "rag_resources": {} });
    if let Some(corpus) = tool.args.get("ragCorpus") {
        store = json!({ "rag_resources": { "rag_corpus": corpus } });
    }
    if let (Some(count), Some(store)) = (tool.args.get("topK"), store.as_object_mut()) {
        store.insert("similarity_top_k".to_owned(), count.clone());
    }
    json!({ "vertex_rag_store": store })
}
