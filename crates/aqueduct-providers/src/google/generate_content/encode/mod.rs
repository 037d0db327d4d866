//! A call as a request.

mod assistant;
mod code_execution;
mod part_options;
mod prompt;
mod settings;
mod thinking;
mod tool_result;
mod tools;

use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{ProviderOptions, Result, Warning};
use serde::de::DeserializeOwned;

use super::capabilities::Capabilities;
use super::dialect::Dialect;
use super::wire;
use crate::google::options::GoogleOptions;

/// What a request is written for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The model.
    pub model_id: &'a str,
    /// The host.
    pub dialect: &'a Dialect,
    /// Whether the answer is to come in events.
    pub stream: bool,
}

/// A request, and what to know of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Encoded {
    /// The body.
    pub request: wire::Request,
    /// Headers that options stand for.
    pub headers: Vec<(&'static str, String)>,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
}

/// Writes a call as a request.
///
/// # Errors
/// `Unsupported` for content or schemas that the API cannot take, `InvalidRequest` for options of the wrong shape.
pub fn encode(call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
    let Target { model_id, dialect, stream } = target;
    let capabilities = Capabilities::of(model_id);
    let mut warnings = Vec::new();
    let options: GoogleOptions = options(call.provider_options.as_ref(), dialect.option_keys())?;
    let given_tools = call.tools.as_deref().unwrap_or_default();
    settings::warn(&options, given_tools, dialect, &mut warnings);
    let image_config = settings::image_config(options.image_config.clone(), dialect, &mut warnings);

    let prompt = prompt::encode(&call.prompt, capabilities, dialect, &mut warnings)?;
    let mut tools = tools::encode(given_tools, call.tool_choice.as_ref(), capabilities, dialect)?;
    let thinking_config = thinking::encode(
        call.reasoning,
        options.thinking_config.as_ref(),
        model_id,
        capabilities,
        &mut warnings,
    );

    settings::complete_tool_config(&mut tools.config, &options, dialect.is_vertex && stream)?;
    let mut generation_config = settings::generation_config(call, &options)?;
    generation_config.thinking_config = thinking_config;
    generation_config.image_config = image_config.as_ref().map(settings::value).transpose()?;
    warnings.extend(tools.warnings);
    let request = wire::Request {
        contents: prompt.contents,
        generation_config: Some(generation_config),
        system_instruction: prompt.system_instruction,
        safety_settings: settings::safety(&options),
        tools: tools.tools,
        tool_config: tools.config,
        cached_content: options.cached_content.clone(),
        labels: options.labels.clone(),
        service_tier: options.service_tier.clone().filter(|_| !dialect.is_vertex),
        ..wire::Request::default()
    };
    Ok(Encoded { request, headers: settings::headers(&options, dialect), warnings })
}

/// Reads the options of a call under the first key that has any.
///
/// # Errors
/// `InvalidRequest` if they have the wrong shape.
pub(crate) fn options<T: DeserializeOwned + Default>(
    given: Option<&ProviderOptions>,
    keys: &[&str],
) -> Result<T> {
    let Some(given) = given else { return Ok(T::default()) };
    let Some(key) = keys.iter().find(|key| given.get(key).is_some()) else {
        return Ok(T::default());
    };
    Ok(given.typed(key)?.unwrap_or_default())
}
