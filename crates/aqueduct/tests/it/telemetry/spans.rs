//! The tree of spans and their attributes.

use aqueduct::spec::language::{
    Content, InputTokens, OutputTokens, ToolCall, ToolResult, UnifiedFinishReason, Usage,
};
use aqueduct::telemetry::{GenAiSpans, SpanType, TelemetryOptions};
use aqueduct::{Tool, generate_object, generate_text, step_count_is};
use aqueduct_testkit::Turn;
use serde_json::{Value, json};

use super::capture::Trace;
use super::{model, spans};

#[tokio::test]
async fn a_request_its_steps_calls_and_tools() {
    let (trace, _guard) = Trace::start();
    let model = model([Turn::tool_call("a", "one", &json!({})), Turn::text("done")]);
    let answer = generate_text(model)
        .instructions("be kind")
        .prompt("go")
        .temperature(0.5)
        .max_output_tokens(100)
        .stop_sequences(["end"])
        .seed(7)
        .tool(Tool::new("one").execute(|_, _| async { 1 }))
        .stop_when(step_count_is(5))
        .telemetry(spans().function_id("counting"))
        .await
        .unwrap();
    let (root, first, second) =
        ("invoke_agent m", "invoke_agent m > step 1", "invoke_agent m > step 2");
    let tree = [
        root.to_owned(),
        first.to_owned(),
        format!("{first} > chat m"),
        format!("{first} > execute_tool one"),
        second.to_owned(),
        format!("{second} > chat m"),
    ];
    assert_eq!(trace.tree(), tree);
    assert!(trace.open().is_empty());
    let settings = json!({
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.stop_sequences": r#"["end"]"#,
        "gen_ai.request.seed": 7,
    });
    let of_root = json!({
        "otel.kind": "internal",
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "counting",
        "gen_ai.response.finish_reasons": r#"["stop"]"#,
        "gen_ai.usage.input_tokens": 6,
        "gen_ai.usage.output_tokens": 10,
    });
    assert_eq!(trace.attributes(root), both(&settings, &of_root));
    let of_chat = json!({
        "otel.kind": "client",
        "gen_ai.operation.name": "chat",
        "gen_ai.response.id": answer.steps()[0].response.id,
        "gen_ai.response.model": "m",
        "gen_ai.response.finish_reasons": r#"["tool-calls"]"#,
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 5,
    });
    let chat = format!("{first} > chat m");
    assert_eq!(trace.attributes(&chat), both(&settings, &of_chat));
    assert!(trace.attribute(&chat, "gen_ai.client.operation.duration").is_f64());
    let of_step = json!({ "otel.kind": "internal", "gen_ai.operation.name": "agent_step" });
    assert_eq!(trace.attributes(first), of_step);
    let of_tool = json!({
        "otel.kind": "internal",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "one",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "a",
    });
    let tool = format!("{first} > execute_tool one");
    assert_eq!(trace.attributes(&tool), of_tool);
    assert!(trace.attribute(&tool, "gen_ai.execute_tool.duration").is_f64());
}

fn both(one: &Value, other: &Value) -> Value {
    let mut fields = one.as_object().unwrap().clone();
    fields.extend(other.as_object().unwrap().clone());
    Value::Object(fields)
}

