//! A call as a request.

use aqueduct_spec::language::{
    CallOptions, JsonFormat, ReasoningEffort, ResponseFormat, Tool, ToolChoice,
};
use aqueduct_spec::{JsonObject, Result, Warning, json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::input;
use crate::openai::responses::wire;

/// Options under the host's name.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResponsesOptions {
    reasoning_effort: Option<String>,
    reasoning_summary: Option<String>,
}

/// Writes a call.
pub(super) fn encode(
    call: &CallOptions,
    model_id: &str,
    key: &str,
) -> Result<(wire::Request, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let unsupported = [
        ("stopSequences", call.stop_sequences.is_some()),
        ("topK", call.top_k.is_some()),
        ("seed", call.seed.is_some()),
    ];
    let given = unsupported.into_iter().filter(|(_, is_given)| *is_given);
    warnings.extend(given.map(|(name, _)| Warning::unsupported(name)));
    let (items, instructions) = input(&call.prompt, key, &mut warnings)?;
    let mut request = wire::Request::new(model_id, items);
    request.instructions = instructions.map(Value::String);
    request.max_output_tokens = call.max_output_tokens;
    request.temperature = call.temperature;
    request.top_p = call.top_p;
    let penalties = [
        ("presence_penalty", call.presence_penalty),
        ("frequency_penalty", call.frequency_penalty),
    ];
    for (name, value) in penalties {
        if let Some(value) = value {
            request.rest.insert(name.to_owned(), json::number(value));
        }
    }
    request.tools = tools(call, &mut warnings);
    request.tool_choice = call.tool_choice.as_ref().map(tool_choice);
    if let Some(ResponseFormat::Json(json)) = &call.response_format {
        let format = Some(format(json));
        request.text = Some(wire::TextSettings { format, ..wire::TextSettings::default() });
    }
    let options = call.provider_options.as_ref().map(|it| it.typed(key)).transpose()?;
    let options: ResponsesOptions = options.flatten().unwrap_or_default();
    let asked = call.reasoning.and_then(ReasoningEffort::chosen);
    let effort = match options.reasoning_effort {
        Some(effort) => Some(effort),
        None => asked.map(|asked| effort(asked, &mut warnings)),
    };
    if effort.is_some() || options.reasoning_summary.is_some() {
        request.reasoning = Some(wire::ReasoningSettings {
            effort,
            summary: options.reasoning_summary,
            ..wire::ReasoningSettings::default()
        });
    }
    Ok((request, warnings))
}

/// The host's word for an effort: there is none below `low` but not to think at all.
fn effort(asked: ReasoningEffort, warnings: &mut Vec<Warning>) -> String {
    if asked == ReasoningEffort::Minimal {
        warnings.push(Warning::compatibility(
            "reasoning",
            "reasoning \"minimal\" is not directly supported by this model. mapped to effort \"low\".",
        ));
        return "low".to_owned();
    }
    asked.as_str().to_owned()
}

fn tools(call: &CallOptions, warnings: &mut Vec<Warning>) -> Option<Vec<wire::Tool>> {
    let mut tools = Vec::new();
    for tool in call.tools.iter().flatten() {
        match tool {
            Tool::Function(tool) => tools.push(wire::Tool::Function(wire::FunctionTool {
                name: tool.name.clone(),
                description: tool.description.clone(),
                parameters: Some(tool.input_schema.clone()),
                strict: tool.strict,
                ..wire::FunctionTool::default()
            })),
            Tool::Provider(tool) => {
                let feature = format!("provider-defined tool {}", tool.id);
                warnings.push(Warning::unsupported(feature));
            }
            other => warnings.push(Warning::unsupported(format!("tool of type {}", other.tag()))),
        }
    }
    (!tools.is_empty()).then_some(tools)
}

fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Tool(choice) => json!({ "type": "function", "name": choice.tool_name }),
        other => other.tag().into(),
    }
}

fn format(json: &JsonFormat) -> wire::Format {
    let Some(schema) = &json.schema else {
        let kind = ("type".to_owned(), "json_schema".into());
        return wire::Format::Unknown(JsonObject::from_iter([kind]));
    };
    wire::Format::JsonSchema(wire::JsonSchemaFormat {
        name: json.name.clone().unwrap_or_else(|| "response".to_owned()),
        strict: Some(true),
        description: json.description.clone(),
        schema: Some(schema.clone()),
        ..wire::JsonSchemaFormat::default()
    })
}
