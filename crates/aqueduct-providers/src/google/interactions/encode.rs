//! A call as a request.

use aqueduct_spec::language::{CallOptions, ResponseFormat as Format};
use aqueduct_spec::{JsonObject, Result, Warning};
use serde_json::{Value, json};

use super::options::{AgentConfig, Environment, GoogleInteractionsOptions, ResponseFormat};
use super::{prompt, tools};
use crate::google::generate_content::encode::options;

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    Model(&'a str),
    Agent(&'a str),
}

/// A request, and what to know of it.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) body: JsonObject,
    pub(super) warnings: Vec<Warning>,
    pub(super) background: bool,
    pub(super) polling_timeout_ms: Option<u64>,
}

pub(super) fn encode(call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
    let options: GoogleInteractionsOptions = options(call.provider_options.as_ref(), &["google"])?;
    let is_agent = matches!(target, Target::Agent(_));
    let mut warnings = Vec::new();
    if !is_agent {
        for (name, given) in [
            ("frequencyPenalty", call.frequency_penalty),
            ("presencePenalty", call.presence_penalty),
        ] {
            if given.is_some() {
                warnings.push(Warning::unsupported(name));
            }
        }
    }
    let tools = tools::encode(call, &mut warnings);
    let mut formats = formats(call, &options, is_agent, &mut warnings);
    let prompt = prompt::encode(&call.prompt, &options, &mut warnings)?;
    let mut system = prompt.system_instruction;
    match (&system, &options.system_instruction) {
        (Some(_), Some(_)) => warnings.push(Warning::other(
            "google.interactions: both AI SDK system message and providerOptions.google.systemInstruction were set; using the AI SDK system message.",
        )),
        (None, Some(given)) => system = Some(given.clone()),
        _ => {}
    }
    let generation_config = if is_agent {
        warn_of_dropped(call, &options, &mut warnings);
        JsonObject::new()
    } else {
        add_image_format(&options, &mut formats, &mut warnings);
        generation_config(call, &options, tools.choice)
    };
    let environment = environment(&options, is_agent, &mut warnings);

    let mut body = JsonObject::new();
    match target {
        Target::Model(model) => put(&mut body, "model", Some(model)),
        Target::Agent(agent) => put(&mut body, "agent", Some(agent)),
    }
    put(&mut body, "input", Some(prompt.input));
    put(&mut body, "system_instruction", system);
    put(&mut body, "tools", Some(tools.tools).filter(|tools| !tools.is_empty()));
    put(&mut body, "response_format", Some(formats).filter(|formats| !formats.is_empty()));
    put(&mut body, "response_modalities", options.response_modalities);
    put(&mut body, "previous_interaction_id", options.previous_interaction_id);
    put(&mut body, "service_tier", options.service_tier);
    put(&mut body, "store", options.store);
    put(&mut body, "generation_config", Some(generation_config).filter(|it| !it.is_empty()));
    let agent_config = options.agent_config.filter(|_| is_agent).map(agent_config);
    put(&mut body, "agent_config", agent_config);
    put(&mut body, "environment", environment);
    put(&mut body, "background", options.background);
    Ok(Encoded {
        body,
        warnings,
        background: options.background == Some(true),
        polling_timeout_ms: options.polling_timeout_ms,
    })
}

