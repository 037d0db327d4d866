//! The tools that may be called.

use std::collections::BTreeSet;

use aqueduct_spec::language::{CallOptions, FunctionTool, ProviderTool, Tool, ToolChoice};
use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result, Warning};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::options::AllowedTools;
use super::super::tool_names::ToolNames;
use super::super::tools::{find, to_theirs};
use super::allowed::Allowed;
use super::wire;

/// The tools of a request, and what the conversation must know of them.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) tools: Option<Vec<wire::Tool>>,
    pub(super) choice: Option<Value>,
    /// The names of tools that take any text.
    pub(super) custom: BTreeSet<String>,
    /// The names of functions whose results must be JSON.
    pub(super) with_output_schema: BTreeSet<String>,
}

/// Options of a function, under `openai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FunctionOptions {
    allowed_callers: Option<Vec<String>>,
    pub(super) defer_loading: Option<bool>,
    output_schema: Option<JsonObject>,
    pub(super) namespace: Option<Namespace>,
}

/// The roof that a function is under.
#[derive(Debug, Deserialize)]
pub(super) struct Namespace {
    name: String,
    #[serde(default)]
    description: String,
}

/// Writes the tools of a call and which of them must be called.
pub(super) fn tools(
    call: &CallOptions,
    allowed: Option<&AllowedTools>,
    names: &ToolNames,
    warnings: &mut Vec<Warning>,
) -> Result<Tools> {
    let known = call.tools.as_deref().unwrap_or_default();
    let mut out = Tools::default();
    if known.is_empty() {
        return Ok(out);
    }
    let mut tools = Vec::new();
    let mut record = Allowed::default();
    for tool in known {
        match tool {
            Tool::Function(tool) => {
                let options = function_options(tool.provider_options.as_ref())?;
                if options.output_schema.is_some() {
                    out.with_output_schema.insert(tool.name.clone());
                }
                record.function(&tool.name, &options);
                function(tool, options, &mut tools)?;
            }
            Tool::Provider(tool) => match hosted(tool)? {
                Some(object) => {
                    if tool.id == "openai.custom" {
                        out.custom.insert(tool.name.clone());
                    }
                    record.hosted(&tool.name, names.theirs(&tool.name), &object);
                    tools.push(wire::Tool::Unknown(object));
                }
                None => warnings
                    .push(Warning::unsupported(format!("provider-defined tool {}", tool.id))),
            },
            other => {
                warnings.push(Warning::unsupported(format!("tool of type {}", other.tag())));
            }
        }
    }
    out.choice = match allowed {
        Some(allowed) => Some(record.choice(allowed, names, warnings)?),
        None => call.tool_choice.as_ref().and_then(|it| choice(it, names, &out.custom, warnings)),
    };
    out.tools = Some(tools);
    Ok(out)
}

fn function_options(options: Option<&ProviderOptions>) -> Result<FunctionOptions> {
    let typed = options.map(|options| options.typed("openai")).transpose()?;
    Ok(typed.flatten().unwrap_or_default())
}

fn function(
    tool: &FunctionTool,
    options: FunctionOptions,
    tools: &mut Vec<wire::Tool>,
) -> Result<()> {
    let function = wire::Tool::Function(wire::FunctionTool {
        name: tool.name.clone(),
        description: tool.description.clone(),
        parameters: Some(tool.input_schema.clone()),
        strict: tool.strict,
        defer_loading: options.defer_loading,
        allowed_callers: options.allowed_callers,
        output_schema: options.output_schema,
        rest: JsonObject::new(),
    });
    let Some(namespace) = options.namespace else {
        tools.push(function);
        return Ok(());
    };
    let known = tools.iter_mut().find_map(|tool| match tool {
        wire::Tool::Namespace(known) if known.name == namespace.name => Some(known),
        _ => None,
    });
    match known {
        Some(known) if known.description == namespace.description => known.tools.push(function),
        Some(known) => {
            return Err(Error::unsupported(format_args!(
                "conflicting descriptions for OpenAI tool namespace \"{}\"",
                known.name
            )));
        }
        None => tools.push(wire::Tool::Namespace(wire::NamespaceTool {
            name: namespace.name,
            description: namespace.description,
            tools: vec![function],
            rest: JsonObject::new(),
        })),
    }
    Ok(())
}

