//! What is different about Moonshot's chat.

use aqueduct_spec::language::{
    CallOptions, Content, JsonFormat, ReasoningEffort, ResponseFormat, Usage,
};
use aqueduct_spec::{Context, Error, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::{Value, json};

use super::schema::normalized;
use crate::openai_compatible::chat::encode::{
    Encoded, FileKinds, MessageRules, Target, messages, settings, tools,
};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Blocks, Dialect, StreamRules, account, thought_first};
use crate::{reasoning_level, vendor_options};

/// The smallest budget for thinking that Moonshot takes, in tokens.
const MIN_BUDGET: u64 = 1024;

/// Options under `moonshotai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoonshotOptions {
    reasoning_effort: Option<String>,
    thinking: Option<Thinking>,
    reasoning_history: Option<String>,
    prompt_cache_key: Option<String>,
    safety_identifier: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thinking {
    #[serde(rename = "type")]
    kind: Option<String>,
    budget_tokens: Option<u64>,
}

/// The dialect.
#[derive(Debug)]
pub(super) struct Moonshot;

impl Dialect for Moonshot {
    fn encode(&self, call: &CallOptions, target: Target<'_>) -> Result<Encoded> {
        let options: MoonshotOptions =
            vendor_options::read(call.provider_options.as_ref(), target.name)?;
        let mut warnings = Vec::new();
        let mut rules = MessageRules::new().without_copied_options();
        rules.files = FileKinds::ImagesVideosText;
        let messages = messages(&call.prompt, &rules, &mut warnings)?;
        let mut request = settings(call, target.model_id, &mut warnings);
        if request.seed.take().is_some() {
            warnings.push(Warning::unsupported("seed"));
        }
        request.messages = messages;
        request.response_format = match &call.response_format {
            Some(ResponseFormat::Json(format)) => Some(json_format(format, target.model_id)),
            _ => None,
        };
        let thinking = thinking(&options, target.model_id, &mut warnings)?;
        request.reasoning_effort = match (options.reasoning_effort, call.reasoning) {
            (asked, Some(ReasoningEffort::None)) => {
                warnings.push(Warning::unsupported(
                    "reasoning \"none\" (use providerOptions.moonshotai.thinking to control thinking)",
                ));
                asked
            }
            (Some(asked), _) => Some(asked),
            (None, asked) => {
                asked.and_then(ReasoningEffort::chosen).map(|asked| effort(asked, &mut warnings))
            }
        };
        let fields = [
            ("thinking", thinking.map(Value::Object)),
            ("prompt_cache_key", options.prompt_cache_key.map(Value::String)),
            ("safety_identifier", options.safety_identifier.map(Value::String)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                request.rest.insert(name.to_owned(), value);
            }
        }
        (request.tools, request.tool_choice) = tools(call, &mut warnings, |_, _| None);
        for tool in request.tools.iter_mut().flatten() {
            if let wire::Tool::Function(tool) = tool {
                tool.function.parameters =
                    tool.function.parameters.take().map(normalized).transpose()?;
            }
        }
        Ok(Encoded::new(request, warnings))
    }

    fn content(
        &self,
        message: wire::Message,
        _rest: &JsonObject,
        metadata_key: Option<&str>,
        cx: &Context,
    ) -> Vec<Content> {
        thought_first(message, metadata_key, cx)
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        let cached = usage.count("cached_tokens").or_else(|| usage.cached_tokens());
        account(
            usage.prompt_tokens().unwrap_or(0),
            usage.completion_tokens().unwrap_or(0),
            Some(cached.unwrap_or(0)),
            Some(usage.reasoning_tokens().unwrap_or(0)),
            usage.0.clone(),
        )
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

fn effort(asked: ReasoningEffort, warnings: &mut Vec<Warning>) -> String {
    let mapped = match asked {
        ReasoningEffort::Minimal | ReasoningEffort::Low => "low",
        ReasoningEffort::Xhigh => "max",
        _ => "high",
    };
    reasoning_level::effort(asked, mapped, warnings)
}

/// Whether thoughts of earlier turns can be kept.
///
/// Source: <https://platform.moonshot.ai/docs> (2026-11).
fn keeps_thoughts(model_id: &str) -> bool {
    matches!(model_id, "kimi-k2.6" | "kimi-k3") || model_id.starts_with("kimi-k2.7-code")
}

fn thinking(
    options: &MoonshotOptions,
    model_id: &str,
    warnings: &mut Vec<Warning>,
) -> Result<Option<JsonObject>> {
    let mut object = JsonObject::new();
    if let Some(kind) = options.thinking.as_ref().and_then(|thinking| thinking.kind.as_deref()) {
        object.insert("type".to_owned(), kind.into());
    }
    if let Some(budget) = options.thinking.as_ref().and_then(|thinking| thinking.budget_tokens) {
        if budget < MIN_BUDGET {
            return Err(Error::invalid_request(format!(
                "thinking.budgetTokens must be at least {MIN_BUDGET}"
            )));
        }
        object.insert("budget_tokens".to_owned(), budget.into());
    }
    let preserved = options.reasoning_history.as_deref() == Some("preserved");
    if preserved && keeps_thoughts(model_id) {
        object.insert("keep".to_owned(), "all".into());
    } else if preserved {
        warnings.push(Warning::unsupported(format!(
            "reasoningHistory 'preserved' is not supported by model \"{model_id}\""
        )));
    }
    Ok((options.thinking.is_some() || !object.is_empty()).then_some(object))
}

/// A schema goes to the Kimi models alone, without what they do not read.
fn json_format(format: &JsonFormat, model_id: &str) -> wire::ResponseFormat {
    let Some(Value::Object(schema)) =
        format.schema.as_ref().filter(|_| model_id.starts_with("kimi-k"))
    else {
        return wire::ResponseFormat::JsonObject;
    };
    let mut schema = schema.clone();
    schema.shift_remove("$schema");
    let schema = wire::JsonSchema {
        schema: Some(json!(schema)),
        name: format.name.clone().unwrap_or_else(|| "response".to_owned()),
        description: format.description.clone(),
        ..wire::JsonSchema::default()
    };
    wire::ResponseFormat::JsonSchema(wire::JsonSchemaFormat::new(schema))
}
