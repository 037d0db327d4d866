//! A call as a request.

use aqueduct_spec::language::{CallOptions, ReasoningEffort, ResponseFormat, Tool, ToolChoice};
use aqueduct_spec::{JsonObject, Result, Warning, json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::messages::messages;
use crate::{reasoning_level, vendor_options};

/// Of how many tokens the budget for thinking is a share.
const MOST_TOKENS: u64 = 32_768;

/// Options under `cohere`.
#[derive(Debug, Default, Deserialize)]
struct CohereOptions {
    thinking: Option<Thinking>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thinking {
    #[serde(rename = "type")]
    kind: Option<String>,
    token_budget: Option<f64>,
}

/// Writes the request.
pub(super) fn encode(call: &CallOptions, model_id: &str) -> Result<(JsonObject, Vec<Warning>)> {
    let options: CohereOptions = vendor_options::read(call.provider_options.as_ref(), "cohere")?;
    let mut warnings = Vec::new();
    let (tools, choice) = tools(call, &mut warnings);
    let conversation = messages(&call.prompt, &mut warnings)?;
    let mut body = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("model", Some(model_id.into()));
    put("frequency_penalty", call.frequency_penalty.map(json::number));
    put("presence_penalty", call.presence_penalty.map(json::number));
    put("max_tokens", call.max_output_tokens.map(Value::from));
    put("temperature", call.temperature.map(json::number));
    put("p", call.top_p.map(json::number));
    put("k", call.top_k.map(json::number));
    put("seed", call.seed.map(Value::from));
    put("stop_sequences", call.stop_sequences.clone().map(Value::from));
    if let Some(ResponseFormat::Json(format)) = &call.response_format {
        let mut object = JsonObject::from_iter([("type".to_owned(), "json_object".into())]);
        if let Some(schema) = &format.schema {
            object.insert("json_schema".to_owned(), schema.clone());
        }
        put("response_format", Some(Value::Object(object)));
    }
    put("messages", Some(Value::Array(conversation.messages)));
    put("tools", tools.map(Value::Array));
    put("tool_choice", choice.map(Value::from));
    let documents = Value::Array(conversation.documents);
    put("documents", Some(documents).filter(|list| *list != json!([])));
    put("thinking", thinking(options.thinking, call.reasoning));
    Ok((body, warnings))
}

fn thinking(option: Option<Thinking>, asked: Option<ReasoningEffort>) -> Option<Value> {
    if let Some(option) = option {
        let kind = option.kind.unwrap_or_else(|| "enabled".to_owned());
        let mut thinking = JsonObject::from_iter([("type".to_owned(), kind.into())]);
        if let Some(budget) = option.token_budget {
            thinking.insert("token_budget".to_owned(), json::number(budget));
        }
        return Some(Value::Object(thinking));
    }
    let asked = asked?.chosen()?;
    if asked == ReasoningEffort::None {
        return Some(json!({ "type": "disabled" }));
    }
    let budget = reasoning_level::budget(asked, MOST_TOKENS);
    Some(json!({ "type": "enabled", "token_budget": budget }))
}

/// The tools and which must be called. Cohere cannot name one: the others are left out then.
fn tools(
    call: &CallOptions,
    warnings: &mut Vec<Warning>,
) -> (Option<Vec<Value>>, Option<&'static str>) {
    let only = match &call.tool_choice {
        Some(ToolChoice::Tool(choice)) => Some(choice.tool_name.as_str()),
        _ => None,
    };
    let all = call.tools.as_deref().unwrap_or_default();
    if all.is_empty() {
        return (None, None);
    }
    let mut tools = Vec::with_capacity(all.len());
    for tool in all {
        match tool {
            Tool::Function(tool) if only.is_none_or(|only| only == tool.name) => {
                let mut function = JsonObject::new();
                function.insert("name".to_owned(), tool.name.as_str().into());
                if let Some(description) = &tool.description {
                    function.insert("description".to_owned(), description.as_str().into());
                }
                function.insert("parameters".to_owned(), tool.input_schema.clone());
                tools.push(json!({ "type": "function", "function": function }));
            }
            Tool::Function(_) => {}
            Tool::Provider(tool) => {
                let feature = format!("provider-defined tool {}", tool.id);
                warnings.push(Warning::unsupported(feature));
            }
            other => warnings.push(Warning::unsupported(format!("tool of type {}", other.tag()))),
        }
    }
    let choice = match &call.tool_choice {
        Some(ToolChoice::None(_)) => Some("NONE"),
        Some(ToolChoice::Required(_) | ToolChoice::Tool(_)) => Some("REQUIRED"),
        _ => None,
    };
    (Some(tools), choice)
}
