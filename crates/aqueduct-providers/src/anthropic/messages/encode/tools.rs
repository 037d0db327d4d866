//! Tools: the client's own, and the vendor's with the betas that they need.

use aqueduct_spec::language::{FunctionTool, ProviderTool, Tool, ToolChoice};
use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

use super::cache_control::CacheControls;
use super::notes::Betas;
use crate::anthropic::messages::wire::{self, CustomTool};

/// What the tools of a call are held to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) disable_parallel_tool_use: Option<bool>,
    /// Whether the model can be held to JSON schemas.
    pub(super) structured_output: bool,
    /// Whether it can be held to those of tools.
    pub(super) strict_tools: bool,
    /// Whether inputs are streamed as they arise, unless a tool says otherwise.
    pub(super) eager_input_streaming: bool,
}

/// The tools as the API takes them.
#[derive(Debug, Default)]
pub(super) struct EncodedTools {
    pub(super) tools: Option<Vec<wire::Tool>>,
    pub(super) choice: Option<wire::ToolChoice>,
    pub(super) warnings: Vec<Warning>,
    pub(super) betas: Betas,
}

pub(super) fn encode(
    tools: &[&Tool],
    choice: Option<&ToolChoice>,
    rules: Rules,
    cache: &mut CacheControls,
) -> Result<EncodedTools> {
    let mut out = EncodedTools::default();
    if tools.is_empty() {
        return Ok(out);
    }
    let mut encoded = Vec::with_capacity(tools.len());
    for tool in tools {
        match tool {
            Tool::Function(tool) => encoded.push(function(tool, rules, cache, &mut out)),
            Tool::Provider(tool) => encoded.extend(defined(tool, &mut out)?),
            other => out.warnings.push(Warning::unsupported(format!("tool {}", other.tag()))),
        }
    }
    // The API has no choice of none, so there are no tools then.
    if matches!(choice, Some(ToolChoice::None(_))) {
        return Ok(out);
    }
    out.choice = self::choice(choice, rules.disable_parallel_tool_use)?;
    out.tools = Some(encoded);
    Ok(out)
}

fn choice(
    choice: Option<&ToolChoice>,
    disable_parallel_tool_use: Option<bool>,
) -> Result<Option<wire::ToolChoice>> {
    let mut out = wire::ToolChoice { disable_parallel_tool_use, ..wire::ToolChoice::default() };
    out.kind = match choice {
        None if disable_parallel_tool_use == Some(true) => "auto",
        None => return Ok(None),
        Some(ToolChoice::Auto(_)) => "auto",
        Some(ToolChoice::Required(_)) => "any",
        Some(ToolChoice::Tool(choice)) => {
            out.name = Some(choice.tool_name.clone());
            "tool"
        }
        Some(other) => {
            return Err(Error::unsupported(format_args!("tool choice type: {}", other.tag())));
        }
    }
    .to_owned();
    Ok(Some(out))
}

fn function(
    tool: &FunctionTool,
    rules: Rules,
    cache: &mut CacheControls,
    out: &mut EncodedTools,
) -> wire::Tool {
    let options = tool.provider_options.as_ref();
    let own = |name: &str| {
        let value = options?.get("anthropic")?.get(name)?;
        (!value.is_null()).then(|| value.clone())
    };
    let mut encoded = CustomTool {
        name: tool.name.clone(),
        description: tool.description.clone(),
        input_schema: tool.input_schema.clone(),
        cache_control: cache.take(options),
        defer_loading: own("deferLoading"),
        allowed_callers: own("allowedCallers"),
        ..CustomTool::default()
    };
    let eager = own("eagerInputStreaming").and_then(|eager| eager.as_bool());
    encoded.eager_input_streaming = eager.unwrap_or(rules.eager_input_streaming).then_some(true);
    if rules.strict_tools {
        encoded.strict = tool.strict;
    } else if let Some(strict) = tool.strict {
        out.warnings.push(Warning::unsupported_because(
            "strict",
            format!(
                "Tool '{}' has strict: {strict}, but strict mode is not supported by this provider. The strict property will be ignored.",
                tool.name
            ),
        ));
    }
    if let Some(examples) = &tool.input_examples {
        let inputs = examples.iter().map(|example| example.input.clone());
        encoded.input_examples = Some(inputs.collect());
    }
    if rules.structured_output {
        out.betas.add("structured-outputs-2025-11-13");
    }
    if encoded.input_examples.is_some() || encoded.allowed_callers.is_some() {
        out.betas.add("advanced-tool-use-2025-11-20");
    }
    wire::Tool::Custom(encoded)
}

