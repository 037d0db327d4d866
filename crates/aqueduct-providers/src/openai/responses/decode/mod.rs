//! Answers, whole or in events: pure but for ids, which come from the context.

mod generate;
mod items;
mod sources;
mod stream;

use std::collections::HashMap;

use aqueduct_spec::language::{
    FinishReason, InputTokens, OutputTokens, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{JsonObject, ProviderMetadata, Timestamp};
use serde_json::Value;

use super::tool_names::ToolNames;
use super::{parallel, tools, wire};

pub use generate::{content, generate};
pub use stream::StreamDecoder;

/// What to know of a call when its answer comes.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The key of metadata.
    pub(super) key: String,
    /// The names of the caller's functions.
    pub(super) functions: Vec<String>,
    /// What the caller calls the search of the web.
    pub(super) web_search: Option<String>,
    /// Whether commands run at the host.
    pub(super) is_shell_hosted: bool,
    /// Whether the caller wants to know how likely tokens were.
    pub(super) keeps_logprobs: bool,
    /// Whether the caller said that the host shall keep the answer.
    pub(super) is_stored: bool,
    /// The calls that the host asked for leave to make, by the ids of its questions.
    pub(super) approvals: HashMap<String, String>,
    pub(super) names: ToolNames,
}

impl Reading {
    /// Reads an answer to a call without tools, with metadata under a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    /// Keeps how likely tokens were, where the host says so.
    #[must_use]
    pub fn with_logprobs(mut self) -> Self {
        self.keeps_logprobs = true;
        self
    }

    /// What the caller calls the search of the web.
    fn web_search(&self) -> &str {
        self.names.ours(self.web_search.as_deref().unwrap_or("web_search"))
    }

    /// Metadata of fields; those without a value are left out.
    fn metadata<const N: usize>(&self, fields: [(&str, Option<Value>); N]) -> ProviderMetadata {
        let fields = fields.into_iter();
        let object = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        ProviderMetadata::of(self.key.as_str(), object.collect())
    }

    /// The metadata of nearly everything: the id of its item.
    fn item(&self, id: Option<&str>) -> Option<ProviderMetadata> {
        id.map(|id| self.metadata([("itemId", Some(id.into()))]))
    }
}

/// Why the model stopped.
fn finish_reason(
    details: Option<&wire::IncompleteDetails>,
    has_function_call: bool,
) -> FinishReason {
    let raw = details.and_then(|details| details.reason.clone());
    let called = if has_function_call { Some(UnifiedFinishReason::ToolCalls) } else { None };
    let unified = match raw.as_deref() {
        None => called.unwrap_or(UnifiedFinishReason::Stop),
        Some("max_output_tokens") => UnifiedFinishReason::Length,
        Some("content_filter") => UnifiedFinishReason::ContentFilter,
        Some(_) => called.unwrap_or(UnifiedFinishReason::Other),
    };
    FinishReason::new(unified, raw)
}

/// The account of a call.
pub(crate) fn usage(usage: Option<&wire::Usage>) -> Usage {
    let Some(usage) = usage else { return Usage::default() };
    let total_in = usage.count("input_tokens").unwrap_or(0);
    let total_out = usage.count("output_tokens").unwrap_or(0);
    let cached = usage.detail("input_tokens_details", "cached_tokens").unwrap_or(0);
    let written = usage.detail("input_tokens_details", "cache_write_tokens");
    let reasoning = usage.detail("output_tokens_details", "reasoning_tokens").unwrap_or(0);
    let mut input = InputTokens::default();
    input.total = Some(total_in);
    input.no_cache = Some(total_in.saturating_sub(cached).saturating_sub(written.unwrap_or(0)));
    input.cache_read = Some(cached);
    input.cache_write = written;
    let mut output = OutputTokens::default();
    output.total = Some(total_out);
    output.text = Some(total_out.saturating_sub(reasoning));
    output.reasoning = Some(reasoning);
    Usage::new(input, output, Some(raw_usage(&usage.0)))
}

/// The host's account; sums of what is in it are left out, as in the AI SDK.
fn raw_usage(usage: &JsonObject) -> JsonObject {
    const COUNTS: &[&str] = &["input_tokens", "output_tokens"];
    const DETAILS: [(&str, &[&str]); 2] = [
        (
            "input_tokens_details",
            &[
                "cached_tokens",
                "cache_write_tokens",
                "orchestration_input_tokens",
                "orchestration_input_cached_tokens",
            ],
        ),
        ("output_tokens_details", &["reasoning_tokens", "orchestration_output_tokens"]),
    ];
    let mut raw = picked(usage, COUNTS);
    for (group, names) in DETAILS {
        if let Some(Value::Object(details)) = usage.get(group) {
            raw.insert(group.to_owned(), picked(details, names).into());
        }
    }
    raw
}

/// The fields of these names.
fn picked(object: &JsonObject, names: &[&str]) -> JsonObject {
    let fields =
        names.iter().filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone())));
    fields.collect()
}

/// How likely tokens were, without their bytes.
pub(crate) fn logprobs(value: &Value) -> Value {
    let token = |token: &Value| token.as_object().map(|it| picked(it, &["token", "logprob"]));
    let tokens = value.as_array().into_iter().flatten().filter_map(|value| {
        let mut out = token(value)?;
        let top = value.get("top_logprobs").and_then(Value::as_array).into_iter().flatten();
        let top: Vec<Value> = top.filter_map(token).map(Value::Object).collect();
        out.insert("top_logprobs".to_owned(), top.into());
        Some(Value::Object(out))
    });
    tokens.collect()
}

/// The metadata of the whole answer.
fn answer_metadata(
    reading: &Reading,
    response_id: Option<&str>,
    logprobs: Vec<Value>,
    service_tier: Option<String>,
    reasoning_context: Option<Value>,
) -> ProviderMetadata {
    reading.metadata([
        ("responseId", response_id.map(Into::into)),
        ("logprobs", (!logprobs.is_empty()).then(|| logprobs.into())),
        ("serviceTier", service_tier.map(Into::into)),
        ("reasoningContext", reasoning_context),
    ])
}

/// Which thoughts of earlier turns counted.
fn reasoning_context(response: &wire::Response) -> Option<Value> {
    response.reasoning.as_ref()?.get("context").filter(|context| !context.is_null()).cloned()
}

/// The time of an answer, told in seconds, mostly whole ones.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range becomes its end")]
pub(crate) fn timestamp(created_at: Option<f64>) -> Option<Timestamp> {
    created_at.and_then(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64))
}
