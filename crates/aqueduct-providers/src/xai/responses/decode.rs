//! An answer in one piece, and what both forms of answers have in common.

use aqueduct_spec::language::{
    Content, Custom, FinishReason, GenerateResult, Reasoning, ResponseInfo, Source, Text, ToolCall,
    UnifiedFinishReason, UrlSource, Usage,
};
use aqueduct_spec::{Context, Error, ErrorKind, JsonObject, ProviderMetadata, Result};
use serde_json::Value;

use super::super::KEY;
use super::super::usage::{Counts, account, nothing};
use super::hosted_call::{HostedCall, ToolNames};
use crate::openai::responses::wire::{self, Item};
use crate::openai_compatible::chat::decode::timestamp;
use crate::openai_compatible::kept;

/// What is kept of an account.
const COUNTS: &[&str] = &[
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "num_sources_used",
    "num_server_side_tools_used",
    "cost_in_usd_ticks",
];
const DETAILS: &[(&str, &[&str])] = &[
    ("input_tokens_details", &["cached_tokens"]),
    ("output_tokens_details", &["reasoning_tokens"]),
];

/// Reads an answer.
///
/// # Errors
/// What has failed, if there is nothing else in the answer.
pub(super) fn generate(
    response: wire::Response,
    names: &ToolNames,
    cx: &Context,
) -> Result<GenerateResult> {
    let items = match (response.output, response.error) {
        (Some(items), None) => items,
        (Some(items), Some(_)) if !items.is_empty() => items,
        (_, Some(failure)) => {
            let error = Error::new(ErrorKind::Provider, failure.message);
            let code = failure.code.as_ref().and_then(Value::as_str);
            return Err(match code {
                Some(code) => error.with_code(code),
                None => error,
            });
        }
        (None, None) => return Err(Error::invalid_response("the answer of the API has no output")),
    };
    let has_call = items.iter().any(|item| matches!(item, Item::FunctionCall(_)));
    let mut result = GenerateResult::default();
    for item in &items {
        content(item, names, cx, &mut result.content);
    }
    let reason = response.status.as_deref();
    result.finish_reason = FinishReason::new(unified(reason, has_call), response.status.clone());
    result.usage = response.usage.as_ref().map_or_else(nothing, usage);
    result.provider_metadata = metadata(response.usage.as_ref(), response.service_tier);
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created_at);
    result.response = Some(info);
    Ok(result)
}

fn content(item: &Item, names: &ToolNames, cx: &Context, out: &mut Vec<Content>) {
    if let Some(call) = HostedCall::read(item) {
        out.push(call.call(names).into());
        out.extend(call.result(names).map(Content::from));
        return;
    }
    match item {
        Item::Message(message) => {
            for part in said(message) {
                if !part.text.is_empty() {
                    out.push(Text::new(part.text).into());
                }
                out.extend(sources(&part.annotations, cx).map(Content::from));
            }
        }
        Item::FunctionCall(call) => {
            out.push(ToolCall::new(&*call.call_id, &*call.name, &*call.arguments).into());
        }
        Item::Reasoning(item) => {
            let text = thought(item);
            let is_encrypted = item.encrypted_content.as_ref().is_some_and(|it| !it.is_empty());
            if !text.is_empty() || is_encrypted {
                let mut part = Reasoning::new(text);
                part.provider_metadata = Some(thought_metadata(item)).filter(|it| !is_bare(it));
                out.push(part.into());
            }
        }
        other => out.extend(custom(other).map(Content::from)),
    }
}

/// A part of a message, of whatever kind.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) annotations: Vec<Value>,
}

/// The parts of a message.
pub(super) fn said(message: &wire::Message) -> impl Iterator<Item = Said> + '_ {
    let parts = match &message.content {
        Some(wire::Content::Parts(parts)) => parts.as_slice(),
        _ => &[],
    };
    let text = match &message.content {
        Some(wire::Content::Text(text)) => Some(Said { text: text.clone(), annotations: vec![] }),
        _ => None,
    };
    let read = |part: &wire::ContentPart| {
        serde_json::to_value(part).and_then(serde_json::from_value).unwrap_or_default()
    };
    text.into_iter().chain(parts.iter().map(read))
}

