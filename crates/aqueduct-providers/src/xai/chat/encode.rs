//! A call as a request.

use aqueduct_spec::language::{CallOptions, JsonFormat, ResponseFormat};
use aqueduct_spec::{Error, Result, Warning};
use serde_json::Value;

use super::super::call_settings::{effort, warn_of_unknown};
use super::super::{KEY, schema};
use super::messages::messages;
use super::options::ChatOptions;
use crate::openai_compatible::chat::encode::tools;
use crate::openai_compatible::chat::wire;
use crate::vendor_options;

/// Writes a call.
///
/// # Errors
/// `Unsupported` for content that the API has no place for, `InvalidRequest` for options of the wrong shape.
pub(super) fn encode(call: &CallOptions, model_id: &str) -> Result<(wire::Request, Vec<Warning>)> {
    let options: ChatOptions = vendor_options::read(call.provider_options.as_ref(), KEY)?;
    let mut warnings = Vec::new();
    warn_of_unknown(call, &mut warnings);
    let mut request = wire::Request::new(model_id);
    request.max_completion_tokens = call.max_output_tokens;
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    request.seed = call.seed;
    if let Some(ResponseFormat::Json(format)) = &call.response_format {
        request.response_format = Some(json_format(format));
    }
    request.messages = messages(&call.prompt, &mut warnings)?;
    (request.tools, request.tool_choice) = tools(call, &mut warnings, |tool, warnings| {
        warnings.push(Warning::unsupported(format!("provider-defined tool {}", tool.name)));
        None
    });
    for tool in request.tools.iter_mut().flatten() {
        if let wire::Tool::Function(tool) = tool
            && let Some(parameters) = &mut tool.function.parameters
        {
            schema::open(parameters);
        }
    }
    request.reasoning_effort =
        effort(options.reasoning_effort, call.reasoning, model_id, &mut warnings);
    extend(&mut request, options)?;
    Ok((request, warnings))
}

/// Adds what the protocol has no field for.
fn extend(request: &mut wire::Request, options: ChatOptions) -> Result<()> {
    let wants_logprobs = options.logprobs == Some(true) || options.top_logprobs.is_some();
    let search = options.search_parameters.map(|search| serde_json::to_value(search.renewed()));
    let search = search.transpose().map_err(|error| {
        Error::invalid_request("the search parameters cannot be written as JSON").with_source(error)
    })?;
    let fields = [
        ("logprobs", wants_logprobs.then_some(Value::Bool(true))),
        ("top_logprobs", options.top_logprobs.map(Value::from)),
        ("service_tier", options.service_tier.map(|tier| tier.as_str().into())),
        ("parallel_function_calling", options.parallel_function_calling.map(Value::from)),
        ("search_parameters", search),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    request.rest.extend(fields);
    Ok(())
}

fn json_format(format: &JsonFormat) -> wire::ResponseFormat {
    let Some(schema) = &format.schema else { return wire::ResponseFormat::JsonObject };
    wire::ResponseFormat::JsonSchema(wire::JsonSchemaFormat::new(wire::JsonSchema {
        schema: Some(schema.clone()),
        strict: Some(true),
        name: format.name.clone().unwrap_or_else(|| "response".to_owned()),
        ..wire::JsonSchema::default()
    }))
}