/// A tool that the vendor defines: its id, what the API calls it, its beta, and its settings.
struct Defined {
    id: &'static str,
    kind: &'static str,
    name: &'static str,
    beta: Option<&'static str>,
    settings: &'static [Setting],
}

/// A setting: the caller's name, the API's, and what it must be.
type Setting = (&'static str, &'static str, Kind);

/// What a setting must be.
#[derive(Clone, Copy)]
enum Kind {
    /// Sent as it is.
    Any,
    Number,
    /// Must be there.
    RequiredText,
    Texts,
    Citations,
    Location,
    Caching,
    /// A number of tokens, at least 1024.
    Tokens,
}

const DISPLAY: &[Setting] = &[
    ("displayWidthPx", "display_width_px", Kind::Any),
    ("displayHeightPx", "display_height_px", Kind::Any),
    ("displayNumber", "display_number", Kind::Any),
];
const DISPLAY_WITH_ZOOM: &[Setting] = &[
    ("displayWidthPx", "display_width_px", Kind::Any),
    ("displayHeightPx", "display_height_px", Kind::Any),
    ("displayNumber", "display_number", Kind::Any),
    ("enableZoom", "enable_zoom", Kind::Any),
];
const FETCH: &[Setting] = &[
    ("maxUses", "max_uses", Kind::Number),
    ("allowedDomains", "allowed_domains", Kind::Texts),
    ("blockedDomains", "blocked_domains", Kind::Texts),
    ("citations", "citations", Kind::Citations),
    ("maxContentTokens", "max_content_tokens", Kind::Number),
];
const SEARCH: &[Setting] = &[
    ("maxUses", "max_uses", Kind::Number),
    ("allowedDomains", "allowed_domains", Kind::Texts),
    ("blockedDomains", "blocked_domains", Kind::Texts),
    ("userLocation", "user_location", Kind::Location),
];
const ADVISOR: &[Setting] = &[
    ("model", "model", Kind::RequiredText),
    ("maxUses", "max_uses", Kind::Number),
    ("maxTokens", "max_tokens", Kind::Tokens),
    ("caching", "caching", Kind::Caching),
];

const fn tool(
    id: &'static str,
    kind: &'static str,
    name: &'static str,
    beta: Option<&'static str>,
    settings: &'static [Setting],
) -> Defined {
    Defined { id, kind, name, beta, settings }
}

const USE_2024: Option<&str> = Some("computer-use-2024-10-22");
const USE_2025: Option<&str> = Some("computer-use-2025-01-24");
const WEB_TOOLS_2026: Option<&str> = Some("code-execution-web-tools-2026-02-09");

/// Every tool that the vendor defines.
///
/// Source: <https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview> (2026-11).
#[rustfmt::skip]
const DEFINED: &[Defined] = &[
    tool("anthropic.code_execution_20250522", "code_execution_20250522", "code_execution", Some("code-execution-2025-05-22"), &[]),
    tool("anthropic.code_execution_20250825", "code_execution_20250825", "code_execution", Some("code-execution-2025-08-25"), &[]),
    tool("anthropic.code_execution_20260120", "code_execution_20260120", "code_execution", None, &[]),
    tool("anthropic.computer_20241022", "computer_20241022", "computer", USE_2024, DISPLAY),
    tool("anthropic.computer_20250124", "computer_20250124", "computer", USE_2025, DISPLAY),
    tool("anthropic.computer_20251124", "computer_20251124", "computer", Some("computer-use-2025-11-24"), DISPLAY_WITH_ZOOM),
    tool("anthropic.text_editor_20241022", "text_editor_20241022", "str_replace_editor", USE_2024, &[]),
    tool("anthropic.text_editor_20250124", "text_editor_20250124", "str_replace_editor", USE_2025, &[]),
    tool("anthropic.text_editor_20250429", "text_editor_20250429", "str_replace_based_edit_tool", USE_2025, &[]),
    tool("anthropic.text_editor_20250728", "text_editor_20250728", "str_replace_based_edit_tool", None, &[("maxCharacters", "max_characters", Kind::Number)]),
    tool("anthropic.bash_20241022", "bash_20241022", "bash", USE_2024, &[]),
    tool("anthropic.bash_20250124", "bash_20250124", "bash", USE_2025, &[]),
    tool("anthropic.memory_20250818", "memory_20250818", "memory", Some("context-management-2025-06-27"), &[]),
    tool("anthropic.web_fetch_20250910", "web_fetch_20250910", "web_fetch", Some("web-fetch-2025-09-10"), FETCH),
    tool("anthropic.web_fetch_20260209", "web_fetch_20260209", "web_fetch", WEB_TOOLS_2026, FETCH),
    tool("anthropic.web_search_20250305", "web_search_20250305", "web_search", None, SEARCH),
    tool("anthropic.web_search_20260209", "web_search_20260209", "web_search", WEB_TOOLS_2026, SEARCH),
    tool("anthropic.tool_search_regex_20251119", "tool_search_tool_regex_20251119", "tool_search_tool_regex", None, &[]),
    tool("anthropic.tool_search_bm25_20251119", "tool_search_tool_bm25_20251119", "tool_search_tool_bm25", None, &[]),
    tool("anthropic.advisor_20260301", "advisor_20260301", "advisor", Some("advisor-tool-2026-03-01"), ADVISOR),
];

