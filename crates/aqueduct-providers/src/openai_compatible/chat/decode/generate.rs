//! An answer in one piece.

use aqueduct_spec::language::{
    Content, FinishReason, GenerateResult, Reasoning, ResponseInfo, Text, ToolCall,
    UnifiedFinishReason,
};
use aqueduct_spec::{Context, Error, ProviderMetadata, Result};

use super::metadata::{metadata, signature};
use super::{finish_reason, timestamp, usage, wire};
use crate::openai_compatible::Dialect;
use crate::openai_compatible::config::ConvertUsage;

/// Reads an answer; only its first choice, for no more was asked for.
///
/// # Errors
/// `InvalidResponse` if it has none.
pub(crate) fn generate(
    response: wire::Response,
    dialect: &dyn Dialect,
    convert_usage: Option<&ConvertUsage>,
    metadata_key: Option<&str>,
    found: Option<&ProviderMetadata>,
    cx: &Context,
) -> Result<GenerateResult> {
    let choice = response
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| Error::invalid_response("the answer of the API has no choices"))?;
    let mut result = GenerateResult::default();
    result.finish_reason = match &choice.finish_reason {
        Some(raw) => finish_reason(raw, dialect),
        None => FinishReason::from(UnifiedFinishReason::Other),
    };
    result.content = dialect.content(choice.message, &response.rest, metadata_key, cx);
    result.usage = usage(response.usage.as_ref(), dialect, convert_usage);
    result.provider_metadata =
        metadata_key.map(|key| metadata(key, dialect, found, response.usage.as_ref()));
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created);
    result.response = Some(info);
    Ok(result)
}

/// Text, thought, tool calls.
pub(crate) fn content(
    message: wire::Message,
    metadata_key: Option<&str>,
    cx: &Context,
) -> Vec<Content> {
    let mut content = Vec::new();
    let text = message.content.map(wire::Content::into_text);
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        content.push(Text::new(text).into());
    }
    let reasoning = message.reasoning_content.or(message.reasoning);
    if let Some(reasoning) = reasoning.filter(|text| !text.is_empty()) {
        content.push(Reasoning::new(reasoning).into());
    }
    for call in message.tool_calls.into_iter().flatten() {
        let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| cx.generate_id());
        let mut part = ToolCall::new(id, call.function.name, call.function.arguments);
        part.provider_metadata = signature(metadata_key, call.extra_content.as_ref());
        content.push(part.into());
    }
    content
}

/// Thought, tool calls, text, as some vendors' models of the AI SDK have them.
pub(crate) fn thought_first(
    mut message: wire::Message,
    metadata_key: Option<&str>,
    cx: &Context,
) -> Vec<Content> {
    let not_empty = |text: &String| !text.is_empty();
    let text = message.content.take().map(wire::Content::into_text).filter(not_empty);
    let thought = message.reasoning_content.take().filter(not_empty);
    message.reasoning = None;
    let mut parts: Vec<Content> = Vec::new();
    parts.extend(thought.map(|thought| Reasoning::new(thought).into()));
    parts.extend(content(message, metadata_key, cx));
    parts.extend(text.map(|text| Text::new(text).into()));
    parts
}
