//! Token accounts.

use aqueduct_spec::JsonObject;
use aqueduct_spec::language::{InputTokens, OutputTokens, Usage};
use serde_json::Value;

use super::chat::wire;

/// The account of a chat answer: what the host does not say counts as 0.
pub(super) fn chat(usage: &wire::Usage) -> Usage {
    let prompt = usage.prompt_tokens().unwrap_or(0);
    let completion = usage.completion_tokens().unwrap_or(0);
    let cached = usage.cached_tokens().unwrap_or(0);
    let reasoning = usage.reasoning_tokens().unwrap_or(0);
    account(prompt, completion, Some(cached), Some(reasoning), usage.0.clone())
}

/// The account of a completion, which knows neither caches nor reasoning.
pub(super) fn completion(usage: &wire::Usage) -> Usage {
    let prompt = usage.prompt_tokens().unwrap_or(0);
    let completion = usage.completion_tokens().unwrap_or(0);
    account(prompt, completion, None, None, usage.0.clone())
}

/// Splits the two totals, as far as the parts are known.
pub fn account(
    prompt: u64,
    completion: u64,
    cached: Option<u64>,
    reasoning: Option<u64>,
    raw: JsonObject,
) -> Usage {
    let mut input = InputTokens::default();
    input.total = Some(prompt);
    input.no_cache = Some(prompt.saturating_sub(cached.unwrap_or(0)));
    input.cache_read = cached;
    let mut output = OutputTokens::default();
    output.total = Some(completion);
    output.text = Some(completion.saturating_sub(reasoning.unwrap_or(0)));
    output.reasoning = reasoning;
    Usage::new(input, output, Some(raw))
}

/// A raw account kept to certain fields, and to certain fields of its groups. Some packages of the AI SDK keep the account so,
/// and callers compare; the rest is in the raw answer.
pub(crate) fn kept(usage: &JsonObject, names: &[&str], groups: &[(&str, &[&str])]) -> JsonObject {
    let mut out = JsonObject::new();
    for name in names {
        if let Some(value) = usage.get(*name) {
            out.insert((*name).to_owned(), value.clone());
        }
    }
    for (group, names) in groups {
        let value = match usage.get(*group) {
            Some(Value::Object(details)) => Value::Object(kept(details, names, &[])),
            Some(other) => other.clone(),
            None => continue,
        };
        out.insert((*group).to_owned(), value);
    }
    out
}