fn defined(tool: &ProviderTool, out: &mut EncodedTools) -> Result<Option<wire::Tool>> {
    let Some(known) = DEFINED.iter().find(|known| known.id == tool.id) else {
        let feature = format!("provider-defined tool {}", tool.id);
        out.warnings.push(Warning::unsupported(feature));
        return Ok(None);
    };
    if let Some(beta) = known.beta {
        out.betas.add(beta);
    }
    let mut encoded = JsonObject::new();
    encoded.insert("type".to_owned(), known.kind.into());
    encoded.insert("name".to_owned(), known.name.into());
    for (name, wire_name, kind) in known.settings {
        let wrong =
            || Error::invalid_request(format!("tool '{}': argument '{name}' is wrong", tool.id));
        match tool.args.get(*name).filter(|value| !value.is_null()) {
            Some(value) => {
                let value = kind.read(value).ok_or_else(wrong)?;
                encoded.insert((*wire_name).to_owned(), value);
            }
            None if matches!(kind, Kind::RequiredText) => return Err(wrong()),
            None => {}
        }
    }
    Ok(Some(wire::Tool::Defined(encoded)))
}

impl Kind {
    /// Returns the value if it is what it must be.
    fn read(self, value: &Value) -> Option<Value> {
        match self {
            Self::Any => Some(value.clone()),
            Self::Number => value.is_number().then(|| value.clone()),
            Self::Tokens => value.as_u64().filter(|tokens| *tokens >= 1024).map(Value::from),
            Self::RequiredText => value.is_string().then(|| value.clone()),
            Self::Texts => Vec::<String>::deserialize(value).ok().map(Value::from),
            Self::Citations => only(value, &[("enabled", Value::is_boolean, true)]),
            Self::Location => {
                let approximate = value.get("type")?.as_str()? == "approximate";
                approximate.then(|| only(value, LOCATION))?
            }
            Self::Caching => {
                let ephemeral = value.get("type")?.as_str()? == "ephemeral";
                let ttl = value.get("ttl")?.as_str()?;
                (ephemeral && matches!(ttl, "5m" | "1h")).then(|| only(value, CACHING))?
            }
        }
    }
}

/// A field, what it must be, and whether it must be there.
type Member = (&'static str, fn(&Value) -> bool, bool);

const LOCATION: &[Member] = &[
    ("type", Value::is_string, true),
    ("city", Value::is_string, false),
    ("region", Value::is_string, false),
    ("country", Value::is_string, false),
    ("timezone", Value::is_string, false),
];
const CACHING: &[Member] = &[("type", Value::is_string, true), ("ttl", Value::is_string, true)];

/// Returns the fields that the API knows, if they are what they must be.
fn only(value: &Value, members: &[Member]) -> Option<Value> {
    let object = value.as_object()?;
    let mut out = JsonObject::new();
    for (name, is_right, required) in members {
        match object.get(*name) {
            Some(value) if is_right(value) => {
                out.insert((*name).to_owned(), value.clone());
            }
            None if !required => {}
            _ => return None,
        }
    }
    Some(Value::Object(out))
}
