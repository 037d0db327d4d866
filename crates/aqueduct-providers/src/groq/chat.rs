//! What is different about Groq's chat.

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::{CallOptions, ProviderTool, ReasoningEffort, Usage};
use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::openai_compatible::chat::encode::{
    Encoded, FileKinds, MessageRules, ReasoningField, Target, messages, response_format, settings,
    tools,
};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, StreamRules, account, kept, read_error};

/// Models that can search by themselves.
///
/// Source: <https://console.groq.com/docs/browser-search> (2026-11).
const BROWSER_SEARCH_MODELS: &[&str] = &["openai/gpt-oss-20b", "openai/gpt-oss-120b"];

/// What is kept of the groups of an account.
const DETAILS: &[(&str, &[&str])] = &[
    ("prompt_tokens_details", &["cached_tokens"]),
    ("completion_tokens_details", &["reasoning_tokens"]),
];

/// Options under `groq`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroqOptions {
    reasoning_format: Option<ReasoningFormat>,
    reasoning_effort: Option<Effort>,
    parallel_tool_calls: Option<bool>,
    user: Option<String>,
    structured_outputs: Option<bool>,
    strict_json_schema: Option<bool>,
    service_tier: Option<ServiceTier>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum ReasoningFormat {
    Parsed,
    Raw,
    Hidden,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Effort {
    None,
    Default,
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum ServiceTier {
    OnDemand,
    Performance,
    Flex,
    Auto,
}

/// The dialect.
#[derive(Debug)]
pub(super) struct Groq;

impl Dialect for Groq {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let options = call.provider_options.as_ref().map(|all| all.typed::<GroqOptions>("groq"));
        let options = options.transpose()?.flatten().unwrap_or_default();
        let mut warnings = Vec::new();
        let mut request = settings(call, target.model_id, &mut warnings);
        request.user = options.user;
        request.parallel_tool_calls = options.parallel_tool_calls;
        request.response_format = response_format(
            call.response_format.as_ref(),
            options.structured_outputs.unwrap_or(true),
            options.strict_json_schema,
            &mut warnings,
        );
        put(&mut request.rest, "reasoning_format", options.reasoning_format)?;
        match options.reasoning_effort {
            Some(effort) => put(&mut request.rest, "reasoning_effort", Some(effort))?,
            None => request.reasoning_effort = effort(call.reasoning, &mut warnings),
        }
        put(&mut request.rest, "service_tier", options.service_tier)?;
        let mut rules = MessageRules::new();
        rules.copies_options = false;
        rules.reasoning = ReasoningField::Reasoning;
        rules.null_content = false;
        rules.files = FileKinds::Images;
        request.messages = messages(&call.prompt, &rules, &mut warnings)?;
        let (tools, choice) = tools(call, &mut warnings, |tool, warnings| {
            browser_search(tool, target.model_id, warnings)
        });
        request.tools = tools;
        request.tool_choice = choice;
        Ok(Encoded::new(request, warnings))
    }

    /// Groq says nothing of caches and reasoning where there is none, and its raw account is kept to its counts, as the AI
    /// SDK does; the times beside them are in the raw chunks.
    fn usage(&self, usage: &wire::Usage) -> Usage {
        account(
            usage.prompt_tokens().unwrap_or(0),
            usage.completion_tokens().unwrap_or(0),
            usage.cached_tokens(),
            usage.reasoning_tokens(),
            kept(&usage.0, &["prompt_tokens", "completion_tokens", "total_tokens"], DETAILS),
        )
    }

    fn chunk_usage(&self, chunk: &mut wire::Chunk<'_>) -> Option<wire::Usage> {
        chunk.x_groq.take()?.usage
    }

    fn error(&self, body: &Value) -> Option<ApiMessage> {
        // Without a type it is not Groq's.
        body.get("error")?.get("type")?.as_str()?;
        read_error(body)
    }

    fn stream_rules(&self) -> StreamRules {
        StreamRules {
            tool_type_required: true,
            late_tool_names: false,
            error_beside_choices: false,
            ..StreamRules::default()
        }
    }
}

fn put(object: &mut JsonObject, name: &str, value: Option<impl Serialize>) -> Result<()> {
    if let Some(value) = value {
        let value = serde_json::to_value(value)
            .map_err(|error| Error::internal("an option cannot be written").with_source(error))?;
        object.insert(name.to_owned(), value);
    }
    Ok(())
}

/// Groq knows three efforts.
fn effort(effort: Option<ReasoningEffort>, warnings: &mut Vec<Warning>) -> Option<String> {
    let asked = effort?.chosen()?;
    let mapped = match asked {
        ReasoningEffort::None => return None,
        ReasoningEffort::Minimal | ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        _ => "high",
    };
    let asked = asked.as_str();
    if asked != mapped {
        warnings.push(Warning::compatibility(
            "reasoning",
            format!(
                "reasoning \"{asked}\" is not directly supported by this model. mapped to effort \"{mapped}\"."
            ),
        ));
    }
    Some(mapped.to_owned())
}

fn browser_search(
    tool: &ProviderTool,
    model_id: &str,
    warnings: &mut Vec<Warning>,
) -> Option<wire::Tool> {
    if tool.id != "groq.browser_search" {
        return None;
    }
    if !BROWSER_SEARCH_MODELS.contains(&model_id) {
        warnings.push(Warning::unsupported_because(
            format!("provider-defined tool {}", tool.id),
            format!(
                "Browser search is only supported on the following models: {}. Current model: {model_id}",
                BROWSER_SEARCH_MODELS.join(", ")
            ),
        ));
        return None;
    }
    let tool = JsonObject::from_iter([("type".to_owned(), json!("browser_search"))]);
    Some(wire::Tool::Other(tool))
}
