//! Parts of answers that both forms have.

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::language::{File, FinishReason, Source, ToolCall, UnifiedFinishReason};
use aqueduct_spec::{FileData, ProviderMetadata};
use serde_json::{Value, json};

/// The words that clients know.
const FINISH_REASONS: &[&str] =
    &["stop", "length", "tool_calls", "content_filter", "function_call"];

/// Writes why a model stopped.
pub(super) fn finish_reason(reason: &FinishReason, has_tool_calls: bool) -> &str {
    match reason.unified {
        UnifiedFinishReason::Stop if has_tool_calls => "tool_calls",
        UnifiedFinishReason::Stop => "stop",
        UnifiedFinishReason::Length => "length",
        UnifiedFinishReason::ContentFilter => "content_filter",
        UnifiedFinishReason::ToolCalls => "tool_calls",
        _ => {
            let raw = reason.raw.as_deref().filter(|raw| FINISH_REASONS.contains(raw));
            raw.unwrap_or("stop")
        }
    }
}

/// The signature of the thought behind a tool call, which Google's models want back.
pub(super) fn signature(metadata: Option<&ProviderMetadata>) -> Option<wire::ExtraContent> {
    let mut found = metadata?.iter().filter_map(|(_, said)| said.get("thoughtSignature")?.as_str());
    found.next().map(wire::ExtraContent::thought_signature)
}

/// Whether the client has to run a tool: those that the provider ran are over.
pub(super) fn is_for_client(call: &ToolCall) -> bool {
    call.provider_executed != Some(true)
}

/// Writes where something was found.
pub(super) fn annotation(source: &Source) -> Option<Value> {
    match source {
        Source::Url(source) => {
            let title = source.title.as_deref().unwrap_or_default();
            Some(
                json!({ "type": "url_citation", "url_citation": { "url": source.url, "title": title } }),
            )
        }
        _ => None,
    }
}

/// Writes a file that the model made, as hosts of image models do.
pub(super) fn image(file: &File) -> Option<Value> {
    let url = match &file.data {
        FileData::Data(inline) => inline.data.to_data_url(&file.media_type),
        FileData::Url(url) => url.url.clone(),
        _ => return None,
    };
    Some(json!({ "type": "image_url", "image_url": { "url": url } }))
}