#[tokio::test]
async fn usage_of_caches_and_what_the_provider_says_of_itself() {
    let (trace, _guard) = Trace::start();
    let (mut input, mut output) = (InputTokens::default(), OutputTokens::default());
    (input.total, input.cache_read, input.cache_write) = (Some(9), Some(4), Some(2));
    output.total = Some(1);
    let mut result = aqueduct::spec::language::GenerateResult::default();
    result.finish_reason = UnifiedFinishReason::Length.into();
    result.usage = Usage::new(input, output, None);
    let mut response = aqueduct::spec::language::ResponseInfo::default();
    (response.id, response.model_id) = (Some("r1".into()), Some("m-2026".into()));
    result.response = Some(response);
    generate_text(model([Turn::result(result)])).prompt("go").telemetry(spans()).await.unwrap();
    let chat = trace.attributes("invoke_agent m > step 1 > chat m");
    assert_eq!(chat["gen_ai.usage.cache_read.input_tokens"], 4);
    assert_eq!(chat["gen_ai.usage.cache_creation.input_tokens"], 2);
    assert_eq!(chat["gen_ai.response.id"], "r1");
    assert_eq!(chat["gen_ai.response.model"], "m-2026");
    assert_eq!(chat["gen_ai.response.finish_reasons"], r#"["length"]"#);
    let root = trace.attributes("invoke_agent m");
    assert_eq!(root["gen_ai.usage.cache_read.input_tokens"], 4);
}

#[tokio::test]
async fn tools_side_by_side_have_spans_of_their_own() {
    let (trace, _guard) = Trace::start();
    let calls = [ToolCall::new("a", "ask", "{}"), ToolCall::new("b", "wait", "{}")];
    let outer = model([Turn::content(calls, UnifiedFinishReason::ToolCalls), Turn::text("done")]);
    // A tool that asks a model of its own while the other one waits for it.
    let (asked, waiting) = tokio::sync::oneshot::channel::<()>();
    let asked = std::sync::Mutex::new(Some(asked));
    let waiting = std::sync::Mutex::new(Some(waiting));
    let ask = Tool::new("ask").execute(move |_, _| {
        let asked = asked.lock().unwrap().take().unwrap();
        async move {
            let answer =
                generate_text(model([Turn::text("inner")])).prompt("q").telemetry(spans()).await;
            asked.send(()).unwrap();
            answer.unwrap().text()
        }
    });
    let wait = Tool::new("wait").execute(move |_, _| {
        let waiting = waiting.lock().unwrap().take().unwrap();
        async move {
            waiting.await.unwrap();
            drop(tracing::info_span!("inside"));
            "ok"
        }
    });
    generate_text(outer)
        .prompt("go")
        .tools([ask, wait])
        .stop_when(step_count_is(5))
        .telemetry(spans())
        .await
        .unwrap();
    let step = "invoke_agent m > step 1";
    let inner = format!("{step} > execute_tool ask > invoke_agent m");
    let tree = trace.tree();
    assert_eq!(
        tree[2..9],
        [
            format!("{step} > chat m"),
            format!("{step} > execute_tool ask"),
            format!("{step} > execute_tool wait"),
            inner.clone(),
            format!("{inner} > step 1"),
            format!("{inner} > step 1 > chat m"),
            format!("{step} > execute_tool wait > inside"),
        ]
    );
    assert!(trace.open().is_empty());
}

#[tokio::test]
async fn a_request_is_a_child_of_the_span_it_runs_in() {
    use tracing::Instrument as _;
    let (trace, _guard) = Trace::start();
    let request = generate_text(model([Turn::text("x")])).prompt("q").telemetry(spans());
    request.into_future().instrument(tracing::info_span!("mine")).await.unwrap();
    assert_eq!(trace.tree()[1], "mine > invoke_agent m");
    assert_eq!(trace.tree()[3], "mine > invoke_agent m > step 1 > chat m");
}

#[tokio::test]
async fn the_provider_s_tools_belong_to_its_answer() {
    let (trace, _guard) = Trace::start();
    let mut call = ToolCall::new("s", "web_search", r#"{"q":"bees"}"#);
    call.provider_executed = Some(true);
    let result = ToolResult::new("s", "web_search", json!("found"));
    let content = [Content::ToolCall(call), Content::ToolResult(result)];
    let model = model([Turn::content(content, UnifiedFinishReason::Stop)]);
    let telemetry = spans().record_inputs(true).record_outputs(true);
    generate_text(model).prompt("q").telemetry(telemetry).await.unwrap();
    let path = "invoke_agent m > step 1 > chat m > execute_tool web_search";
    let expected = json!({
        "otel.kind": "internal",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "web_search",
        "gen_ai.tool.type": "extension",
        "gen_ai.tool.call.id": "s",
        "gen_ai.tool.call.arguments": r#"{"q":"bees"}"#,
        "gen_ai.tool.call.result": r#""found""#,
    });
    assert_eq!(trace.attributes(path), expected);
}

#[tokio::test]
async fn an_object_is_json() {
    let (trace, _guard) = Trace::start();
    let request = generate_object::<Value, _>(model([Turn::text("{}")]));
    request.prompt("q").telemetry(spans()).await.unwrap();
    let chat = "invoke_agent m > step 1 > chat m";
    assert_eq!(trace.attribute(chat, "gen_ai.output.type"), "json");
}

#[tokio::test]
async fn spans_can_be_changed() {
    let (trace, _guard) = Trace::start();
    let integration = GenAiSpans::new().enrich_span(|span, of, call| {
        if of == SpanType::Operation {
            span.record("gen_ai.agent.name", call.operation.as_str());
        }
    });
    let telemetry = TelemetryOptions::new().integration(integration);
    generate_text(model([Turn::text("x")])).prompt("q").telemetry(telemetry).await.unwrap();
    assert_eq!(trace.attribute("invoke_agent m", "gen_ai.agent.name"), "generate_text");
}

#[tokio::test]
async fn no_integration_no_spans() {
    let (trace, _guard) = Trace::start();
    let none = TelemetryOptions::new().record_inputs(true);
    generate_text(model([Turn::text("x")])).prompt("q").telemetry(none).await.unwrap();
    let off = spans().enabled(false);
    generate_text(model([Turn::text("x")])).prompt("q").telemetry(off).await.unwrap();
    assert!(trace.tree().is_empty());
}
