//! Settings and the vendor's own options.

use aqueduct_spec::language::{CallOptions, ResponseFormat, Tool};
use aqueduct_spec::{Error, Result, Warning};
use serde::Serialize;
use serde_json::Value;

use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::{schema, wire};
use crate::google::options::{GoogleOptions, ImageConfig};

/// The kinds of harm that one threshold for all stands for.
const HARMS: [&str; 4] = [
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
];

/// Tells which options are not for this home of the API.
pub(super) fn warn(
    options: &GoogleOptions,
    tools: &[Tool],
    dialect: &Dialect,
    warnings: &mut Vec<Warning>,
) {
    let provider = &dialect.provider;
    let mut warn = |message: String| warnings.push(Warning::other(message));
    let is_rag_store =
        |tool: &Tool| matches!(tool, Tool::Provider(tool) if tool.id == "google.vertex_rag_store");
    if !dialect.is_vertex && tools.iter().any(is_rag_store) {
        warn(format!(
            "The 'vertex_rag_store' tool is only supported with the Google Vertex provider and might not be supported or could behave unexpectedly with the current Google provider ({provider})."
        ));
    }
    if !dialect.is_vertex && options.stream_function_call_arguments == Some(true) {
        warn(format!(
            "'streamFunctionCallArguments' is only supported on the Vertex AI API and will be ignored with the current Google provider ({provider}). See https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc"
        ));
    }
    if dialect.is_vertex && options.service_tier.is_some() {
        warn("'serviceTier' is a Gemini API option and is not supported on Vertex AI. Use 'sharedRequestType' (and optionally 'requestType') instead. See https://docs.cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo".to_owned());
    }
    if !dialect.is_vertex
        && (options.shared_request_type.is_some() || options.request_type.is_some())
    {
        warn(format!(
            "'sharedRequestType' and 'requestType' are Vertex AI options and are ignored with the current Google provider ({provider})."
        ));
    }
}

/// The headers that options stand for.
pub(super) fn headers(options: &GoogleOptions, dialect: &Dialect) -> Vec<(&'static str, String)> {
    if !dialect.is_vertex {
        return Vec::new();
    }
    [
        ("X-Vertex-AI-LLM-Shared-Request-Type", &options.shared_request_type),
        ("X-Vertex-AI-LLM-Request-Type", &options.request_type),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.clone()?)))
    .collect()
}

/// What images shall be like; the Gemini API refuses some of it.
pub(super) fn image_config(
    config: Option<ImageConfig>,
    dialect: &Dialect,
    warnings: &mut Vec<Warning>,
) -> Option<ImageConfig> {
    let mut config = config?;
    if dialect.is_vertex {
        return Some(config);
    }
    let dropped: Vec<&str> = [
        ("'imageConfig.personGeneration'", config.person_generation.take().is_some()),
        ("'imageConfig.prominentPeople'", config.prominent_people.take().is_some()),
        ("'imageConfig.imageOutputOptions'", config.image_output_options.take().is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if !dropped.is_empty() {
        let verb = if dropped.len() == 1 {
            "is a Vertex AI option and is"
        } else {
            "are Vertex AI options and are"
        };
        warnings.push(Warning::other(format!(
            "{} {verb} ignored with the current Google provider ({}).",
            dropped.join(", "),
            dialect.provider
        )));
    }
    Some(config)
}

pub(super) fn value(options: &impl Serialize) -> Result<Value> {
    serde_json::to_value(options)
        .map_err(|error| Error::internal("cannot write provider options").with_source(error))
}

/// How to answer, but for thoughts and images.
pub(super) fn generation_config(
    call: &CallOptions,
    options: &GoogleOptions,
) -> Result<wire::GenerationConfig> {
    let format = match &call.response_format {
        Some(ResponseFormat::Json(format)) => Some(format),
        _ => None,
    };
    let held_to_schema = options.structured_outputs.unwrap_or(true);
    let response_schema = match format.and_then(|format| format.schema.as_ref()) {
        Some(schema) if held_to_schema => schema::to_openapi(schema)?,
        _ => None,
    };
    Ok(wire::GenerationConfig {
        max_output_tokens: call.max_output_tokens,
        temperature: call.temperature,
        top_k: call.top_k,
        top_p: call.top_p,
        frequency_penalty: call.frequency_penalty,
        presence_penalty: call.presence_penalty,
        stop_sequences: call.stop_sequences.clone(),
        seed: call.seed,
        response_mime_type: format.map(|_| "application/json".to_owned()),
        response_schema,
        audio_timestamp: options.audio_timestamp.filter(|yes| *yes),
        response_modalities: options.response_modalities.clone(),
        media_resolution: options.media_resolution.clone(),
        ..wire::GenerationConfig::default()
    })
}

pub(super) fn safety(options: &GoogleOptions) -> Option<Vec<wire::SafetySetting>> {
    let setting = |category: &str, threshold: &str| wire::SafetySetting {
        category: category.to_owned(),
        threshold: threshold.to_owned(),
        ..wire::SafetySetting::default()
    };
    if let Some(given) = &options.safety_settings {
        return Some(given.iter().map(|it| setting(&it.category, &it.threshold)).collect());
    }
    let threshold = options.threshold.as_deref()?;
    Some(HARMS.iter().map(|category| setting(category, threshold)).collect())
}

/// Adds to the use of tools what options say.
pub(super) fn complete_tool_config(
    config: &mut Option<wire::ToolConfig>,
    options: &GoogleOptions,
    may_stream_arguments: bool,
) -> Result<()> {
    if may_stream_arguments && options.stream_function_call_arguments == Some(true) {
        let config = config.get_or_insert_default();
        config.function_calling_config.get_or_insert_default().stream_function_call_arguments =
            Some(true);
    }
    if let Some(retrieval) = &options.retrieval_config {
        config.get_or_insert_default().retrieval_config = Some(value(retrieval)?);
    }
    Ok(())
}
