//! Plays a scenario with ours.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aqueduct::ui::{
    ModelMessageOptions, UiMessage, UiMessageEnd, UiMessageOptions, convert_to_model_messages,
    read_ui_message_stream,
};
use aqueduct::{AbortHandle, TextStreamPart, step_count_is, stream_text};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::golden::script::{Script, approval, make_tools, numbered_ids, read_messages};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) name: String,
    steps: Vec<Value>,
    #[serde(default)]
    tools: Map<String, Value>,
    #[serde(default)]
    tool_approval: BTreeMap<String, Value>,
    max_steps: Option<usize>,
    messages: Option<Value>,
    abort: Option<Abort>,
    #[serde(default)]
    options: Options,
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

pub(super) async fn play(scenario: Scenario) -> Value {
    let model = Script::new(scenario.steps).model("mock");
    let tools = make_tools(&scenario.tools);
    let abort = AbortHandle::new();
    let mut request = stream_text(model)
        .tools(tools.clone())
        .stop_when(step_count_is(scenario.max_steps.unwrap_or(1)))
        .max_retries(0)
        .abort_handle(&abort)
        .context(numbered_ids());
    request = match scenario.messages {
        Some(messages) => request.messages(read_messages(&messages)),
        None => request.prompt("go"),
    };
    for (tool, rule) in scenario.tool_approval {
        request = request.tool_approval(tool, approval(&rule));
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
    let mut written = json!({
        "isAborted": end.is_aborted,
        "isContinuation": end.is_continuation,
        "responseMessage": end.response_message,
        "messages": end.messages,
    });
    if let Some(reason) = end.finish_reason {
        written["finishReason"] = json!(reason);
    }
    json!({
        "chunks": chunks,
        "end": written,
        "last": snapshots.last(),
        "snapshots": snapshots.len(),
        "modelMessages": model_messages,
    })
}
