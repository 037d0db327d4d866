//! What is different about Alibaba's chat.

use aqueduct_http::ApiMessage;
use aqueduct_spec::language::{CallOptions, ReasoningEffort, ResponseFormat, Usage};
use aqueduct_spec::{JsonObject, Result, Warning, json};
use serde::Deserialize;
use serde_json::Value;

use super::messages::messages;
use crate::openai_compatible::chat::encode::{Encoded, Target, settings, tools};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Blocks, Dialect, StreamRules, account};
use crate::{reasoning_level, vendor_options};

/// Of how many tokens the budget for thinking is a share.
const MOST_TOKENS: u64 = 16_384;

/// Options under `alibaba`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AlibabaOptions {
    enable_thinking: Option<bool>,
    thinking_budget: Option<f64>,
    parallel_tool_calls: Option<bool>,
}

/// The dialect.
#[derive(Debug)]
pub(super) struct Alibaba;

impl Dialect for Alibaba {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let options: AlibabaOptions =
            vendor_options::read(call.provider_options.as_ref(), "alibaba")?;
        let mut warnings = Vec::new();
        // That it knows `topK` is one of the differences.
        let mut request = settings(call, target.model_id, &mut Vec::new());
        if let Some(top_k) = call.top_k {
            request.rest.insert("top_k".to_owned(), json::number(top_k));
        }
        if request.frequency_penalty.take().is_some() {
            warnings.push(Warning::unsupported("frequencyPenalty"));
        }
        if let Some(ResponseFormat::Json(format)) = &call.response_format {
            request.response_format = Some(match &format.schema {
                None => wire::ResponseFormat::JsonObject,
                Some(schema) => wire::ResponseFormat::JsonSchema(wire::JsonSchemaFormat::new(
                    wire::JsonSchema {
                        schema: Some(schema.clone()),
                        name: format.name.clone().unwrap_or_else(|| "response".to_owned()),
                        description: format.description.clone(),
                        ..wire::JsonSchema::default()
                    },
                )),
            });
        }
        request.rest.extend(thinking(&options, call.reasoning));
        request.messages = messages(&call.prompt, &mut warnings)?;
        (request.tools, request.tool_choice) = tools(call, &mut warnings, |_, _| None);
        if request.tools.is_some() {
            request.parallel_tool_calls = options.parallel_tool_calls;
        }
        Ok(Encoded::new(request, warnings))
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        let written = usage.detail("prompt_tokens_details", "cache_creation_input_tokens");
        let written = written.unwrap_or(0);
        let mut account = account(
            usage.prompt_tokens().unwrap_or(0),
            usage.completion_tokens().unwrap_or(0),
            Some(usage.cached_tokens().unwrap_or(0)),
            Some(usage.reasoning_tokens().unwrap_or(0)),
            usage.0.clone(),
        );
        let input = &mut account.input_tokens;
        input.no_cache = input.no_cache.map(|tokens| tokens.saturating_sub(written));
        input.cache_write = Some(written);
        account
    }

    fn error(&self, body: &Value) -> Option<ApiMessage> {
        super::error::read(body)
    }

    fn stream_rules(&self) -> StreamRules {
        StreamRules {
            late_tool_names: false,
            error_beside_choices: false,
            unreadable_fails: false,
            blocks: Blocks::Alternating,
            ..StreamRules::default()
        }
    }
}

fn thinking(options: &AlibabaOptions, asked: Option<ReasoningEffort>) -> JsonObject {
    let mut fields = JsonObject::new();
    if options.enable_thinking.is_some() || options.thinking_budget.is_some() {
        if let Some(enabled) = options.enable_thinking {
            fields.insert("enable_thinking".to_owned(), enabled.into());
        }
        if let Some(budget) = options.thinking_budget {
            fields.insert("thinking_budget".to_owned(), json::number(budget));
        }
        return fields;
    }
    let Some(asked) = asked.and_then(ReasoningEffort::chosen) else { return fields };
    let enabled = asked != ReasoningEffort::None;
    fields.insert("enable_thinking".to_owned(), enabled.into());
    if enabled {
        let budget = reasoning_level::budget(asked, MOST_TOKENS);
        fields.insert("thinking_budget".to_owned(), budget.into());
    }
    fields
}
