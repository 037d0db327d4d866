//! Help with calls that cannot be run, and with inputs before they are used.

use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{ToolCall as SpecCall, UnifiedFinishReason};
use aqueduct::tool::{ToolApproval, ToolFailureKind};
use aqueduct::{
    Error, TextResult, TextStreamPart, Tool, generate_text, step_count_is, stream_text,
};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, Serialize, JsonSchema)]
struct City {
    name: String,
}

fn weather() -> Tool {
    Tool::new("weather").input::<City>().execute(|city, _| async move { city.name })
}

fn model(tool: &str, input: &str) -> MockLanguageModel {
    let call = SpecCall::new("a", tool, input);
    MockLanguageModel::answers([Turn::content([call], UnifiedFinishReason::ToolCalls)])
}

fn failure(answer: &TextResult) -> (ToolFailureKind, String) {
    let failure = answer.tool_errors().next().unwrap().failure.clone();
    (failure.kind, failure.message)
}

#[tokio::test]
async fn a_call_is_repaired() {
    for is_stream in [false, true] {
        let request = generate_text(model("wether", "Rome"))
            .instructions("be kind")
            .prompt("go")
            .tool(weather())
            .repair_tool_call(|broken| async move {
                assert_eq!(broken.failure.kind, ToolFailureKind::NoSuchTool, "nor is it JSON");
                assert!(broken.input_schema("weather").unwrap()["properties"]["name"].is_object());
                assert_eq!(broken.input_schema("wether"), None);
                assert_eq!((broken.messages.len(), broken.instructions.messages().len()), (1, 1));
                let input = json!({ "name": broken.tool_call.input }).to_string();
                Ok(Some(SpecCall::new(broken.tool_call.tool_call_id, "weather", input)))
            });
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(answer.tool_results().next().unwrap().output, "Rome");
        let call = answer.tool_calls().next().unwrap();
        assert_eq!((call.tool_name.as_str(), call.is_invalid()), ("weather", false));
    }
}

#[tokio::test]
async fn where_there_is_no_help_the_first_failure_stands() {
    let request = || generate_text(model("wether", "{}")).prompt("go").tool(weather());
    let answer = request().repair_tool_call(|_| async { Ok(None) }).await.unwrap();
    let (kind, message) = failure(&answer);
    assert_eq!(kind, ToolFailureKind::NoSuchTool);
    assert!(message.contains("available tools are weather"));

    let answer = request()
        .repair_tool_call(|_| async { Ok(Some(SpecCall::new("a", "weather", "{}"))) })
        .await
        .unwrap();
    assert_eq!(failure(&answer).0, ToolFailureKind::InvalidInput, "the repair's own failure");
    let call = answer.tool_calls().next().unwrap();
    assert_eq!(call.tool_name, "wether", "the record is what the model wrote");
}

#[tokio::test]
async fn a_repair_that_fails_is_shown_to_the_model() {
    let answer = generate_text(model("wether", "{}"))
        .prompt("go")
        .tool(weather())
        .repair_tool_call(|_| async { Err(Error::internal("the repairer is away")) })
        .await
        .unwrap();
    let error = answer.tool_errors().next().unwrap();
    assert_eq!(error.failure.kind, ToolFailureKind::Repair);
    assert_eq!(error.failure.message, "error repairing tool call: the repairer is away");
    let original = std::error::Error::source(&error.failure).unwrap();
    assert!(original.to_string().contains("wether"), "{original}");
}

#[tokio::test]
async fn valid_calls_are_not_repaired() {
    let answer = generate_text(model("weather", r#"{"name":"Rome"}"#))
        .prompt("go")
        .tool(weather())
        .repair_tool_call(|_| async { panic!("nothing is broken") })
        .await
        .unwrap();
    assert_eq!(answer.tool_results().count(), 1);
}

#[tokio::test]
async fn refined_inputs_are_used_everywhere() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (told, asked) = (Arc::clone(&seen), Arc::clone(&seen));
    let tool = weather().on_input_available(move |input, _| {
        told.lock().unwrap().push(format!("told {}", input["name"]));
        async {}
    });
    let answer = generate_text(model("weather", r#"{"name":" rome "}"#))
        .prompt("go")
        .tool(tool)
        .refine_tool_input("weather", |city: City| async move {
            City { name: city.name.trim().to_uppercase() }
        })
        .tool_approval_when("weather", move |input, _| {
            asked.lock().unwrap().push(format!("asked {}", input["name"]));
            async { ToolApproval::NotApplicable }
        })
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, "ROME");
    assert_eq!(answer.tool_calls().next().unwrap().input, json!({ "name": "ROME" }));
    assert_eq!(*seen.lock().unwrap(), [r#"told "ROME""#, r#"asked "ROME""#]);
}

#[tokio::test]
async fn what_cannot_be_refined_is_invalid() {
    #[derive(Deserialize, Serialize)]
    struct Other {
        id: u8,
    }
    let answer = generate_text(model("weather", r#"{"name":"Rome"}"#))
        .prompt("go")
        .tool(weather())
        .refine_tool_input("weather", |other: Other| async move { other })
        .await
        .unwrap();
    let (kind, message) = failure(&answer);
    assert_eq!(kind, ToolFailureKind::InvalidInput);
    assert!(message.contains("missing field `id`"), "{message}");
}

#[tokio::test]
async fn an_invalid_call_is_an_error_at_once_however_the_answer_ended() {
    let call = SpecCall::new("a", "weather", r#"{"na"#);
    let turns = [Turn::content([call], UnifiedFinishReason::Length), Turn::text("sorry")];
    let mut stream = stream_text(MockLanguageModel::answers(turns))
        .prompt("go")
        .tool(weather())
        .stop_when(step_count_is(2))
        .await
        .unwrap();
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        match part.unwrap() {
            TextStreamPart::ToolCall(call) => {
                assert!(call.is_invalid() && call.dynamic);
                seen.push("call");
            }
            TextStreamPart::ToolError(_) => seen.push("error"),
            TextStreamPart::FinishStep(_) => seen.push("finish"),
            _ => {}
        }
    }
    assert_eq!(seen, ["call", "error", "finish", "finish"], "the model may try again");
}

#[tokio::test]
async fn half_a_character_does_not_spoil_an_input() {
    let model = model("weather", r#"{"name":"Rome \ud83d"}"#);
    let answer = generate_text(model).prompt("go").tool(weather()).await.unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, "Rome \u{fffd}");
}