/// The pages that annotations name.
pub(super) fn sources(annotations: &[Value], cx: &Context) -> impl Iterator<Item = Source> {
    annotations.iter().filter_map(|annotation| source(annotation, cx))
}

/// The page that an annotation names.
pub(super) fn source(annotation: &Value, cx: &Context) -> Option<Source> {
    let text = |name: &str| annotation.get(name).and_then(Value::as_str);
    let url = text("url").filter(|_| text("type") == Some("url_citation"))?;
    let mut source = UrlSource::new(cx.generate_id(), url);
    source.title = Some(text("title").unwrap_or(url).to_owned());
    Some(source.into())
}

/// The thought: in short, else whole.
fn thought(item: &wire::Reasoning) -> String {
    let summary = item.summary.as_deref().filter(|summary| !summary.is_empty());
    let parts = summary.or(item.content.as_deref()).unwrap_or_default();
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// What the next request needs to name a thought.
pub(super) fn thought_metadata(item: &wire::Reasoning) -> ProviderMetadata {
    let encrypted = item.encrypted_content.as_deref();
    let fields = [("reasoningEncryptedContent", encrypted), ("itemId", item.id.as_deref())];
    let fields = fields.into_iter().filter_map(|(name, text)| {
        Some((name.to_owned(), text.filter(|text| !text.is_empty())?.into()))
    });
    ProviderMetadata::of(KEY, fields.collect())
}

fn is_bare(metadata: &ProviderMetadata) -> bool {
    metadata.get(KEY).is_none_or(JsonObject::is_empty)
}

/// An item of a kind that is not known: kept whole, so that it can be sent back.
pub(super) fn custom(item: &Item) -> Option<Custom> {
    let value = serde_json::to_value(item).ok()?;
    let mut part = Custom::new(format!("{KEY}.{}", item.tag()));
    let object = JsonObject::from_iter([("item".to_owned(), value)]);
    part.provider_metadata = Some(ProviderMetadata::of(KEY, object));
    Some(part)
}

/// What the call cost, in ten-billionths of a dollar, and how it was paid for.
pub(super) fn metadata(
    usage: Option<&wire::Usage>,
    service_tier: Option<String>,
) -> Option<ProviderMetadata> {
    let cost = usage.and_then(|usage| usage.0.get("cost_in_usd_ticks"));
    let cost = cost.filter(|cost| !cost.is_null()).cloned();
    let fields = [("costInUsdTicks", cost), ("serviceTier", service_tier.map(Value::from))];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let object: JsonObject = fields.collect();
    (!object.is_empty()).then(|| ProviderMetadata::of(KEY, object))
}

/// Why the model stopped, in common terms: from the answer's status, or from why it is not complete.
pub(super) fn unified(raw: Option<&str>, has_call: bool) -> UnifiedFinishReason {
    match raw {
        _ if has_call => UnifiedFinishReason::ToolCalls,
        Some("stop" | "completed") => UnifiedFinishReason::Stop,
        Some("length" | "max_output_tokens") => UnifiedFinishReason::Length,
        Some("tool_calls" | "function_call") => UnifiedFinishReason::ToolCalls,
        Some("content_filter") => UnifiedFinishReason::ContentFilter,
        _ => UnifiedFinishReason::Other,
    }
}

/// The account of a call.
pub(super) fn usage(usage: &wire::Usage) -> Usage {
    let reasoning = usage.detail("output_tokens_details", "reasoning_tokens").unwrap_or(0);
    let output = usage.count("output_tokens").unwrap_or(0);
    let counts = Counts {
        input: usage.count("input_tokens").unwrap_or(0),
        cached: usage.detail("input_tokens_details", "cached_tokens").unwrap_or(0),
        text: output.saturating_sub(reasoning),
        reasoning,
    };
    account(counts, kept(&usage.0, COUNTS, DETAILS))
}