/// Puts a field that is there.
pub(super) fn put(object: &mut JsonObject, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

fn formats(
    call: &CallOptions,
    options: &GoogleInteractionsOptions,
    is_agent: bool,
    warnings: &mut Vec<Warning>,
) -> Vec<Value> {
    let mut formats = Vec::new();
    if let Some(Format::Json(format)) = &call.response_format {
        if is_agent {
            warnings.push(Warning::other(
                "google.interactions: structured output (responseFormat) is not supported when an agent is set; responseFormat will be ignored.",
            ));
        } else {
            let mut entry = JsonObject::new();
            put(&mut entry, "type", Some("text"));
            put(&mut entry, "mime_type", Some("application/json"));
            put(&mut entry, "schema", format.schema.clone());
            formats.push(entry.into());
        }
    }
    formats.extend(options.response_format.iter().flatten().map(|format| {
        let mut entry = JsonObject::new();
        match format.clone() {
            ResponseFormat::Text { mime_type, schema } => {
                put(&mut entry, "type", Some("text"));
                put(&mut entry, "mime_type", mime_type);
                put(&mut entry, "schema", schema);
            }
            ResponseFormat::Image { mime_type, aspect_ratio, image_size } => {
                put(&mut entry, "type", Some("image"));
                put(&mut entry, "mime_type", mime_type);
                put(&mut entry, "aspect_ratio", aspect_ratio);
                put(&mut entry, "image_size", image_size);
            }
            ResponseFormat::Audio { mime_type } => {
                put(&mut entry, "type", Some("audio"));
                put(&mut entry, "mime_type", mime_type);
            }
        }
        Value::Object(entry)
    }));
    formats
}

/// The older way to say what images shall be like.
fn add_image_format(
    options: &GoogleInteractionsOptions,
    formats: &mut Vec<Value>,
    warnings: &mut Vec<Warning>,
) {
    let Some(config) = &options.image_config else { return };
    if formats.iter().any(|format| format.get("type").is_some_and(|it| it == "image")) {
        warnings.push(Warning::other(
            "google.interactions: providerOptions.google.imageConfig is deprecated and was ignored because providerOptions.google.responseFormat already supplies an image entry. Use responseFormat exclusively.",
        ));
        return;
    }
    warnings.push(Warning::other(
        "google.interactions: providerOptions.google.imageConfig is deprecated. Use providerOptions.google.responseFormat with a { type: \"image\", ... } entry instead.",
    ));
    let mut entry = JsonObject::new();
    put(&mut entry, "type", Some("image"));
    put(&mut entry, "mime_type", Some("image/png"));
    put(&mut entry, "aspect_ratio", config.aspect_ratio.clone());
    put(&mut entry, "image_size", config.image_size.clone());
    formats.push(entry.into());
}

fn generation_config(
    call: &CallOptions,
    options: &GoogleInteractionsOptions,
    tool_choice: Option<Value>,
) -> JsonObject {
    let number = |value: Option<f64>| value.map(aqueduct_spec::json::number);
    let stops = call.stop_sequences.clone().filter(|stops| !stops.is_empty());
    let mut config = JsonObject::new();
    put(&mut config, "temperature", number(call.temperature));
    put(&mut config, "top_p", number(call.top_p));
    put(&mut config, "top_k", number(call.top_k));
    put(&mut config, "seed", call.seed);
    put(&mut config, "stop_sequences", stops);
    put(&mut config, "max_output_tokens", call.max_output_tokens);
    put(&mut config, "thinking_level", options.thinking_level.clone());
    put(&mut config, "thinking_summaries", options.thinking_summaries.clone());
    put(&mut config, "tool_choice", tool_choice);
    config
}

/// Agents have settings of their own, and none of the models'.
fn warn_of_dropped(
    call: &CallOptions,
    options: &GoogleInteractionsOptions,
    warnings: &mut Vec<Warning>,
) {
    let dropped: Vec<&str> = [
        ("temperature", call.temperature.is_some()),
        ("topP", call.top_p.is_some()),
        ("topK", call.top_k.is_some()),
        ("frequencyPenalty", call.frequency_penalty.is_some()),
        ("presencePenalty", call.presence_penalty.is_some()),
        ("seed", call.seed.is_some()),
        ("stopSequences", call.stop_sequences.as_ref().is_some_and(|it| !it.is_empty())),
        ("maxOutputTokens", call.max_output_tokens.is_some()),
        ("thinkingLevel", options.thinking_level.is_some()),
        ("thinkingSummaries", options.thinking_summaries.is_some()),
        ("imageConfig", options.image_config.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if dropped.is_empty() {
        return;
    }
    let verb = if dropped.len() == 1 { "is" } else { "are" };
    warnings.push(Warning::other(format!(
        "google.interactions: {} {verb} not supported when an agent is set; use providerOptions.google.agentConfig instead. Dropped from the request body.",
        dropped.join(", ")
    )));
}

fn agent_config(config: AgentConfig) -> Value {
    match config {
        AgentConfig::Dynamic {} => json!({ "type": "dynamic" }),
        AgentConfig::DeepResearch { thinking_summaries, visualization, collaborative_planning } => {
            let mut out = JsonObject::new();
            put(&mut out, "type", Some("deep-research"));
            put(&mut out, "thinking_summaries", thinking_summaries);
            put(&mut out, "visualization", visualization);
            put(&mut out, "collaborative_planning", collaborative_planning);
            out.into()
        }
    }
}

fn environment(
    options: &GoogleInteractionsOptions,
    is_agent: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Value> {
    let environment = options.environment.as_ref()?;
    if !is_agent {
        warnings.push(Warning::other(
            "google.interactions: environment is only supported when an agent is set; environment will be omitted from the request body.",
        ));
        return None;
    }
    let new = match environment {
        Environment::Id(id) => return Some(id.as_str().into()),
        Environment::New(new) => new,
    };
    let mut out = JsonObject::new();
    put(&mut out, "type", Some("remote"));
    let sources: Vec<Value> = new.sources.iter().flatten().cloned().map(without_nulls).collect();
    put(&mut out, "sources", Some(sources).filter(|sources| !sources.is_empty()));
    let network = new.network.clone().map(|mut network| {
        let entries = network.get_mut("allowlist").and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            if let Value::Object(fields) = entry.take() {
                *entry = without_nulls(fields);
            }
        }
        network
    });
    put(&mut out, "network", network);
    Some(out.into())
}

fn without_nulls(object: JsonObject) -> Value {
    object.into_iter().filter(|(_, value)| !value.is_null()).collect::<JsonObject>().into()
}
