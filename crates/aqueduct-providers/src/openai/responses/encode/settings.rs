//! Everything in a request but the conversation and the tools.

use aqueduct_spec::language::{CallOptions, JsonFormat, ReasoningEffort, ResponseFormat};
use aqueduct_spec::{JsonObject, Warning};

use super::super::options::{Logprobs, MAX_TOP_LOGPROBS, ResponsesOptions};
use super::wire;
use crate::openai::capabilities::Capabilities;

/// Warns of what the API has no place for.
pub(super) fn warn_of_unsupported(
    call: &CallOptions,
    options: &ResponsesOptions,
    warnings: &mut Vec<Warning>,
) {
    let settings = [
        ("topK", call.top_k.is_some()),
        ("seed", call.seed.is_some()),
        ("presencePenalty", call.presence_penalty.is_some()),
        ("frequencyPenalty", call.frequency_penalty.is_some()),
        ("stopSequences", call.stop_sequences.is_some()),
    ];
    let given = settings.into_iter().filter(|(_, is_given)| *is_given);
    warnings.extend(given.map(|(name, _)| Warning::unsupported(name)));
    if options.conversation.is_some() && options.previous_response_id.is_some() {
        warnings.push(Warning::unsupported_because(
            "conversation",
            "conversation and previousResponseId cannot be used together",
        ));
    }
}

/// Writes the settings, but for those that depend on the model.
pub(super) fn apply(request: &mut wire::Request, call: &CallOptions, options: ResponsesOptions) {
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    request.max_output_tokens = call.max_output_tokens;
    request.text = text(call, &options);
    request.top_logprobs = top_logprobs(&options);
    request.conversation = options.conversation.map(Into::into);
    request.max_tool_calls = options.max_tool_calls;
    request.metadata = options.metadata.filter(|metadata| !metadata.is_null());
    request.parallel_tool_calls = options.parallel_tool_calls;
    request.previous_response_id = options.previous_response_id;
    request.store = options.store;
    request.user = options.user;
    request.instructions = options.instructions.map(Into::into);
    request.service_tier = options.service_tier;
    request.prompt_cache_key = options.prompt_cache_key;
    request.prompt_cache_options = options.prompt_cache_options.filter(|it| !it.is_null());
    request.prompt_cache_retention = options.prompt_cache_retention;
    request.safety_identifier = options.safety_identifier;
    request.truncation = options.truncation;
    request.context_management = options.context_management.map(|rules| {
        let rule = |rule: super::super::options::ContextManagement| wire::CompactionRule {
            kind: rule.kind,
            compact_threshold: Some(rule.compact_threshold),
            rest: JsonObject::new(),
        };
        rules.into_iter().map(rule).collect()
    });
}

/// How many likely tokens to tell at each place.
pub(super) fn top_logprobs(options: &ResponsesOptions) -> Option<u64> {
    match options.logprobs? {
        Logprobs::Whether(true) => Some(MAX_TOP_LOGPROBS),
        Logprobs::Count(count) if count > 0 => Some(count),
        Logprobs::Whether(false) | Logprobs::Count(_) => None,
    }
}

fn text(call: &CallOptions, options: &ResponsesOptions) -> Option<wire::TextSettings> {
    let format = match &call.response_format {
        Some(ResponseFormat::Json(json)) => {
            Some(format(json, options.strict_json_schema.unwrap_or(true)))
        }
        _ => None,
    };
    let verbosity = options.text_verbosity.clone();
    (format.is_some() || verbosity.is_some()).then(|| wire::TextSettings {
        format,
        verbosity,
        rest: JsonObject::new(),
    })
}

fn format(json: &JsonFormat, strict: bool) -> wire::Format {
    let Some(schema) = &json.schema else { return wire::Format::json_object() };
    wire::Format::JsonSchema(wire::JsonSchemaFormat {
        name: json.name.clone().unwrap_or_else(|| "response".to_owned()),
        strict: Some(strict),
        description: json.description.clone(),
        schema: Some(schema.clone()),
        rest: JsonObject::new(),
    })
}

/// Writes how to think, and takes out what does not go with it.
pub(super) fn apply_reasoning(
    request: &mut wire::Request,
    call: &CallOptions,
    options: &ResponsesOptions,
    capabilities: Capabilities,
    is_reasoning: bool,
    warnings: &mut Vec<Warning>,
) {
    let asked = call.reasoning.and_then(ReasoningEffort::chosen).map(|it| it.as_str().to_owned());
    let effort = options.reasoning_effort.clone().or(asked);
    if !is_reasoning {
        warn_of_reasoning(options, warnings);
        return;
    }
    let is_off = effort.as_deref() == Some("none");
    let summary = match &options.reasoning_summary {
        Some(decided) => decided.clone(),
        None => (effort.is_some() && !is_off).then(|| "detailed".to_owned()),
    };
    let settings = wire::ReasoningSettings {
        effort,
        summary,
        mode: options.reasoning_mode.clone(),
        context: options.reasoning_context.clone(),
        rest: JsonObject::new(),
    };
    if settings != wire::ReasoningSettings::default() {
        request.reasoning = Some(settings);
    }
    if is_off && capabilities.samples_without_reasoning {
        return;
    }
    let sampling = [("temperature", request.temperature.take()), ("topP", request.top_p.take())];
    for (name, value) in sampling {
        if value.is_some() {
            let details = format!("{name} is not supported for reasoning models");
            warnings.push(Warning::unsupported_because(name, details));
        }
    }
}

fn warn_of_reasoning(options: &ResponsesOptions, warnings: &mut Vec<Warning>) {
    let settings = [
        ("reasoningEffort", options.reasoning_effort.is_some()),
        ("reasoningSummary", options.reasoning_summary.as_ref().is_some_and(Option::is_some)),
        ("reasoningMode", options.reasoning_mode.is_some()),
        ("reasoningContext", options.reasoning_context.is_some()),
    ];
    for (name, _) in settings.into_iter().filter(|(_, is_given)| *is_given) {
        let details = format!("{name} is not supported for non-reasoning models");
        warnings.push(Warning::unsupported_because(name, details));
    }
}

/// Takes out a service tier that the model has not got.
pub(super) fn check_service_tier(
    request: &mut wire::Request,
    capabilities: Capabilities,
    warnings: &mut Vec<Warning>,
) {
    let Some(details) = capabilities.unsupported_tier(request.service_tier.as_deref()) else {
        return;
    };
    warnings.push(Warning::unsupported_because("serviceTier", details));
    request.service_tier = None;
}
