//! Plays a scenario with ours.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::spec::language::StreamPart;
use aqueduct::spec::{Context, Error};
use aqueduct::tool::ToolApproval;
use aqueduct::ui::{
    ModelMessageOptions, UiMessage, UiMessageEnd, UiMessageOptions, convert_to_model_messages,
    read_ui_message_stream,
};
use aqueduct::{AbortHandle, Message, TextStreamPart, Tool, step_count_is, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) name: String,
    steps: Vec<Value>,
    #[serde(default)]
    tools: BTreeMap<String, ToolSpec>,
    #[serde(default)]
    tool_approval: BTreeMap<String, Value>,
    max_steps: Option<usize>,
    messages: Option<Value>,
    abort: Option<Abort>,
    #[serde(default)]
    options: Options,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ToolSpec {
    kind: Option<String>,
    title: Option<String>,
    metadata: Option<Map<String, Value>>,
    #[serde(default)]
    needs_approval: bool,
    execute: Option<Value>,
    #[serde(default)]
    typed: bool,
}

#[derive(Deserialize)]
struct Abort {
    after: usize,
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    send_reasoning: Option<bool>,
    send_sources: Option<bool>,
    send_start: Option<bool>,
    send_finish: Option<bool>,
    metadata: Option<Map<String, Value>>,
    message_id: Option<String>,
    original_messages: Option<Vec<UiMessage>>,
    error_text: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    #[expect(dead_code, reason = "only its presence counts")]
    city: String,
}

fn make_tool(name: &str, spec: &ToolSpec) -> Tool {
    let execute = spec.execute.clone();
    let run = move || {
        let execute = execute.clone().unwrap();
        async move {
            match execute.get("error") {
                Some(error) => {
                    Err(Box::<dyn std::error::Error + Send + Sync>::from(error.as_str().unwrap()))
                }
                None => Ok(execute["output"].clone()),
            }
        }
    };
    let mut tool = match (spec.kind.as_deref(), &spec.execute) {
        (Some("provider"), _) => {
            Tool::provider(format!("test.{name}"), name, Map::new()).deferred_results()
        }
        (Some("dynamic"), _) => Tool::dynamic(name, json!({ "type": "object" }), move |_, _| run()),
        (_, Some(_)) if spec.typed => Tool::new(name).input::<Place>().execute(move |_, _| run()),
        (_, Some(execute)) if execute.get("preliminary").is_some() => {
            let items = execute["preliminary"].as_array().unwrap().clone();
            Tool::new(name).execute_stream(move |_, _| stream::iter(items.clone()))
        }
        (_, Some(_)) => Tool::new(name).execute(move |_, _| run()),
        (_, None) => Tool::new(name),
    };
    if let Some(title) = &spec.title {
        tool = tool.title(title);
    }
    if let Some(metadata) = &spec.metadata {
        tool = tool.metadata(metadata.clone());
    }
    tool.needs_approval(spec.needs_approval)
}

fn turn(step: &Value) -> Turn {
    let Some(parts) = step.as_array() else {
        return Turn::error(Error::internal(step["error"].as_str().unwrap().to_owned()));
    };
    let is_hanging = parts.last().is_some_and(|part| part.get("hang").is_some());
    let read = |part: &Value| serde_json::from_value::<StreamPart>(part.clone()).unwrap();
    if !is_hanging {
        return Turn::parts(parts.iter().map(read).collect::<Vec<_>>());
    }
    let (_, shown) = parts.split_last().unwrap();
    let mut paced: Vec<_> = shown.iter().map(|part| (Duration::ZERO, read(part))).collect();
    // Nobody waits so long.
    paced.push((Duration::from_secs(3600), read(&json!({ "type": "text-end", "id": "1" }))));
    Turn::paced(paced)
}

fn part_tag(part: &TextStreamPart) -> &'static str {
    match part {
        TextStreamPart::Start => "start",
        TextStreamPart::Finish(_) => "finish",
        TextStreamPart::TextDelta(_) => "text-delta",
        TextStreamPart::FinishStep(_) => "finish-step",
        TextStreamPart::ReasoningStart(_) => "reasoning-start",
        _ => "",
    }
}

