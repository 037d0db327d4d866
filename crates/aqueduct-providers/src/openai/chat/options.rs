//! Options of a chat call, under `openai`.

use aqueduct_spec::JsonObject;
use serde::Deserialize;
use serde_json::Value;

use crate::openai::responses::options::{Logprobs, SystemMessageMode};

/// Options of a chat call.
///
/// Source: <https://platform.openai.com/docs/api-reference/chat/create> (2026-11).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ChatOptions {
    pub(super) logit_bias: Option<JsonObject>,
    pub(super) logprobs: Option<Logprobs>,
    pub(super) parallel_tool_calls: Option<bool>,
    pub(super) user: Option<String>,
    pub(super) reasoning_effort: Option<String>,
    pub(super) max_completion_tokens: Option<u64>,
    pub(super) store: Option<bool>,
    pub(super) metadata: Option<JsonObject>,
    pub(super) prediction: Option<JsonObject>,
    pub(super) service_tier: Option<String>,
    pub(super) strict_json_schema: Option<bool>,
    pub(super) text_verbosity: Option<String>,
    pub(super) prompt_cache_key: Option<String>,
    pub(super) prompt_cache_options: Option<Value>,
    pub(super) prompt_cache_retention: Option<String>,
    pub(super) safety_identifier: Option<String>,
    pub(super) system_message_mode: Option<SystemMessageMode>,
    pub(super) force_reasoning: Option<bool>,
}
