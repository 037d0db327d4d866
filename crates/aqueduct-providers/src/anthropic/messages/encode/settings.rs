//! The vendor's own options of a call.

use aqueduct_spec::language::{CallOptions, Tool};
use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result};
use serde::Serialize;
use serde_json::{Value, json};

use super::notes::Notes;
use super::thinking;
use crate::anthropic::messages::wire;
use crate::anthropic::options::{
    AnthropicOptions, CacheControl, Container, ContextEdit, ContextManagement, Fallbacks,
    McpServer, Skill, Speed,
};
use crate::anthropic::reference;

/// Reads the options: those under `anthropic`, and over them those under the host's name.
pub(super) fn options(call: &CallOptions, name: &str) -> Result<AnthropicOptions> {
    let Some(given) = &call.provider_options else { return Ok(AnthropicOptions::default()) };
    let mut merged = given.get("anthropic").cloned().unwrap_or_default();
    if name != "anthropic" {
        merged.extend(given.get(name).cloned().unwrap_or_default());
    }
    let options: AnthropicOptions =
        ProviderOptions::of("anthropic", merged).typed("anthropic")?.unwrap_or_default();
    thinking::check(&options)?;
    Ok(options)
}

/// Starts a request with what the options alone say.
pub(super) fn request(model_id: &str, options: &AnthropicOptions) -> Result<wire::Request> {
    let mut request = wire::Request { model: Some(model_id.to_owned()), ..Default::default() };
    request.speed = options.speed.map(|speed| speed.as_str().to_owned());
    request.inference_geo = options.inference_geo.map(|geo| geo.as_str().to_owned());
    request.fallbacks = match &options.fallbacks {
        Some(Fallbacks::Models(models)) if models.is_empty() => None,
        other => other.as_ref().map(value).transpose()?,
    };
    request.cache_control = options.cache_control.as_ref().map(cache_control);
    request.metadata = options
        .metadata
        .as_ref()
        .and_then(|it| it.user_id.clone())
        .map(|id| wire::Metadata { user_id: Some(id), ..wire::Metadata::default() });
    request.mcp_servers = options
        .mcp_servers
        .as_ref()
        .filter(|servers| !servers.is_empty())
        .map(|servers| servers.iter().map(mcp_server).collect());
    request.container = options.container.as_ref().map(container).transpose()?.flatten();
    request.context_management =
        options.context_management.as_ref().map(context_management).transpose()?;
    Ok(request)
}

fn cache_control(control: &CacheControl) -> Value {
    let CacheControl::Ephemeral { ttl } = control;
    match ttl {
        Some(ttl) => json!({ "type": "ephemeral", "ttl": ttl }),
        None => json!({ "type": "ephemeral" }),
    }
}

fn value(options: &impl Serialize) -> Result<Value> {
    serde_json::to_value(options)
        .map_err(|error| Error::internal("cannot write provider options").with_source(error))
}

fn mcp_server(server: &McpServer) -> wire::McpServer {
    let configuration = server.tool_configuration.as_ref();
    wire::McpServer {
        kind: server.kind.as_str().to_owned(),
        name: server.name.clone(),
        url: server.url.clone(),
        authorization_token: server.authorization_token.clone(),
        tool_configuration: configuration.map(|configuration| wire::McpToolConfiguration {
            allowed_tools: configuration.allowed_tools.clone(),
            enabled: configuration.enabled,
            ..wire::McpToolConfiguration::default()
        }),
        ..wire::McpServer::default()
    }
}

/// The API takes the id alone where there are no skills.
fn container(container: &Container) -> Result<Option<Value>> {
    let skills = container.skills.as_deref().unwrap_or_default();
    if skills.is_empty() {
        return Ok(container.id.clone().map(Value::from));
    }
    let mut out = JsonObject::new();
    if let Some(id) = &container.id {
        out.insert("id".to_owned(), id.as_str().into());
    }
    let skills: Value = skills.iter().map(skill).collect::<Result<_>>()?;
    out.insert("skills".to_owned(), skills);
    Ok(Some(Value::Object(out)))
}

fn skill(skill: &Skill) -> Result<Value> {
    let (kind, skill_id, version) = match skill {
        Skill::Anthropic { skill_id, version } => ("anthropic", skill_id.as_str(), version),
        Skill::Custom { provider_reference, version } => {
            ("custom", reference::resolve(provider_reference)?, version)
        }
    };
    let mut out = json!({ "type": kind, "skill_id": skill_id });
    if let (Some(version), Some(out)) = (version, out.as_object_mut()) {
        out.insert("version".to_owned(), version.as_str().into());
    }
    Ok(out)
}

/// The options have the API's shape but for the case of their names.
fn context_management(management: &ContextManagement) -> Result<Value> {
    let edits = value(&management.edits)?;
    let snake = |edit: Value| match edit {
        Value::Object(edit) => Value::Object(
            edit.into_iter().map(|(name, value)| (snake_case(&name), value)).collect(),
        ),
        other => other,
    };
    let edits: Value = match edits {
        Value::Array(edits) => edits.into_iter().map(snake).collect(),
        other => other,
    };
    Ok(json!({ "edits": edits }))
}

fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Names the features that the options need.
pub(super) fn add_betas(options: &AnthropicOptions, tools: &[Tool], notes: &mut Notes) {
    if options.mcp_servers.as_ref().is_some_and(|servers| !servers.is_empty()) {
        notes.betas.add("mcp-client-2025-04-04");
    }
    if let Some(management) = &options.context_management {
        notes.betas.add("context-management-2025-06-27");
        if management.edits.iter().any(|edit| matches!(edit, ContextEdit::Compact { .. })) {
            notes.betas.add("compact-2026-01-12");
        }
    }
    let skills = options.container.as_ref().and_then(|container| container.skills.as_ref());
    if skills.is_some_and(|skills| !skills.is_empty()) {
        notes.betas.add("code-execution-2025-08-25");
        notes.betas.add("skills-2025-10-02");
        notes.betas.add("files-api-2025-04-14");
        if !tools.iter().any(runs_skills) {
            notes.warn("code execution tool is required when using skills");
        }
    }
    if options.task_budget.is_some() {
        notes.betas.add("task-budgets-2026-03-13");
    }
    if options.speed == Some(Speed::Fast) {
        notes.betas.add("fast-mode-2026-02-01");
    }
    match &options.fallbacks {
        Some(Fallbacks::Named(_)) => notes.betas.add("server-side-fallback-2026-07-01"),
        Some(Fallbacks::Models(models)) if !models.is_empty() => {
            notes.betas.add("server-side-fallback-2026-06-01");
        }
        _ => {}
    }
}

fn runs_skills(tool: &Tool) -> bool {
    const IDS: [&str; 2] =
        ["anthropic.code_execution_20250825", "anthropic.code_execution_20260120"];
    matches!(tool, Tool::Provider(tool) if IDS.contains(&tool.id.as_str()))
}
