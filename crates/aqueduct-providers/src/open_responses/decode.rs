//! An answer in one piece.

use aqueduct_spec::language::{
    Content, Custom, FinishReason, GenerateResult, InputTokens, OutputTokens, Reasoning, Text,
    ToolCall, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, JsonObject, ProviderMetadata, Result};
use serde_json::{Value, json};

use super::ENTRY;
use crate::openai::responses::wire::{self, Annotation, ContentPart, Item};
use crate::openai::responses::{Reading, decode};

/// Reads an answer.
///
/// # Errors
/// What the host says has failed; `Provider` if there is no output.
pub(super) fn generate(
    mut response: wire::Response,
    key: &str,
    cx: &Context,
) -> Result<GenerateResult> {
    let items = response.output.as_mut().map(std::mem::take);
    let has_call = items.iter().flatten().any(|item| matches!(item, Item::FunctionCall(_)));
    let reason = finish_reason(response.incomplete_details.as_ref(), has_call);
    let account = response
        .usage
        .as_ref()
        .map_or_else(|| usage(&wire::Usage::default(), None), |it| usage(it, Some(it.0.clone())));
    // Failures, ids and times are told as OpenAI tells them.
    let mut result = decode(response, &Reading::new(key), cx)?;
    result.provider_metadata = None;
    result.usage = account;
    result.finish_reason = reason;
    for item in items.iter().flatten() {
        content(item, key, &mut result.content);
    }
    Ok(result)
}

fn content(item: &Item, key: &str, content: &mut Vec<Content>) {
    match item {
        Item::Reasoning(item) => {
            let parts = item.content.as_deref().unwrap_or_default();
            if parts.is_empty() {
                let summary = item.summary.iter().flatten().map(|part| part.text.as_str());
                let mut part = Reasoning::new(summary.collect::<String>());
                part.provider_metadata = Some(thought(item, item.content.as_deref(), key));
                content.push(part.into());
            }
            for text in parts {
                let mut part = Reasoning::new(text.text.as_str());
                let own = Some(std::slice::from_ref(text));
                part.provider_metadata = Some(thought(item, own, key));
                content.push(part.into());
            }
        }
        Item::Message(item) => {
            let parts = match &item.content {
                Some(wire::Content::Parts(parts)) => parts.as_slice(),
                _ => &[],
            };
            for part in parts {
                let text = match part {
                    ContentPart::OutputText(part) => part.text.as_str(),
                    ContentPart::Refusal(part) => part.refusal.as_str(),
                    _ => continue,
                };
                let mut text = Text::new(text);
                let annotations = annotations(std::slice::from_ref(part));
                text.provider_metadata = Some(said(item.id.as_deref(), annotations, key));
                content.push(text.into());
            }
        }
        Item::FunctionCall(item) => content.push(tool_call(item, key).into()),
        other => content.extend(custom(other, ENTRY.id, key).map(Content::from)),
    }
}

pub(super) fn tool_call(item: &wire::FunctionCall, key: &str) -> ToolCall {
    let mut call = ToolCall::new(&*item.call_id, &*item.name, &*item.arguments);
    call.provider_metadata = Some(said(item.id.as_deref(), None, key));
    call
}

/// An item of a kind that is not known: kept whole, so that it can be sent back.
pub(crate) fn custom(item: &Item, host: &str, key: &str) -> Option<Custom> {
    let Ok(Value::Object(object)) = serde_json::to_value(item) else { return None };
    let mut part = Custom::new(format!("{host}.{}", item.tag()));
    let object = JsonObject::from_iter([("item".to_owned(), Value::Object(object))]);
    part.provider_metadata = Some(ProviderMetadata::of(key, object));
    Some(part)
}

/// Metadata of an item and of its text.
pub(super) fn said(id: Option<&str>, annotations: Option<Value>, key: &str) -> ProviderMetadata {
    let fields = [("itemId", id.map(Value::from)), ("annotations", annotations)];
    let fields = fields.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?)));
    ProviderMetadata::of(key, fields.collect())
}

/// Where texts were found, if all of that can be read.
pub(super) fn annotations(parts: &[ContentPart]) -> Option<Value> {
    let lists = parts.iter().filter_map(|part| match part {
        ContentPart::OutputText(part) => part.annotations.as_deref(),
        _ => None,
    });
    let readable = |list: &&[Annotation]| {
        list.iter().all(|annotation| match annotation {
            Annotation::UrlCitation(it) => it.start_index.is_some() && it.end_index.is_some(),
            _ => false,
        })
    };
    let plain = |annotation: &Annotation| {
        let mut annotation = annotation.clone();
        if let Annotation::UrlCitation(it) = &mut annotation {
            it.rest.clear();
        }
        serde_json::to_value(annotation).ok()
    };
    let all: Vec<Value> = lists.filter(readable).flatten().filter_map(plain).collect();
    (!all.is_empty()).then(|| all.into())
}

/// Metadata of a thought: all that the host wants to see again.
pub(super) fn thought(
    item: &wire::Reasoning,
    content: Option<&[wire::Summary]>,
    key: &str,
) -> ProviderMetadata {
    let texts = |kind: &str, parts: &[wire::Summary]| -> Value {
        parts.iter().map(|part| json!({ "type": kind, "text": part.text })).collect()
    };
    let summary = texts("summary_text", item.summary.as_deref().unwrap_or_default());
    let content = content.map_or(Value::Null, |parts| texts("reasoning_text", parts));
    let fields = [
        ("itemId", item.id.as_deref().map(Value::from)),
        ("reasoningSummary", Some(summary)),
        ("reasoningContent", Some(content)),
        ("reasoningEncryptedContent", item.encrypted_content.as_deref().map(Value::from)),
    ];
    let fields = fields.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?)));
    ProviderMetadata::of(key, fields.collect())
}

/// Why the model stopped.
pub(super) fn finish_reason(
    details: Option<&wire::IncompleteDetails>,
    has_call: bool,
) -> FinishReason {
    let raw = details.and_then(|details| details.reason.clone());
    let unified = match raw.as_deref() {
        Some("max_output_tokens") => UnifiedFinishReason::Length,
        Some("content_filter") => UnifiedFinishReason::ContentFilter,
        _ if has_call => UnifiedFinishReason::ToolCalls,
        None => UnifiedFinishReason::Stop,
        Some(_) => UnifiedFinishReason::Other,
    };
    FinishReason::new(unified, raw)
}

/// The account of a call.
pub(crate) fn usage(usage: &wire::Usage, raw: Option<JsonObject>) -> Usage {
    let cached = usage.detail("input_tokens_details", "cached_tokens");
    let reasoning = usage.detail("output_tokens_details", "reasoning_tokens");
    let mut input = InputTokens::default();
    input.total = usage.count("input_tokens");
    input.no_cache = Some(input.total.unwrap_or(0).saturating_sub(cached.unwrap_or(0)));
    input.cache_read = cached;
    let mut output = OutputTokens::default();
    output.total = usage.count("output_tokens");
    output.text = Some(output.total.unwrap_or(0).saturating_sub(reasoning.unwrap_or(0)));
    output.reasoning = reasoning;
    Usage::new(input, output, raw)
}