fn ui_options(options: Options, end: &Arc<Mutex<Option<UiMessageEnd>>>) -> UiMessageOptions {
    let mut ui = UiMessageOptions::new();
    if let Some(sends) = options.send_reasoning {
        ui = ui.send_reasoning(sends);
    }
    if let Some(sends) = options.send_sources {
        ui = ui.send_sources(sends);
    }
    if let Some(sends) = options.send_start {
        ui = ui.send_start(sends);
    }
    if let Some(sends) = options.send_finish {
        ui = ui.send_finish(sends);
    }
    if let Some(metadata) = options.metadata {
        ui = ui.message_metadata(move |part| metadata.get(part_tag(part)).cloned());
    }
    if let Some(id) = options.message_id {
        ui = ui.generate_message_id(move || id.clone());
    }
    if let Some(messages) = options.original_messages {
        ui = ui.original_messages(messages);
    }
    if let Some(text) = options.error_text {
        ui = ui.on_error(move |_| text.clone());
    }
    let end = Arc::clone(end);
    ui.on_end(move |event| {
        *end.lock().unwrap() = Some(event);
        async {}
    })
}

/// Model messages as programs write them, with a text in place of parts.
fn read_messages(mut messages: Value) -> Vec<Message> {
    for message in messages.as_array_mut().unwrap() {
        if let Some(text) = message["content"].as_str() {
            message["content"] = json!([{ "type": "text", "text": text }]);
        }
    }
    serde_json::from_value(messages).unwrap()
}

pub(super) async fn play(scenario: Scenario) -> Value {
    let model = MockLanguageModel::answers(scenario.steps.iter().map(turn).collect::<Vec<_>>());
    let tools: Vec<Tool> =
        scenario.tools.iter().map(|(name, spec)| make_tool(name, spec)).collect();
    let ids = AtomicUsize::new(0);
    let next = move || format!("id-{}", ids.fetch_add(1, Ordering::Relaxed) + 1);
    let abort = AbortHandle::new();
    let mut request = stream_text(model)
        .tools(tools.clone())
        .stop_when(step_count_is(scenario.max_steps.unwrap_or(1)))
        .max_retries(0)
        .abort_handle(&abort)
        .context(Context::default().with_ids(next));
    request = match scenario.messages {
        Some(messages) => request.messages(read_messages(messages)),
        None => request.prompt("go"),
    };
    for (tool, rule) in scenario.tool_approval {
        let approval = match rule["type"].as_str().unwrap() {
            "approved" => ToolApproval::approved(),
            _ => ToolApproval::denied(),
        };
        request = request.tool_approval(tool, approval.because(rule["reason"].as_str().unwrap()));
    }
    let end = Arc::default();
    let mut chunks = Vec::new();
    let mut stream = request.stream().into_ui_messages(ui_options(scenario.options, &end));
    while let Some(chunk) = stream.next().await {
        chunks.push(chunk);
        if let Some(planned) = &scenario.abort
            && planned.after == chunks.len()
        {
            abort.abort_because(&planned.reason);
        }
    }
    let snapshots: Vec<_> = read_ui_message_stream(stream::iter(chunks.clone()))
        .filter_map(|message| async { message.ok() })
        .collect()
        .await;
    let end = end.lock().unwrap().take().unwrap();
    let options = ModelMessageOptions::new().tools(tools).ignore_incomplete_tool_calls(true);
    let model_messages = convert_to_model_messages(&end.messages, &options).unwrap();
    json!({
        "chunks": chunks,
        "isAborted": end.is_aborted,
        "isContinuation": end.is_continuation,
        "responseMessage": end.response_message,
        "messages": end.messages,
        "finishReason": end.finish_reason,
        "last": snapshots.last(),
        "snapshots": snapshots.len(),
        "modelMessages": model_messages,
    })
}
