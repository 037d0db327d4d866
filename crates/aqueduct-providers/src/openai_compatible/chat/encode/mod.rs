//! A call as a request: pure, so the same call is the same bytes.

mod files;
mod messages;
mod tools;

use aqueduct_spec::language::{CallOptions, ReasoningEffort, ResponseFormat};
use aqueduct_spec::{Error, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

pub use files::FileKinds;
pub(crate) use files::file_url;
pub use messages::{MessageRules, ReasoningField, messages};
pub(crate) use messages::{assistant, output as tool_output, tool as tool_messages, tool_call};
pub use tools::{function_tool, tool_choice, tools};

use super::wire;
use crate::openai_compatible::options::{Keys, OptionKeys};

/// What a call is encoded for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Target<'a> {
    /// The model.
    pub model_id: &'a str,
    /// The host's name, under which its options are.
    pub name: &'a str,
    /// Whether the host takes JSON schemas for answers.
    pub supports_structured_outputs: bool,
}

impl<'a> Target<'a> {
    /// Names the model and the host.
    pub fn new(model_id: &'a str, name: &'a str) -> Self {
        Self { model_id, name, supports_structured_outputs: false }
    }

    /// Sets whether the host takes JSON schemas for answers.
    #[must_use]
    pub fn with_structured_outputs(mut self, supported: bool) -> Self {
        self.supports_structured_outputs = supported;
        self
    }
}

/// A request, and what could not be put into it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Encoded {
    /// The request.
    pub request: wire::Request,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// Under which key the answer has its metadata, if it always has any.
    pub metadata_key: Option<String>,
}

impl Encoded {
    /// Puts the two together.
    pub fn new(request: wire::Request, warnings: Vec<Warning>) -> Self {
        Self { request, warnings, metadata_key: None }
    }

    /// Sets under which key the answer has its metadata.
    #[must_use]
    pub fn with_metadata_key(mut self, key: impl Into<String>) -> Self {
        self.metadata_key = Some(key.into());
        self
    }
}

/// Options that every host of the protocol is taken to know.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatOptions {
    user: Option<String>,
    reasoning_effort: Option<String>,
    text_verbosity: Option<String>,
    strict_json_schema: Option<bool>,
}

/// The names of [`ChatOptions`] in JSON: these are not copied into the request as they are.
const CHAT_OPTIONS: &[&str] = &["user", "reasoningEffort", "textVerbosity", "strictJsonSchema"];

/// Writes a call as the plain protocol has it.
///
/// Options of the host that are not known here are copied into the request, over the standard settings but not over the
/// messages, tools and reasoning.
///
/// # Errors
/// `Unsupported` for content that the protocol has no place for, `InvalidRequest` for options of the wrong shape.
pub fn encode(call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
    let keys = Keys::new(target.name, call.provider_options.as_ref());
    let mut warnings = Vec::new();
    keys.warn_of_shared(&mut warnings);
    keys.warn_of_name(&mut warnings);
    let options: ChatOptions = keys.typed(OptionKeys::All)?;

    let mut request = settings(call, target.model_id, &mut warnings);
    request.user = options.user;
    request.response_format = response_format(
        call.response_format.as_ref(),
        target.supports_structured_outputs,
        options.strict_json_schema,
        &mut warnings,
    );
    let mut extra = keys.own();
    extra.retain(|name, _| !CHAT_OPTIONS.contains(&name.as_str()));
    let mut request = with_extra(request, extra)?;

    let effort = options.reasoning_effort.or_else(|| reasoning_effort(call.reasoning));
    request.reasoning_effort = effort.or(request.reasoning_effort);
    request.verbosity = options.text_verbosity.or(request.verbosity);
    let rules = MessageRules::new().with_metadata_key(keys.metadata_key());
    request.messages = messages(&call.prompt, &rules, &mut warnings)?;
    let (tools, choice) = tools(call, &mut warnings, |_, _| None);
    request.tools = tools.or(request.tools);
    request.tool_choice = choice.or(request.tool_choice);
    Ok(Encoded::new(request, warnings).with_metadata_key(keys.metadata_key()))
}

/// The standard settings, which every host has.
pub fn settings(call: &CallOptions, model_id: &str, warnings: &mut Vec<Warning>) -> wire::Request {
    if call.top_k.is_some() {
        warnings.push(Warning::unsupported("topK"));
    }
    let mut request = wire::Request::new(model_id);
    request.max_tokens = call.max_output_tokens;
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    request.frequency_penalty = call.frequency_penalty;
    request.presence_penalty = call.presence_penalty;
    request.stop = call.stop_sequences.clone().map(wire::Stop::Many);
    request.seed = call.seed;
    request
}

/// The form of the answer; a schema that the host does not take is a warning.
pub fn response_format(
    format: Option<&ResponseFormat>,
    supports_structured_outputs: bool,
    strict: Option<bool>,
    warnings: &mut Vec<Warning>,
) -> Option<wire::ResponseFormat> {
    let format = match format? {
        ResponseFormat::Json(format) => format,
        ResponseFormat::Text(_) => return None,
        other => {
            warnings.push(Warning::unsupported_because("responseFormat", other.tag().to_owned()));
            return None;
        }
    };
    let Some(schema) = &format.schema else { return Some(wire::ResponseFormat::JsonObject) };
    if !supports_structured_outputs {
        warnings.push(Warning::unsupported_because(
            "responseFormat",
            "JSON response format schema is only supported with structuredOutputs",
        ));
        return Some(wire::ResponseFormat::JsonObject);
    }
    Some(wire::ResponseFormat::JsonSchema(wire::JsonSchemaFormat::new(wire::JsonSchema {
        schema: Some(schema.clone()),
        strict: Some(strict.unwrap_or(true)),
        name: format.name.clone().unwrap_or_else(|| "response".to_owned()),
        description: format.description.clone(),
        rest: JsonObject::new(),
    })))
}

/// The effort as its own word; "not at all" has none in the plain protocol.
pub fn reasoning_effort(effort: Option<ReasoningEffort>) -> Option<String> {
    let effort = effort?.chosen()?;
    (effort != ReasoningEffort::None).then(|| effort.as_str().to_owned())
}

/// Copies further fields into a request, over what is there.
///
/// # Errors
/// `InvalidRequest` if a field of the protocol has the wrong type.
pub fn with_extra(mut request: wire::Request, extra: JsonObject) -> Result<wire::Request> {
    let mut over = JsonObject::new();
    for (name, value) in extra {
        match name.as_str() {
            // These are ours to say: the answer is read accordingly.
            "stream" | "messages" => {}
            name if FIELDS.contains(&name) => {
                over.insert(name.to_owned(), value);
            }
            _ => {
                request.rest.insert(name, value);
            }
        }
    }
    if over.is_empty() { Ok(request) } else { spread(&request, over) }
}

/// The fields of a request that have a type, and may be given as options.
const FIELDS: &[&str] = &[
    "model",
    "user",
    "parallel_tool_calls",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "response_format",
    "stop",
    "seed",
    "reasoning_effort",
    "verbosity",
    "tools",
    "tool_choice",
    "stream_options",
];

/// Lays fields over a wire type.
fn spread<T>(value: &T, over: JsonObject) -> Result<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let invalid = |error: serde_json::Error| {
        Error::invalid_request("provider options do not fit into the request").with_source(error)
    };
    let mut object = match serde_json::to_value(value).map_err(invalid)? {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    };
    object.extend(over);
    serde_json::from_value(Value::Object(object)).map_err(invalid)
}
