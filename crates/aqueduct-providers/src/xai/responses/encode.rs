//! A call as a request.

use aqueduct_spec::language::{CallOptions, JsonFormat, ResponseFormat};
use aqueduct_spec::{Result, Warning};

use super::super::KEY;
use super::super::call_settings::{effort, warn_of_unknown};
use super::input::input;
use super::options::{Include, ResponsesOptions};
use super::tools::{tool_choice, tools};
use crate::openai::responses::wire;
use crate::vendor_options;

/// The thoughts, in a form that only the host can read: where it keeps nothing, they travel with the conversation.
const ENCRYPTED_THOUGHTS: &str = "reasoning.encrypted_content";

/// Writes a call.
///
/// # Errors
/// `Unsupported` for content that the API has no place for, `InvalidRequest` for options of the wrong shape.
pub(super) fn encode(call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
    let options: ResponsesOptions = vendor_options::read(call.provider_options.as_ref(), KEY)?;
    let mut warnings = Vec::new();
    warn_of_unknown(call, &mut warnings);
    let items = input(&call.prompt, &mut warnings)?;
    let mut request = wire::Request::new(model_id, items);
    let tools = tools(call, &mut warnings)?;
    request.tool_choice = tool_choice(call, &mut warnings);
    request.tools = (!tools.is_empty()).then_some(tools);
    request.max_output_tokens = call.max_output_tokens;
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    if let Some(seed) = call.seed {
        request.rest.insert("seed".to_owned(), seed.into());
    }
    if let Some(ResponseFormat::Json(json)) = &call.response_format {
        let format = Some(format(json));
        request.text = Some(wire::TextSettings { format, ..wire::TextSettings::default() });
    }
    let effort = effort(options.reasoning_effort, call.reasoning, model_id, &mut warnings);
    let summary = options.reasoning_summary.map(|summary| summary.as_str().to_owned());
    if effort.is_some() || summary.is_some() {
        let settings = wire::ReasoningSettings::default();
        request.reasoning = Some(wire::ReasoningSettings { effort, summary, ..settings });
    }
    apply(&mut request, options);
    Ok((request, warnings))
}

/// Adds what only options say.
fn apply(request: &mut wire::Request, options: ResponsesOptions) {
    if options.logprobs == Some(true) || options.top_logprobs.is_some() {
        request.rest.insert("logprobs".to_owned(), true.into());
    }
    request.top_logprobs = options.top_logprobs;
    // That it keeps answers is what the host does by itself.
    request.store = options.store.filter(|store| !store);
    let asked = options.include.map(|include| include.into_iter().map(Include::as_str));
    let include = asked.into_iter().flatten();
    let include = include.chain(request.store.map(|_| ENCRYPTED_THOUGHTS));
    let include: Vec<String> = include.map(str::to_owned).collect();
    request.include = (!include.is_empty()).then_some(include);
    request.previous_response_id = options.previous_response_id;
    request.service_tier = options.service_tier.map(|tier| tier.as_str().to_owned());
}

fn format(json: &JsonFormat) -> wire::Format {
    let Some(schema) = &json.schema else { return wire::Format::json_object() };
    wire::Format::JsonSchema(wire::JsonSchemaFormat {
        name: json.name.clone().unwrap_or_else(|| "response".to_owned()),
        strict: Some(true),
        description: json.description.clone(),
        schema: Some(schema.clone()),
        ..wire::JsonSchemaFormat::default()
    })
}
