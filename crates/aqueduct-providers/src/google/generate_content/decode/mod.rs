//! An answer as a result, or as a stream of parts.

mod arguments;
mod metadata;
mod sources;
mod stream;
mod unary;

use aqueduct_spec::language::{InputTokens, OutputTokens, UnifiedFinishReason, Usage};
use serde_json::Value;

pub(crate) use stream::StreamDecoder;
pub(crate) use unary::generate;

use super::wire::UsageMetadata;

/// The name of the tool that runs code.
const CODE_EXECUTION: &str = "code_execution";

/// Why the model stopped, in common terms.
///
/// Source: <https://ai.google.dev/api/generate-content#FinishReason> (2026-11).
fn finish_reason(raw: Option<&str>, has_tool_calls: bool) -> UnifiedFinishReason {
    match raw {
        Some("STOP") if has_tool_calls => UnifiedFinishReason::ToolCalls,
        Some("STOP") => UnifiedFinishReason::Stop,
        Some("MAX_TOKENS") => UnifiedFinishReason::Length,
        Some(
            "IMAGE_SAFETY" | "RECITATION" | "SAFETY" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII",
        ) => UnifiedFinishReason::ContentFilter,
        Some("MALFORMED_FUNCTION_CALL") => UnifiedFinishReason::Error,
        _ => UnifiedFinishReason::Other,
    }
}

/// Why a prompt was refused altogether: then there is no answer.
fn block_reason(feedback: Option<&Value>) -> Option<&str> {
    feedback?.get("blockReason")?.as_str()
}

/// What an answer took, in common terms.
fn usage(metadata: Option<&UsageMetadata>) -> Usage {
    let Some(metadata) = metadata else { return Usage::default() };
    let prompt = metadata.prompt_token_count.unwrap_or(0);
    let answer = metadata.candidates_token_count.unwrap_or(0);
    let cached = metadata.cached_content_token_count.unwrap_or(0);
    let thoughts = metadata.thoughts_token_count.unwrap_or(0);
    let mut input = InputTokens::default();
    input.total = Some(prompt);
    input.no_cache = Some(prompt.saturating_sub(cached));
    input.cache_read = Some(cached);
    let mut output = OutputTokens::default();
    output.total = Some(answer.saturating_add(thoughts));
    output.text = Some(answer);
    output.reasoning = Some(thoughts);
    let raw = match metadata::usage(metadata) {
        Value::Object(raw) => Some(raw),
        _ => None,
    };
    Usage::new(input, output, raw)
}

/// Arguments as text. They are JSON, or already text.
fn arguments(args: Option<&Value>) -> String {
    match args {
        None => "{}".to_owned(),
        Some(args) => args.to_string(),
    }
}
