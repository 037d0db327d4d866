//! A call as a request.

use aqueduct_spec::language::{CallOptions, ReasoningEffort, Tool};
use aqueduct_spec::{Result, Warning};
use serde_json::Value;

use super::messages::messages;
use super::options::ChatOptions;
use crate::openai::capabilities::Capabilities;
use crate::openai::responses::options::{Logprobs, SystemMessageMode};
use crate::openai_compatible::chat::encode::{
    function_tool, response_format, settings, tool_choice,
};
use crate::openai_compatible::chat::wire;

/// Writes a call.
pub(super) fn encode(call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
    let options = call.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
    let options: ChatOptions = options.flatten().unwrap_or_default();
    let capabilities = Capabilities::of(model_id);
    let is_reasoning = options.force_reasoning.unwrap_or(capabilities.is_reasoning);
    let mut warnings = Vec::new();
    let mut request = settings(call, model_id, &mut warnings);
    let default_mode =
        if is_reasoning { SystemMessageMode::Developer } else { SystemMessageMode::System };
    let mode = options.system_message_mode.unwrap_or(default_mode);
    request.messages = messages(&call.prompt, mode, &mut warnings)?;
    request.response_format = response_format(
        call.response_format.as_ref(),
        true,
        options.strict_json_schema,
        &mut warnings,
    );
    let asked = call.reasoning.and_then(ReasoningEffort::chosen).map(|it| it.as_str().to_owned());
    apply(&mut request, options, asked);
    let keeps_sampling = request.reasoning_effort.as_deref() == Some("none")
        && capabilities.samples_without_reasoning;
    if is_reasoning {
        fit_to_reasoning(&mut request, keeps_sampling, &mut warnings);
    } else if is_search_preview(model_id) && request.temperature.take().is_some() {
        warnings.push(Warning::unsupported_because(
            "temperature",
            "temperature is not supported for the search preview models and has been removed.",
        ));
    }
    let tier = request.rest.get("service_tier").and_then(Value::as_str);
    if let Some(details) = capabilities.unsupported_tier(tier) {
        warnings.push(Warning::unsupported_because("serviceTier", details));
        request.rest.shift_remove("service_tier");
    }
    tools(&mut request, call, &mut warnings);
    Ok((request, warnings))
}

fn is_search_preview(model_id: &str) -> bool {
    ["gpt-4o-search-preview", "gpt-4o-mini-search-preview"]
        .iter()
        .any(|prefix| model_id.starts_with(prefix))
}

/// Writes the options.
fn apply(request: &mut wire::Request, options: ChatOptions, effort: Option<String>) {
    request.user = options.user;
    request.parallel_tool_calls = options.parallel_tool_calls;
    request.verbosity = options.text_verbosity;
    request.max_completion_tokens = options.max_completion_tokens;
    request.reasoning_effort = options.reasoning_effort.or(effort);
    let (logprobs, top) = match options.logprobs {
        Some(Logprobs::Whether(true)) => (Some(true), Some(0)),
        Some(Logprobs::Count(count)) => (Some(true), Some(count)),
        Some(Logprobs::Whether(false)) | None => (None, None),
    };
    let fields = [
        ("logit_bias", options.logit_bias.map(Value::Object)),
        ("logprobs", logprobs.map(Value::from)),
        ("top_logprobs", top.map(Value::from)),
        ("store", options.store.map(Value::from)),
        ("metadata", options.metadata.map(Value::Object)),
        ("prediction", options.prediction.map(Value::Object)),
        ("service_tier", options.service_tier.map(Value::from)),
        ("prompt_cache_key", options.prompt_cache_key.map(Value::from)),
        ("prompt_cache_options", options.prompt_cache_options.filter(|it| !it.is_null())),
        ("prompt_cache_retention", options.prompt_cache_retention.map(Value::from)),
        ("safety_identifier", options.safety_identifier.map(Value::from)),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    request.rest.extend(given);
}

/// What reasoning models refuse.
enum Refused {
    Setting(&'static str),
    Option(&'static str),
}

impl Refused {
    fn warning(&self) -> Warning {
        let details = |name: &str| format!("{name} is not supported for reasoning models");
        match self {
            Self::Setting(name) => Warning::unsupported_because(*name, details(name)),
            Self::Option(name) => Warning::other(details(name)),
        }
    }
}

/// Takes out what reasoning models refuse, and gives their limit its name.
///
/// Source: <https://platform.openai.com/docs/guides/reasoning> (2026-11).
fn fit_to_reasoning(
    request: &mut wire::Request,
    keeps_sampling: bool,
    warnings: &mut Vec<Warning>,
) {
    let mut refused = Vec::new();
    if !keeps_sampling {
        refused.push((Refused::Setting("temperature"), request.temperature.take().is_some()));
        refused.push((Refused::Setting("topP"), request.top_p.take().is_some()));
        let logprobs = request.rest.shift_remove("logprobs");
        refused.push((Refused::Option("logprobs"), logprobs.is_some()));
    }
    let frequency = request.frequency_penalty.take();
    refused.push((Refused::Setting("frequencyPenalty"), frequency.is_some()));
    let presence = request.presence_penalty.take();
    refused.push((Refused::Setting("presencePenalty"), presence.is_some()));
    let bias = request.rest.shift_remove("logit_bias");
    refused.push((Refused::Option("logitBias"), bias.is_some()));
    let top = request.rest.shift_remove("top_logprobs");
    refused.push((Refused::Option("topLogprobs"), top.is_some()));
    for (refused, _) in refused.into_iter().filter(|(_, is_given)| *is_given) {
        warnings.push(refused.warning());
    }
    let limit = request.max_tokens.take();
    request.max_completion_tokens = request.max_completion_tokens.or(limit);
}

fn tools(request: &mut wire::Request, call: &CallOptions, warnings: &mut Vec<Warning>) {
    let known = call.tools.as_deref().unwrap_or_default();
    if known.is_empty() {
        return;
    }
    let mut tools = Vec::with_capacity(known.len());
    for tool in known {
        match tool {
            Tool::Function(tool) => tools.push(function_tool(tool)),
            other => warnings.push(Warning::unsupported(format!("tool type: {}", other.tag()))),
        }
    }
    request.tools = Some(tools);
    request.tool_choice =
        call.tool_choice.as_ref().and_then(|choice| tool_choice(choice, warnings));
}
