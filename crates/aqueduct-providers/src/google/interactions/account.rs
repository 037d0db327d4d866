//! How an interaction ended, and what it took.

use aqueduct_spec::json::count;
use aqueduct_spec::language::{
    FinishReason, InputTokens, OutputTokens, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::Value;

use super::encode::put;

/// Whether nothing more will happen by itself.
pub(super) fn is_over(status: &str) -> bool {
    matches!(status, "completed" | "failed" | "cancelled" | "incomplete")
}

/// Why it ended, in common terms.
pub(super) fn finish_reason(status: Option<&str>, has_function_call: bool) -> FinishReason {
    let unified = match status {
        Some("completed") if has_function_call => UnifiedFinishReason::ToolCalls,
        Some("completed") => UnifiedFinishReason::Stop,
        Some("requires_action") => UnifiedFinishReason::ToolCalls,
        Some("failed") => UnifiedFinishReason::Error,
        Some("incomplete") => UnifiedFinishReason::Length,
        _ => UnifiedFinishReason::Other,
    };
    FinishReason::new(unified, status.map(str::to_owned))
}

/// What it took, in common terms.
pub(super) fn usage(raw: Option<&JsonObject>) -> Usage {
    let Some(raw) = raw else { return Usage::default() };
    let tokens = |name: &str| raw.get(name).and_then(count);
    let (given, cached) = (tokens("total_input_tokens"), tokens("total_cached_tokens"));
    let (written, thought) = (tokens("total_output_tokens"), tokens("total_thought_tokens"));
    let mut input = InputTokens::default();
    input.total = given;
    input.no_cache = given.map(|given| given.saturating_sub(cached.unwrap_or(0)));
    input.cache_read = cached;
    let mut output = OutputTokens::default();
    output.total = match (written, thought) {
        (None, None) => None,
        (written, thought) => Some(written.unwrap_or(0).saturating_add(thought.unwrap_or(0))),
    };
    output.text = written;
    output.reasoning = thought;
    Usage::new(input, output, Some(raw.clone()))
}

/// The metadata of a whole answer.
pub(super) fn metadata(
    id: Option<&str>,
    service_tier: Option<&str>,
    usage: Option<&JsonObject>,
) -> ProviderMetadata {
    let mut object = JsonObject::new();
    put(&mut object, "interactionId", id);
    put(&mut object, "serviceTier", service_tier);
    let kinds = usage.and_then(|usage| usage.get("output_tokens_by_modality")?.as_array());
    let by_modality: JsonObject = kinds
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let tokens = entry.get("tokens").filter(|tokens| !tokens.is_null())?;
            Some((entry.get("modality")?.as_str()?.to_owned(), tokens.clone()))
        })
        .collect();
    put(&mut object, "outputTokensByModality", Some(by_modality).filter(|it| !it.is_empty()));
    ProviderMetadata::of("google", object)
}

/// The metadata of a part; `None` if there is nothing to say.
pub(super) fn part_metadata(id: Option<&str>, signature: Option<&str>) -> Option<ProviderMetadata> {
    let mut object = JsonObject::new();
    put(&mut object, "signature", signature);
    put(&mut object, "interactionId", id);
    (!object.is_empty()).then(|| ProviderMetadata::of("google", object))
}

/// An id that is there: it is empty where the vendor keeps nothing.
pub(super) fn present(id: Option<&Value>) -> Option<String> {
    id?.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}
