//! Options of a call, under `openai`.

use aqueduct_spec::{ProviderOptions, Result};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most likely tokens that are told at each place.
pub(super) const MAX_TOP_LOGPROBS: u64 = 20;

/// Options of a call.
///
/// Source: <https://platform.openai.com/docs/api-reference/responses/create> (2026-11).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ResponsesOptions {
    pub(super) conversation: Option<String>,
    pub(super) include: Option<Vec<String>>,
    pub(super) instructions: Option<String>,
    pub(super) logprobs: Option<Logprobs>,
    pub(super) max_tool_calls: Option<u64>,
    pub(super) metadata: Option<Value>,
    pub(super) parallel_tool_calls: Option<bool>,
    pub(super) previous_response_id: Option<String>,
    pub(super) prompt_cache_key: Option<String>,
    pub(super) prompt_cache_options: Option<Value>,
    pub(super) prompt_cache_retention: Option<String>,
    pub(super) reasoning_effort: Option<String>,
    pub(super) reasoning_mode: Option<String>,
    pub(super) reasoning_context: Option<String>,
    /// `null` is a decision: nothing is to be told of the thoughts.
    #[serde(deserialize_with = "present")]
    #[expect(clippy::option_option, reason = "`null` has a meaning of its own")]
    pub(super) reasoning_summary: Option<Option<String>>,
    pub(super) safety_identifier: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) store: Option<bool>,
    pub(super) pass_through_unsupported_files: Option<bool>,
    pub(super) strict_json_schema: Option<bool>,
    pub(super) text_verbosity: Option<String>,
    pub(super) truncation: Option<String>,
    pub(super) user: Option<String>,
    pub(super) system_message_mode: Option<SystemMessageMode>,
    pub(super) force_reasoning: Option<bool>,
    pub(super) context_management: Option<Vec<ContextManagement>>,
    pub(super) compaction_trigger: Option<bool>,
    pub(super) allowed_tools: Option<AllowedTools>,
}

/// Whether, and how many, likely tokens are told.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Logprobs {
    /// As many as there can be, or none.
    Whether(bool),
    /// So many.
    Count(u64),
}

/// What becomes of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SystemMessageMode {
    System,
    Developer,
    Remove,
}

/// When the host makes a long conversation short.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContextManagement {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) compact_threshold: f64,
}

/// The tools that may be called in this turn, of all that are known.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllowedTools {
    pub(super) tool_names: Vec<String>,
    pub(super) mode: Option<String>,
}

#[expect(clippy::option_option, reason = "`null` has a meaning of its own")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ResponsesOptions {
    /// Reads the options under the host's key, else under `openai`.
    ///
    /// # Errors
    /// `InvalidRequest`, naming the field, if one has the wrong type.
    pub(super) fn read(key: &str, options: Option<&ProviderOptions>) -> Result<Self> {
        let Some(options) = options else { return Ok(Self::default()) };
        if let Some(own) = options.typed(key)? {
            return Ok(own);
        }
        Ok(options.typed("openai")?.unwrap_or_default())
    }
}

/// Returns one option of a part; `null` counts as none.
pub(crate) fn option<'a>(
    options: Option<&'a ProviderOptions>,
    key: &str,
    name: &str,
) -> Option<&'a Value> {
    options?.get(key)?.get(name).filter(|value| !value.is_null())
}

/// Returns one option of a part that is text.
pub(super) fn text_option<'a>(
    options: Option<&'a ProviderOptions>,
    key: &str,
    name: &str,
) -> Option<&'a str> {
    option(options, key, name).and_then(Value::as_str)
}
