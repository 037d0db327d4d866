//! A chat request → a call.

mod messages;
mod tools;

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::JsonObject;
use aqueduct_spec::language::{CallOptions, JsonFormat, ReasoningEffort, ResponseFormat};
use serde_json::Value;

use super::options;
use crate::error::Failure;
use crate::gateway::Shared;
use crate::model_id::provider_of;

/// A request that was understood.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) model_id: String,
    pub(super) options: CallOptions,
    pub(super) streams: bool,
    /// Whether a stream ends with a chunk of usage.
    pub(super) include_usage: bool,
}

/// Reads a request. What a call has no place for goes to the provider as an option.
pub(super) fn chat(mut request: wire::Request, shared: &Shared) -> Result<Asked, Failure> {
    let model_id = std::mem::take(&mut request.model);
    if model_id.is_empty() {
        return Err(Failure::invalid("model is empty").with_param("model"));
    }
    if request.messages.is_empty() {
        return Err(Failure::invalid("messages is empty").with_param("messages"));
    }
    one_answer(&mut request.rest)?;
    let mut provider_options = options::given(&mut request.rest)?;
    let mut fields = std::mem::take(&mut request.rest);
    // Headers are the gateway's own business.
    fields.shift_remove("headers");

    let prompt = messages::prompt(request.messages, provider_of(&model_id))?;
    let mut call = CallOptions::new(prompt);
    call.max_output_tokens = request.max_completion_tokens.or(request.max_tokens);
    call.temperature = request.temperature;
    call.top_p = request.top_p;
    call.presence_penalty = request.presence_penalty;
    call.frequency_penalty = request.frequency_penalty;
    call.seed = request.seed;
    call.stop_sequences = request.stop.map(|stop| match stop {
        wire::Stop::One(text) => vec![text],
        wire::Stop::Many(texts) => texts,
    });
    call.tools = request.tools.map(tools::tools).transpose()?;
    call.tool_choice = request.tool_choice.map(tools::choice).transpose()?;
    call.response_format = match request.response_format {
        None => None,
        Some(format) => response_format(format, &mut fields)?,
    };
    if let Some(effort) = request.reasoning_effort {
        match effort_of(&effort) {
            Some(known) => call.reasoning = Some(known),
            None => set(&mut fields, "reasoning_effort", Some(effort)),
        }
    }
    set(&mut fields, "user", request.user);
    set(&mut fields, "verbosity", request.verbosity);
    set(&mut fields, "parallel_tool_calls", request.parallel_tool_calls);

    options::add(&mut provider_options, shared, &model_id, &fields);
    call.provider_options = (!provider_options.is_empty()).then_some(provider_options);
    let usage = request.stream_options.and_then(|options| options.include_usage);
    Ok(Asked {
        model_id,
        options: call,
        streams: request.stream == Some(true),
        include_usage: usage == Some(true),
    })
}

fn set(fields: &mut JsonObject, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// A call has one answer.
fn one_answer(rest: &mut JsonObject) -> Result<(), Failure> {
    match rest.shift_remove("n") {
        None | Some(Value::Null) => Ok(()),
        Some(n) if n.as_u64() == Some(1) => Ok(()),
        Some(_) => Err(Failure::invalid(
            "n: only one answer a request is supported; send the request several times instead",
        )
        .with_param("n")
        .with_code("unsupported_value")),
    }
}

fn effort_of(word: &str) -> Option<ReasoningEffort> {
    serde_json::from_value(Value::from(word))
        .ok()
        .filter(|e| *e != ReasoningEffort::ProviderDefault)
}

fn response_format(
    format: wire::ResponseFormat,
    fields: &mut JsonObject,
) -> Result<Option<ResponseFormat>, Failure> {
    match format {
        wire::ResponseFormat::Text => Ok(None),
        wire::ResponseFormat::JsonObject => Ok(Some(ResponseFormat::json())),
        wire::ResponseFormat::JsonSchema(format) => {
            let wire::JsonSchema { schema, strict, name, description, .. } = format.json_schema;
            let mut json = JsonFormat::default();
            json.schema = schema;
            json.name = (!name.is_empty()).then_some(name);
            json.description = description;
            // Absent means no here, but yes in a call.
            fields.insert("strictJsonSchema".to_owned(), strict.unwrap_or(false).into());
            Ok(Some(json.into()))
        }
        _ => Err(Failure::invalid(
            "response_format.type: must be 'text', 'json_object' or 'json_schema'",
        )
        .with_param("response_format.type")),
    }
}
