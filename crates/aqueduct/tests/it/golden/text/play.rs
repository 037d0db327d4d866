//! Plays a scenario with ours.

use std::future::ready;

use aqueduct::message::{Instructions, SystemMessage};
use aqueduct::spec::language::ToolCall;
use aqueduct::spec::{Error, Include, ProviderOptions};
use aqueduct::text::{StepChanges, StepPlan, TextResult, has_tool_call, loop_finished};
use aqueduct::{AbortHandle, TextStreamPart, generate_text, step_count_is, stream_text};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::shape;
use crate::golden::plain_ids;
use crate::golden::script::{Script, approval, make_tools, numbered_ids, read, read_messages};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scenario {
    pub(super) name: String,
    steps: Vec<Value>,
    #[serde(default)]
    tools: Map<String, Value>,
    #[serde(default)]
    tool_approval: Map<String, Value>,
    max_steps: Option<usize>,
    stop_when: Option<Vec<Map<String, Value>>>,
    prompt: Option<Value>,
    messages: Option<Value>,
    instructions: Option<Value>,
    #[serde(default)]
    allow_system_in_messages: bool,
    abort: Option<Value>,
    max_retries: Option<u32>,
    supported_urls: Option<Value>,
    active_tools: Option<Vec<String>>,
    tool_order: Option<Vec<String>>,
    prepare_step: Option<Map<String, Value>>,
    repair: Option<Value>,
    refine: Option<Map<String, Value>>,
    #[serde(default)]
    include: Map<String, Value>,
    #[serde(default)]
    include_raw_chunks: bool,
    /// Settings of the call.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

fn instructions(value: &Value) -> Instructions {
    match value {
        Value::String(text) => text.into(),
        Value::Array(_) => read::<Vec<SystemMessage>>(value).into(),
        _ => read::<SystemMessage>(value).into(),
    }
}

/// Sets what requests and changes of a step have in common.
macro_rules! with_settings {
    ($builder:expr, $settings:expr) => {{
        let mut builder = $builder;
        for (setting, value) in $settings {
            let number = value.as_f64().unwrap_or_default();
            builder = match setting.as_str() {
                "maxOutputTokens" => builder.max_output_tokens(value.as_u64().unwrap()),
                "temperature" => builder.temperature(number),
                "topP" => builder.top_p(number),
                "topK" => builder.top_k(u32::try_from(value.as_u64().unwrap()).unwrap()),
                "presencePenalty" => builder.presence_penalty(number),
                "frequencyPenalty" => builder.frequency_penalty(number),
                "stopSequences" => builder.stop_sequences(read::<Vec<String>>(value)),
                "seed" => builder.seed(value.as_i64().unwrap()),
                "reasoning" => builder.reasoning(read(value)),
                "toolChoice" => builder.tool_choice(match value {
                    Value::String(word) => read(&json!({ "type": word })),
                    choice => read(choice),
                }),
                "providerOptions" => {
                    for (provider, options) in read::<ProviderOptions>(value).iter() {
                        builder = builder.provider_options(provider, options);
                    }
                    builder
                }
                "headers" => {
                    for (name, value) in value.as_object().unwrap() {
                        builder = builder.header(name, value.as_str().unwrap());
                    }
                    builder
                }
                "activeTools" => builder.active_tools(read::<Vec<String>>(value)),
                "toolOrder" => builder.tool_order(read::<Vec<String>>(value)),
                "instructions" => builder.instructions(instructions(value)),
                "messages" => builder.messages(read_messages(value)),
                "only" | "options" | "model" => builder,
                other => panic!("{other} is not known"),
            };
        }
        builder
    }};
}

/// What a step changes.
fn changes(
    plan: &StepPlan,
    changes: &Map<String, Value>,
    script: &Script,
) -> Result<StepChanges, Error> {
    let Some(changes) = changes.get(&plan.step_number.to_string()) else {
        return Ok(StepChanges::new());
    };
    if let Some(error) = changes.get("error") {
        return Err(Error::internal(error.as_str().unwrap().to_owned()));
    }
    let mut changed = with_settings!(StepChanges::new(), changes.as_object().unwrap());
    if let Some(model) = changes.get("model") {
        changed = changed.model(script.model(model.as_str().unwrap()));
    }
    Ok(changed)
}

fn repaired(mut call: ToolCall, repair: &Value) -> Result<Option<ToolCall>, Error> {
    if let Some(error) = repair.get("error") {
        return Err(Error::internal(error.as_str().unwrap().to_owned()));
    }
    let Some(changes) = repair["call"].as_object() else { return Ok(None) };
    for (field, value) in changes {
        let value = value.as_str().unwrap().to_owned();
        match field.as_str() {
            "input" => call.input = value,
            _ => call.tool_name = value,
        }
    }
    Ok(Some(call))
}

/// Makes the request of a scenario, whichever way it is to be answered.
macro_rules! request {
    ($verb:ident, $scenario:expr, $script:expr) => {{
        let scenario = $scenario;
        let script: &Script = $script;
        let mut request = $verb(script.model("mock"))
            .tools(make_tools(&scenario.tools))
            .max_retries(scenario.max_retries.unwrap_or(0))
            .context(numbered_ids());
        request = match (&scenario.messages, &scenario.prompt) {
            (Some(messages), _) => request.messages(read_messages(messages)),
            (None, Some(Value::String(text))) => request.prompt(text),
            (None, Some(messages)) => request.prompt(read_messages(messages)),
            (None, None) => request.prompt("go"),
        };
        for condition in scenario.stop_when.iter().flatten() {
            let (kind, value) = condition.iter().next().unwrap();
            let text = value.as_str().unwrap_or_default().to_owned();
            request = match kind.as_str() {
                "steps" => {
                    let count = value.as_u64().unwrap();
                    request.stop_when(step_count_is(usize::try_from(count).unwrap()))
                }
                "toolCall" => request.stop_when(has_tool_call(text)),
                "finished" => request.stop_when(loop_finished()),
                _ => request.stop_when(move |steps| steps.last().unwrap().text().contains(&text)),
            };
        }
        request = match &scenario.stop_when {
            None => request.stop_when(step_count_is(scenario.max_steps.unwrap_or(1))),
            // No condition at all is one step here.
            Some(conditions) if conditions.is_empty() => request.stop_when(loop_finished()),
            Some(_) => request,
        };
        if let Some(text) = &scenario.instructions {
            request = request.instructions(instructions(text));
        }
        if scenario.allow_system_in_messages {
            request = request.allow_system_in_messages();
        }
        if let Some(names) = &scenario.active_tools {
            request = request.active_tools(names);
        }
        if let Some(names) = &scenario.tool_order {
            request = request.tool_order(names);
        }
        for (tool, rule) in &scenario.tool_approval {
            request = request.tool_approval(tool, approval(rule));
        }
        if let Some(planned) = &scenario.prepare_step {
            let (planned, script) = (planned.clone(), script.clone());
            request = request.prepare_step(move |plan| ready(changes(&plan, &planned, &script)));
        }
        if let Some(repair) = &scenario.repair {
            let repair = repair.clone();
            request =
                request.repair_tool_call(move |call| ready(repaired(call.tool_call, &repair)));
        }
        for (tool, extra) in scenario.refine.iter().flatten() {
            let extra = extra.as_object().unwrap().clone();
            request = request.refine_tool_input(tool, move |mut input: Map<String, Value>| {
                input.extend(extra.clone());
                ready(input)
            });
        }
        let mut include = Include::default();
        include.request_body = scenario.include.contains_key("requestBody");
        include.response_body = scenario.include.contains_key("responseBody");
        request = request.include(include);
        if scenario.include.contains_key("requestMessages") {
            request = request.include_request_messages();
        }
        if scenario.include_raw_chunks {
            request = request.include_raw_chunks();
        }
        with_settings!(request, &scenario.settings)
    }};
}

fn script(scenario: &Scenario) -> Script {
    let script = Script::new(scenario.steps.clone());
    match scenario.supported_urls {
        Some(_) => script.with_web_files(),
        None => script,
    }
}

fn finished(mut outcome: Value, script: &Script) -> Value {
    let calls = script.calls();
    outcome["calls"] = calls.iter().map(|(model, call)| shape::call(model, call)).collect();
    plain_ids(&mut outcome);
    if let Value::Array(calls) = &mut outcome["calls"] {
        shape::keep_news(calls);
    }
    shape::in_common_words(&mut outcome);
    outcome
}

fn settled(result: Result<TextResult, Error>) -> Value {
    match result {
        Ok(result) => shape::result(&result),
        Err(error) => json!({ "error": shape::error_word(&error) }),
    }
}

pub(super) async fn whole(scenario: &Scenario) -> Value {
    let script = script(scenario);
    let result = request!(generate_text, scenario, &script).await;
    finished(settled(result), &script)
}

pub(super) async fn streamed(scenario: &Scenario) -> Value {
    let script = script(scenario);
    let abort = AbortHandle::new();
    let request = request!(stream_text, scenario, &script).abort_handle(&abort);
    let mut stream = request.stream();
    let mut parts = Vec::new();
    while let Some(part) = stream.next().await {
        parts.push(match part {
            Ok(part) => shape::part(&part),
            Err(error) => shape::part(&TextStreamPart::Error(error)),
        });
        if let Some(planned) = &scenario.abort
            && planned["after"] == parts.len()
        {
            abort.abort_because(planned["reason"].as_str().unwrap());
        }
    }
    let mut outcome = settled(stream.collect().await);
    outcome["parts"] = parts.into();
    finished(outcome, &script)
}
