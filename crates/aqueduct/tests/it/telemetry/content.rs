//! Prompts and answers: kept only on request.

use aqueduct::spec::JsonObject;
use aqueduct::spec::language::{Content, Reasoning, Text, ToolCall, UnifiedFinishReason};
use aqueduct::telemetry::TelemetryOptions;
use aqueduct::{Tool, generate_text, step_count_is};
use aqueduct_testkit::Turn;
use serde_json::{Value, json};

use super::capture::Trace;
use super::{model, spans};

struct User {
    id: u32,
    password: &'static str,
}

async fn run(telemetry: TelemetryOptions) -> Trace {
    let (trace, _guard) = Trace::start();
    let content = [
        Content::Reasoning(Reasoning::new("SECRET thought")),
        Content::Text(Text::new("SECRET text")),
        Content::ToolCall(ToolCall::new("a", "look", r#"{"for":"SECRET thing"}"#)),
        Content::ToolCall(ToolCall::new("b", "fail", "{}")),
    ];
    let model =
        model([Turn::content(content, UnifiedFinishReason::ToolCalls), Turn::text("SECRET end")]);
    let fail = |_, _| async { Err::<(), _>(std::io::Error::other("SECRET failure")) };
    generate_text(model)
        .instructions("SECRET rule")
        .prompt("SECRET question")
        .tool(Tool::new("look").description("SECRET use").execute(|_, _| async { "SECRET find" }))
        .tool(Tool::new("fail").execute(fail))
        .runtime_context(User { id: 7, password: "SECRET" })
        .tool_context("look", User { id: 8, password: "SECRET" })
        .stop_when(step_count_is(5))
        .telemetry(telemetry)
        .await
        .unwrap();
    trace
}

#[tokio::test]
async fn nothing_is_kept_by_default() {
    let trace = run(spans()).await;
    assert_eq!(trace.tree().len(), 7);
    assert!(!trace.dump().contains("SECRET"), "{}", trace.dump());
    let tool = trace.attributes("invoke_agent m > step 1 > execute_tool fail");
    assert_eq!(
        (&tool["otel.status_code"], &tool["error.type"]),
        (&json!("ERROR"), &json!("failed"))
    );
}

#[tokio::test]
async fn inputs_on_request() {
    let trace = run(spans().record_inputs(true)).await;
    let count = |text: &str| trace.dump().matches(text).count();
    let counts = (count("SECRET end"), count("SECRET find"), count("SECRET failure"));
    assert_eq!(counts, (0, 1, 1), "results of tools are what the second call is asked with");
    let chat = "invoke_agent m > step 1 > chat m";
    let parsed = |name: &str| parse(&trace.attribute(chat, name));
    let rule = json!([{ "type": "text", "content": "SECRET rule" }]);
    assert_eq!(parsed("gen_ai.system_instructions"), rule);
    let question = json!([
        { "role": "user", "parts": [{ "type": "text", "content": "SECRET question" }] },
    ]);
    assert_eq!(parsed("gen_ai.input.messages"), question);
    assert_eq!(parsed("gen_ai.tool.definitions")[0]["name"], "look");
    assert_eq!(trace.attribute(chat, "gen_ai.output.messages"), Value::Null);
    let root = "invoke_agent m";
    assert_eq!(parse(&trace.attribute(root, "gen_ai.input.messages")), question);
    assert_eq!(parse(&trace.attribute(root, "gen_ai.system_instructions")), rule);
    let tool = trace.attributes("invoke_agent m > step 1 > execute_tool look");
    assert_eq!(tool["gen_ai.tool.call.arguments"], r#"{"for":"SECRET thing"}"#);
    // The second call is told what the first one said.
    let second = trace.attribute("invoke_agent m > step 2 > chat m", "gen_ai.input.messages");
    let messages = parse(&second);
    assert_eq!(
        messages[1]["parts"][0],
        json!({ "type": "reasoning", "content": "SECRET thought" })
    );
    let call = json!({
        "type": "tool_call", "id": "a", "name": "look", "arguments": { "for": "SECRET thing" },
    });
    assert_eq!(messages[1]["parts"][2], call);
    let response = json!({ "type": "tool_call_response", "id": "a", "response": "SECRET find" });
    assert_eq!(
        messages[2],
        json!({ "role": "tool", "parts": [response, messages[2]["parts"][1]] })
    );
}

#[tokio::test]
async fn outputs_on_request() {
    let trace = run(spans().record_outputs(true)).await;
    let chat = "invoke_agent m > step 1 > chat m";
    assert_eq!(trace.attribute(chat, "gen_ai.input.messages"), Value::Null);
    let expected = json!([{
        "role": "assistant",
        "parts": [
            { "type": "reasoning", "content": "SECRET thought" },
            { "type": "text", "content": "SECRET text" },
            {
                "type": "tool_call", "id": "a", "name": "look",
                "arguments": { "for": "SECRET thing" },
            },
            { "type": "tool_call", "id": "b", "name": "fail", "arguments": {} },
        ],
        "finish_reason": "tool_call",
    }]);
    assert_eq!(parse(&trace.attribute(chat, "gen_ai.output.messages")), expected);
    let root = parse(&trace.attribute("invoke_agent m", "gen_ai.output.messages"));
    assert_eq!(root[0]["parts"], json!([{ "type": "text", "content": "SECRET end" }]));
    let look = trace.attributes("invoke_agent m > step 1 > execute_tool look");
    assert_eq!(look["gen_ai.tool.call.result"], r#""SECRET find""#);
    assert_eq!(look.get("gen_ai.tool.call.arguments"), None);
    let fail = trace.attributes("invoke_agent m > step 1 > execute_tool fail");
    assert_eq!(fail["otel.status_description"], "SECRET failure");
}

#[tokio::test]
async fn contexts_are_picked_from() {
    let id = |user: &User| {
        assert_eq!(user.password, "SECRET");
        JsonObject::from_iter([("id".to_owned(), user.id.into())])
    };
    let telemetry = spans().include_runtime_context(id).include_tool_context("look", id);
    let trace = run(telemetry).await;
    assert_eq!(trace.attribute("invoke_agent m", "ai.settings.context"), r#"{"id":7}"#);
    let step = "invoke_agent m > step 1";
    let of_tool = |tool: &str| {
        trace.attribute(&format!("{step} > execute_tool {tool}"), "ai.settings.tool_context")
    };
    assert_eq!((of_tool("look"), of_tool("fail")), (json!(r#"{"id":8}"#), Value::Null));
    assert!(!trace.dump().contains("SECRET"));
}

fn parse(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