/// Writes a tool of the host's own; `None` if the host has none of that id.
fn hosted(tool: &ProviderTool) -> Result<Option<JsonObject>> {
    let Some(hosted) = find(&tool.id) else { return Ok(None) };
    let mut object = JsonObject::new();
    object.insert("type".to_owned(), hosted.kind.into());
    if tool.id == "openai.custom" {
        object.insert("name".to_owned(), tool.name.as_str().into());
    }
    object.extend(to_theirs(&tool.args, hosted.fields));
    match &*tool.id {
        "openai.code_interpreter" => code_interpreter(&mut object),
        "openai.mcp" => mcp(&mut object)?,
        "openai.shell" => shell(&mut object)?,
        _ => {}
    }
    Ok(Some(object))
}

/// Without a container of its own, the host finds one.
fn code_interpreter(object: &mut JsonObject) {
    let container = object.entry("container").or_insert_with(|| json!({}));
    if let Value::Object(container) = container {
        container.entry("type").or_insert_with(|| "auto".into());
    }
}

fn mcp(object: &mut JsonObject) -> Result<()> {
    if !object.contains_key("server_url") && !object.contains_key("connector_id") {
        return Err(Error::invalid_request("One of serverUrl or connectorId must be provided."));
    }
    // The caller has asked for the tool; whether to ask again is the caller's to say.
    let approval = object.entry("require_approval").or_insert_with(|| "never".into());
    if approval.as_object().is_some_and(|rules| !rules.contains_key("never")) {
        *approval = "never".into();
    }
    Ok(())
}

fn shell(object: &mut JsonObject) -> Result<()> {
    let Some(Value::Object(environment)) = object.get_mut("environment") else { return Ok(()) };
    let kind = match environment.get("type").and_then(Value::as_str) {
        Some("containerAuto") => "container_auto",
        Some("containerReference") => "container_reference",
        _ => "local",
    };
    environment.insert("type".to_owned(), kind.into());
    if let Some(Value::Array(skills)) = environment.get_mut("skills") {
        for skill in skills {
            shell_skill(skill)?;
        }
    }
    Ok(())
}

fn shell_skill(skill: &mut Value) -> Result<()> {
    let Value::Object(skill) = skill else { return Ok(()) };
    if skill.get("type").and_then(Value::as_str) != Some("skillReference") {
        return Ok(());
    }
    skill.insert("type".to_owned(), "skill_reference".into());
    let reference = skill.shift_remove("providerReference");
    let id = reference.as_ref().and_then(|it| it.get("openai")).cloned().ok_or_else(|| {
        Error::invalid_request("the skill of a shell tool has no reference for provider 'openai'")
    })?;
    skill.insert("skill_id".to_owned(), id);
    skill.entry("version").or_insert_with(|| "latest".into());
    Ok(())
}

fn choice(
    choice: &ToolChoice,
    names: &ToolNames,
    custom: &BTreeSet<String>,
    warnings: &mut Vec<Warning>,
) -> Option<Value> {
    /// The tools that are demanded by their type alone.
    const BY_TYPE: &[&str] = &[
        "code_interpreter",
        "file_search",
        "image_generation",
        "web_search_preview",
        "web_search",
        "mcp",
        "apply_patch",
        "computer",
        "programmatic_tool_calling",
    ];
    match choice {
        ToolChoice::Auto(_) | ToolChoice::None(_) | ToolChoice::Required(_) => {
            Some(choice.tag().into())
        }
        ToolChoice::Tool(choice) => {
            let name = names.theirs(&choice.tool_name);
            Some(if BY_TYPE.contains(&name) {
                json!({ "type": name })
            } else if custom.contains(name) {
                json!({ "type": "custom", "name": name })
            } else {
                json!({ "type": "function", "name": name })
            })
        }
        other => {
            warnings.push(Warning::unsupported(format!("toolChoice of type {}", other.tag())));
            None
        }
    }
}
