//! What is different about DeepSeek's chat.

use aqueduct_spec::language::{
    CallOptions, Content, ReasoningEffort, ResponseFormat, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::json;

use super::messages::messages;
use crate::openai_compatible::chat::encode::{Encoded, Target, response_format, settings, tools};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Blocks, Dialect, StreamRules, account, kept, thought_first};
use crate::{reasoning_level, vendor_options};

/// What is kept of an account.
const COUNTS: &[&str] = &[
    "prompt_tokens",
    "completion_tokens",
    "prompt_cache_hit_tokens",
    "prompt_cache_miss_tokens",
    "total_tokens",
];
const DETAILS: &[(&str, &[&str])] = &[("completion_tokens_details", &["reasoning_tokens"])];

/// Options under `deepseek`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeepSeekOptions {
    thinking: Option<ThinkingOption>,
    reasoning_effort: Option<String>,
    strict_json_schema: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
struct ThinkingOption {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Who says whether the model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thinking {
    /// The caller.
    AsAsked,
    /// The host: it is not to be told.
    #[cfg_attr(not(feature = "azure"), expect(dead_code, reason = "only Azure is so"))]
    OfTheHost,
}

/// The dialect.
#[derive(Debug)]
pub(crate) struct DeepSeek {
    thinking: Thinking,
}

impl DeepSeek {
    pub(crate) fn new(thinking: Thinking) -> Self {
        Self { thinking }
    }

    /// Whether to think, in the host's word.
    fn thinking(
        &self,
        asked: Option<ReasoningEffort>,
        option: Option<String>,
        warnings: &mut Vec<Warning>,
    ) -> Option<String> {
        let switch = option.or_else(|| {
            let kind = if asked? == ReasoningEffort::None { "disabled" } else { "enabled" };
            Some(kind.to_owned())
        });
        match self.thinking {
            Thinking::AsAsked => switch,
            Thinking::OfTheHost => {
                if switch.as_deref() == Some("disabled") {
                    let why = "this host's models cannot be told not to think";
                    warnings.push(Warning::unsupported_because("reasoning", why));
                }
                None
            }
        }
    }
}

impl Dialect for DeepSeek {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let options: DeepSeekOptions =
            vendor_options::read(call.provider_options.as_ref(), target.name)?;
        let mut warnings = Vec::new();
        let messages = messages(call, target, &mut warnings)?;
        let mut request = settings(call, target.model_id, &mut warnings);
        if request.seed.take().is_some() {
            warnings.push(Warning::unsupported("seed"));
        }
        request.messages = messages;
        request.response_format = format(call, target, options.strict_json_schema);
        let asked = call.reasoning.and_then(ReasoningEffort::chosen);
        let switch = options.thinking.and_then(|thinking| thinking.kind);
        let thinking = self.thinking(asked, switch, &mut warnings);
        let effort = options.reasoning_effort.or_else(|| effort(asked?, &mut warnings));
        if thinking.as_deref() != Some("disabled") {
            request.reasoning_effort = effort;
        }
        if let Some(kind) = thinking {
            request.rest.insert("thinking".to_owned(), json!({ "type": kind }));
        }
        (request.tools, request.tool_choice) = tools(call, &mut warnings, |_, _| None);
        Ok(Encoded::new(request, warnings).with_metadata_key(target.name))
    }

    /// Thought, tool calls, text: the order of the AI SDK.
    fn content(
        &self,
        message: wire::Message,
        _rest: &JsonObject,
        metadata_key: Option<&str>,
        cx: &Context,
    ) -> Vec<Content> {
        thought_first(message, metadata_key, cx)
    }

    fn metadata(&self, usage: Option<&wire::Usage>) -> JsonObject {
        const CACHE: [(&str, &str); 2] = [
            ("prompt_cache_hit_tokens", "promptCacheHitTokens"),
            ("prompt_cache_miss_tokens", "promptCacheMissTokens"),
        ];
        let counts = CACHE
            .iter()
            .filter_map(|(theirs, ours)| Some(((*ours).to_owned(), usage?.count(theirs)?.into())));
        counts.collect()
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        account(
            usage.prompt_tokens().unwrap_or(0),
            usage.completion_tokens().unwrap_or(0),
            Some(usage.count("prompt_cache_hit_tokens").unwrap_or(0)),
            Some(usage.reasoning_tokens().unwrap_or(0)),
            kept(&usage.0, COUNTS, DETAILS),
        )
    }

    fn finish_reason(&self, raw: &str) -> UnifiedFinishReason {
        match raw {
            "stop" => UnifiedFinishReason::Stop,
            "length" => UnifiedFinishReason::Length,
            "content_filter" => UnifiedFinishReason::ContentFilter,
            "tool_calls" => UnifiedFinishReason::ToolCalls,
            "insufficient_system_resource" => UnifiedFinishReason::Error,
            _ => UnifiedFinishReason::Other,
        }
    }

    fn stream_rules(&self) -> StreamRules {
        StreamRules {
            late_tool_names: false,
            error_beside_choices: false,
            blocks: Blocks::Overlapping,
            ..StreamRules::default()
        }
    }
}

fn effort(asked: ReasoningEffort, warnings: &mut Vec<Warning>) -> Option<String> {
    let mapped = match asked {
        ReasoningEffort::None => return None,
        ReasoningEffort::Minimal | ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::Xhigh => "max",
        _ => "high",
    };
    Some(reasoning_level::effort(asked, mapped, warnings))
}

/// The form of the answer; the warning of a schema that goes into the instructions is given there.
fn format(
    call: &CallOptions,
    target: Target<'_>,
    strict: Option<bool>,
) -> Option<wire::ResponseFormat> {
    match &call.response_format {
        Some(ResponseFormat::Json(_)) if !target.supports_structured_outputs => {
            Some(wire::ResponseFormat::JsonObject)
        }
        format => response_format(format.as_ref(), true, strict, &mut Vec::new()),
    }
}
