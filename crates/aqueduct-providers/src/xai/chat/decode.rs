//! An answer in one piece, and what both forms of answers have in common.

use aqueduct_spec::language::{
    Content, FinishReason, GenerateResult, ResponseInfo, Source, UnifiedFinishReason, UrlSource,
    Usage,
};
use aqueduct_spec::{Context, Error, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;

use super::super::usage::{Counts, account, nothing};
use super::super::{KEY, error};
use crate::openai_compatible::chat::decode::{content, timestamp};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{kept, lenient};

/// What is kept of an account.
const COUNTS: &[&str] = &["prompt_tokens", "completion_tokens", "total_tokens"];
const DETAILS: &[(&str, &[&str])] = &[
    ("prompt_tokens_details", &["text_tokens", "audio_tokens", "image_tokens", "cached_tokens"]),
    (
        "completion_tokens_details",
        &[
            "reasoning_tokens",
            "audio_tokens",
            "accepted_prediction_tokens",
            "rejected_prediction_tokens",
        ],
    ),
];

/// The body of an answer, or of a failure with status 200.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    #[serde(deserialize_with = "lenient::string")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient::number")]
    created: Option<f64>,
    #[serde(deserialize_with = "lenient::string")]
    model: Option<String>,
    choices: Option<Vec<wire::Choice>>,
    usage: Option<wire::Usage>,
    citations: Option<Vec<String>>,
    #[serde(deserialize_with = "lenient::string")]
    service_tier: Option<String>,
    #[serde(deserialize_with = "lenient::string")]
    code: Option<String>,
    #[serde(deserialize_with = "lenient::string")]
    error: Option<String>,
}

/// Reads an answer. `echo` is the text that the model was asked to go on from, which it may repeat.
///
/// # Errors
/// What has failed, if that is what the answer says; `InvalidResponse` if it has no choices.
pub(super) fn generate(answer: Answer, echo: Option<&str>, cx: &Context) -> Result<GenerateResult> {
    if let Some(text) = answer.error {
        return Err(error::late(text, answer.code));
    }
    let choice = answer.choices.into_iter().flatten().next();
    let mut choice =
        choice.ok_or_else(|| Error::invalid_response("the answer of the API has no choices"))?;
    let text = choice.message.content.take().map(wire::Content::into_text);
    choice.message.content =
        text.filter(|text| Some(text.as_str()) != echo).map(wire::Content::Text);
    let mut result = GenerateResult::default();
    result.content = content(choice.message, None, cx);
    let sources = answer.citations.into_iter().flatten().map(|url| source(url, cx));
    result.content.extend(sources.map(Content::from));
    result.finish_reason = finish_reason(choice.finish_reason);
    result.usage = answer.usage.as_ref().map_or_else(nothing, usage);
    result.provider_metadata = answer.service_tier.map(metadata);
    let mut info = ResponseInfo::default();
    info.id = answer.id;
    info.model_id = answer.model;
    info.timestamp = timestamp(answer.created);
    result.response = Some(info);
    Ok(result)
}

/// A page that the answer draws on.
pub(super) fn source(url: String, cx: &Context) -> Source {
    UrlSource::new(cx.generate_id(), url).into()
}

/// How the call was paid for.
pub(super) fn metadata(service_tier: String) -> ProviderMetadata {
    let object = JsonObject::from_iter([("serviceTier".to_owned(), service_tier.into())]);
    ProviderMetadata::of(KEY, object)
}

/// Why the model stopped.
pub(super) fn finish_reason(raw: Option<String>) -> FinishReason {
    let unified = match raw.as_deref() {
        Some("stop") => UnifiedFinishReason::Stop,
        Some("length") => UnifiedFinishReason::Length,
        Some("tool_calls" | "function_call") => UnifiedFinishReason::ToolCalls,
        Some("content_filter") => UnifiedFinishReason::ContentFilter,
        _ => UnifiedFinishReason::Other,
    };
    FinishReason::new(unified, raw)
}

/// The account of a call: thoughts are counted beside what was said.
pub(super) fn usage(usage: &wire::Usage) -> Usage {
    let counts = Counts {
        input: usage.prompt_tokens().unwrap_or(0),
        cached: usage.cached_tokens().unwrap_or(0),
        text: usage.completion_tokens().unwrap_or(0),
        reasoning: usage.reasoning_tokens().unwrap_or(0),
    };
    account(counts, kept(&usage.0, COUNTS, DETAILS))
}
