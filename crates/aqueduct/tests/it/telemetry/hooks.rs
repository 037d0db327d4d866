//! What integrations are told of requests for text.

use std::sync::{Arc, Mutex};

use aqueduct::telemetry::{
    OperationEnd, OperationStart, Telemetry, TelemetryCall, TelemetryOptions, Work,
};
use aqueduct::text::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, Step, StepStartEvent,
    ToolEndEvent, ToolStartEvent,
};
use aqueduct::{
    Error, ErrorKind, TextResult, Tool, generate_text, register_telemetry, step_count_is,
    stream_text,
};
use aqueduct_testkit::Turn;
use futures_util::StreamExt as _;
use serde_json::json;

use super::model;

/// Notes what it is told, of one function if it has an id.
#[derive(Clone, Default)]
struct Log {
    only: Option<&'static str>,
    entries: Arc<Mutex<Vec<String>>>,
    polls: Arc<Mutex<Vec<Work>>>,
}

impl Log {
    fn note(&self, call: &TelemetryCall, entry: impl Into<String>) {
        if self.only.is_none() || self.only == call.function_id.as_deref() {
            self.entries.lock().unwrap().push(entry.into());
        }
    }

    fn entries(&self) -> Vec<String> {
        self.entries.lock().unwrap().clone()
    }
}

impl Telemetry for Log {
    fn on_start(&self, call: &TelemetryCall, event: &OperationStart<'_>) {
        assert_eq!((event.provider, event.model_id), ("openai.chat", Some("m")));
        let event = event.input::<StartEvent>().unwrap();
        assert_eq!(event.call_id, call.call_id);
        let operation = call.operation.as_str();
        self.note(call, format!("start {operation} {}", event.model_id));
    }

    fn on_step_start(&self, call: &TelemetryCall, event: &StepStartEvent) {
        self.note(call, format!("step {}", event.step_number));
    }

    fn on_model_call_start(&self, call: &TelemetryCall, event: &ModelCallStartEvent) {
        self.note(call, format!("call with {} messages", event.options.prompt.len()));
    }

    fn on_model_call_end(&self, call: &TelemetryCall, event: &ModelCallEndEvent) {
        self.note(call, format!("called, {} parts", event.content.len()));
    }

    fn on_tool_start(&self, call: &TelemetryCall, event: &ToolStartEvent) {
        self.note(call, format!("tool {}", event.tool_call.tool_name));
    }

    fn on_tool_end(&self, call: &TelemetryCall, event: &ToolEndEvent) {
        self.note(call, format!("tool call {} done", event.outcome.tool_call_id()));
    }

    fn on_step_end(&self, call: &TelemetryCall, event: &Step) {
        self.note(call, format!("step {} done", event.step_number));
    }

    fn on_end(&self, call: &TelemetryCall, event: &OperationEnd<'_>) {
        let result = event.answer::<TextResult>().unwrap();
        self.note(call, format!("end {}", result.text()));
    }

    fn on_abort(&self, call: &TelemetryCall, event: &AbortEvent) {
        let reason = event.reason.as_deref().unwrap_or_default();
        self.note(call, format!("abort after {}: {reason}", event.steps.len()));
    }

    fn on_error(&self, call: &TelemetryCall, error: &Error) {
        self.note(call, format!("error {error}"));
    }

    fn on_close(&self, call: &TelemetryCall) {
        self.note(call, "close");
    }

    fn within(&self, _: &TelemetryCall, work: &Work, run: &mut dyn FnMut()) {
        self.polls.lock().unwrap().push(work.clone());
        run();
        // Work is not run twice.
        run();
    }
}

fn one() -> Tool {
    Tool::new("one").execute(|_, _| async { 1 })
}

#[tokio::test]
async fn all_that_happens_in_order() {
    let log = Log::default();
    let order = Arc::clone(&log.entries);
    let model = model([Turn::tool_call("a", "one", &json!({})), Turn::text("done")]);
    generate_text(model)
        .prompt("go")
        .tool(one())
        .stop_when(step_count_is(2))
        .on_start(move |_| {
            order.lock().unwrap().push("the callback".to_owned());
            std::future::ready(())
        })
        .telemetry(TelemetryOptions::new().integration(log.clone()))
        .await
        .unwrap();
    let expected = [
        "start generate_text m",
        "the callback",
        "step 0",
        "call with 1 messages",
        "called, 1 parts",
        "tool one",
        "tool call a done",
        "step 0 done",
        "step 1",
        "call with 3 messages",
        "called, 1 parts",
        "step 1 done",
        "end done",
        "close",
    ];
    assert_eq!(log.entries(), expected);
    let tool = Work::Tool { tool_call_id: "a".to_owned() };
    let polls = log.polls.lock().unwrap();
    assert!(polls.contains(&tool) && polls.first() == Some(&Work::ModelCall));
}

#[tokio::test]
async fn dropping_is_giving_up() {
    let log = Log::default();
    let model = model([Turn::tool_call("a", "one", &json!({})), Turn::text("done")]);
    let telemetry = TelemetryOptions::new().integration(log.clone());
    let mut stream = stream_text(model)
        .prompt("go")
        .tool(one())
        .stop_when(step_count_is(2))
        .telemetry(telemetry)
        .await
        .unwrap();
    while !log.entries().contains(&"step 1".to_owned()) {
        stream.next().await.unwrap().unwrap();
    }
    drop(stream);
    let entries = log.entries();
    assert_eq!(entries[entries.len() - 2..], ["abort after 1: the request was dropped", "close"]);
}

#[tokio::test]
async fn a_failure_is_told_once() {
    let log = Log::default();
    let telemetry = TelemetryOptions::new().integration(log.clone());
    let failing = model([Turn::error(Error::new(ErrorKind::Authentication, "no key"))]);
    generate_text(failing).prompt("go").telemetry(telemetry).await.unwrap_err();
    let expected =
        ["start generate_text m", "step 0", "call with 1 messages", "error no key", "close"];
    assert_eq!(log.entries(), expected);
}

#[tokio::test]
async fn a_stream_that_is_never_read_is_never_told_of() {
    let log = Log::default();
    let telemetry = TelemetryOptions::new().integration(log.clone());
    let stream = stream_text(model([Turn::text("x")])).prompt("go").telemetry(telemetry);
    drop(stream.await.unwrap());
    assert!(log.entries().is_empty());
}

#[tokio::test]
async fn registered_integrations_listen_unless_others_are_named() {
    let registered = Log { only: Some("registered"), ..Log::default() };
    register_telemetry(registered.clone());
    let named = || TelemetryOptions::new().function_id("registered");
    let ask = |telemetry| generate_text(model([Turn::text("x")])).prompt("q").telemetry(telemetry);
    ask(named()).await.unwrap();
    let told = registered.entries().len();
    assert_eq!(told, 7);
    let own = Log::default();
    ask(named().integration(own.clone())).await.unwrap();
    ask(named().enabled(false)).await.unwrap();
    ask(TelemetryOptions::new()).await.unwrap();
    assert_eq!((registered.entries().len(), own.entries().len()), (told, 7));
}
