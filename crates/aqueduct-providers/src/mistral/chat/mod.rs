//! What is different about Mistral's chat.

mod decode;
mod messages;

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::{
    CallOptions, Content, JsonFormat, ReasoningEffort, ResponseFormat, ToolChoice,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

pub(super) use decode::StreamDecoder;

use crate::openai_compatible::chat::encode::{Encoded, Target, settings, tools};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, account, kept, read_error};
use crate::{reasoning_level, vendor_options};

/// Models that can be told to think or not.
///
/// Source: <https://docs.mistral.ai/capabilities/reasoning> (2026-11).
const REASONING_MODELS: &[&str] =
    &["mistral-small-latest", "mistral-small-2603", "mistral-medium-3", "mistral-medium-3.5"];

/// What is kept of an account.
const COUNTS: &[&str] =
    &["prompt_tokens", "completion_tokens", "total_tokens", "num_cached_tokens"];
const DETAILS: &[(&str, &[&str])] =
    &[("prompt_tokens_details", &["cached_tokens"]), ("prompt_token_details", &["cached_tokens"])];

/// Options under `mistral`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MistralOptions {
    safe_prompt: Option<bool>,
    document_image_limit: Option<u64>,
    document_page_limit: Option<u64>,
    structured_outputs: Option<bool>,
    strict_json_schema: Option<bool>,
    parallel_tool_calls: Option<bool>,
    reasoning_effort: Option<String>,
}

/// The dialect.
#[derive(Debug)]
pub(super) struct Mistral;

impl Dialect for Mistral {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let options: MistralOptions =
            vendor_options::read(call.provider_options.as_ref(), "mistral")?;
        let mut warnings = Vec::new();
        let mut request = settings(call, target.model_id, &mut warnings);
        request.reasoning_effort = effort(&options, call.reasoning, target.model_id, &mut warnings);
        let mut field = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                request.rest.insert(name.to_owned(), value);
            }
        };
        field("safe_prompt", options.safe_prompt.map(Value::from));
        field("random_seed", request.seed.take().map(Value::from));
        field("document_image_limit", options.document_image_limit.map(Value::from));
        field("document_page_limit", options.document_page_limit.map(Value::from));
        let mut wants_json = false;
        if let Some(ResponseFormat::Json(format)) = &call.response_format {
            wants_json = format.schema.is_none();
            request.response_format = Some(json_format(format, &options));
        }
        request.messages = messages::messages(&call.prompt, wants_json, &mut warnings)?;
        (request.tools, request.tool_choice) = tools(call, &mut warnings, |_, _| None);
        choose(call.tool_choice.as_ref(), &mut request);
        if request.tools.is_some() {
            request.parallel_tool_calls = options.parallel_tool_calls;
        }
        Ok(Encoded::new(request, warnings))
    }

    fn content(
        &self,
        message: wire::Message,
        _rest: &JsonObject,
        _metadata_key: Option<&str>,
        cx: &Context,
    ) -> Vec<Content> {
        decode::content(message, cx)
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        let cached = usage
            .count("num_cached_tokens")
            .or_else(|| usage.cached_tokens())
            .or_else(|| usage.detail("prompt_token_details", "cached_tokens"));
        account(
            usage.prompt_tokens().unwrap_or(0),
            usage.completion_tokens().unwrap_or(0),
            cached.filter(|cached| *cached > 0),
            None,
            kept(&usage.0, COUNTS, DETAILS),
        )
    }

    fn finish_reason(&self, raw: &str) -> UnifiedFinishReason {
        match raw {
            "stop" => UnifiedFinishReason::Stop,
            "length" | "model_length" => UnifiedFinishReason::Length,
            "tool_calls" => UnifiedFinishReason::ToolCalls,
            _ => UnifiedFinishReason::Other,
        }
    }

    /// `{"object": "error", "message", "type", "param", "code"}`, or the protocol's shape.
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        let Some(text) = body.get("message").and_then(Value::as_str) else {
            return read_error(body);
        };
        let mut message = ApiMessage::new(text);
        let word = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        message.code = word("code").or_else(|| word("type"));
        message.param = body.get("param").filter(|param| !param.is_null()).cloned();
        Some(message)
    }
}

fn effort(
    options: &MistralOptions,
    asked: Option<ReasoningEffort>,
    model_id: &str,
    warnings: &mut Vec<Warning>,
) -> Option<String> {
    let asked = asked.and_then(ReasoningEffort::chosen);
    if !REASONING_MODELS.contains(&model_id) {
        if asked.is_some() {
            warnings.push(Warning::unsupported_because(
                "reasoning",
                "This model does not support reasoning configuration.",
            ));
        }
        return None;
    }
    options.reasoning_effort.clone().or_else(|| {
        Some(match asked? {
            ReasoningEffort::None => "none".to_owned(),
            asked => reasoning_level::effort(asked, "high", warnings),
        })
    })
}

fn json_format(format: &JsonFormat, options: &MistralOptions) -> wire::ResponseFormat {
    let schema = format.schema.as_ref().filter(|_| options.structured_outputs.unwrap_or(true));
    let Some(schema) = schema else { return wire::ResponseFormat::JsonObject };
    let schema = wire::JsonSchema {
        schema: Some(schema.clone()),
        strict: Some(options.strict_json_schema.unwrap_or(false)),
        name: format.name.clone().unwrap_or_else(|| "response".to_owned()),
        description: format.description.clone(),
        ..wire::JsonSchema::default()
    };
    wire::ResponseFormat::JsonSchema(wire::JsonSchemaFormat::new(schema))
}

/// Mistral says `any` for "some tool must be called"; a certain one is the only one that it is shown.
fn choose(choice: Option<&ToolChoice>, request: &mut wire::Request) {
    let Some(tools) = &mut request.tools else { return };
    match choice {
        Some(ToolChoice::Required(_)) => {}
        Some(ToolChoice::Tool(choice)) => tools.retain(|tool| {
            matches!(tool, wire::Tool::Function(tool) if tool.function.name == choice.tool_name)
        }),
        _ => return,
    }
    request.tool_choice = Some(wire::ToolChoice::Mode("any".to_owned()));
}
