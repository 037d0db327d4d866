//! An answer as a result, or as a stream of parts.

mod account;
mod blocks;
mod citation;
mod metadata;
mod open;
mod server_result;
mod stream;
mod unary;

use aqueduct_spec::language::UnifiedFinishReason;

pub(crate) use citation::CitedDocument;
pub(crate) use stream::StreamDecoder;
pub(crate) use unary::generate;

use super::tool_names::ToolNames;

/// What the reading of an answer has to know of its request.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Whether a tool takes the answer: then its input is the text.
    pub(super) has_json_tool: bool,
    pub(super) names: ToolNames,
    /// The documents of the prompt that are cited, by which citations count.
    pub(super) documents: Vec<CitedDocument>,
    /// Whether the model may run code that the caller has no tool for.
    pub(super) code_is_dynamic: bool,
    /// The key of the metadata, beside `anthropic`.
    pub(super) metadata_key: Option<String>,
}

/// Why the model stopped, in common terms.
///
/// Source: <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons> (2026-11).
fn finish_reason(raw: Option<&str>, from_json_tool: bool) -> UnifiedFinishReason {
    match raw {
        Some("end_turn" | "stop_sequence" | "pause_turn") => UnifiedFinishReason::Stop,
        Some("tool_use") if from_json_tool => UnifiedFinishReason::Stop,
        Some("tool_use") => UnifiedFinishReason::ToolCalls,
        Some("max_tokens" | "model_context_window_exceeded") => UnifiedFinishReason::Length,
        Some("refusal") => UnifiedFinishReason::ContentFilter,
        _ => UnifiedFinishReason::Other,
    }
}
