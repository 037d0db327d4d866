//! Tools that give results one after the other.

use std::time::Duration;

use aqueduct::tool::ToolFailureKind;
use aqueduct::{TextStreamPart, Timeouts, Tool, generate_text, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize, JsonSchema)]
struct Count {
    to: u64,
}

fn count() -> Tool {
    Tool::new("count").input::<Count>().execute_stream(|count, _| stream::iter(1..=count.to))
}

fn model(tool: &str, input: &Value) -> MockLanguageModel {
    MockLanguageModel::answers([Turn::tool_call("a", tool, input)])
}

#[tokio::test]
async fn every_item_is_shown_and_the_last_one_counts() {
    let mut stream =
        stream_text(model("count", &json!({ "to": 3 }))).prompt("go").tool(count()).await.unwrap();
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::ToolResult(result) = part.unwrap() {
            seen.push((result.output, result.preliminary));
        }
    }
    let expected = [(1, true), (2, true), (3, true), (3, false)];
    assert_eq!(seen, expected.map(|(output, preliminary)| (json!(output), preliminary)));
    let answer = stream.collect().await.unwrap();
    let kept: Vec<_> = answer.tool_results().map(|result| result.output.clone()).collect();
    assert_eq!(kept, [json!(3)]);
}

#[tokio::test]
async fn whole_answers_have_the_last_one() {
    let answer = generate_text(model("count", &json!({ "to": 2 })))
        .prompt("go")
        .tool(count())
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, 2);
    let nothing = generate_text(model("count", &json!({ "to": 0 })))
        .prompt("go")
        .tool(count())
        .await
        .unwrap();
    assert_eq!(nothing.tool_results().next().unwrap().output, Value::Null);
}

#[tokio::test]
async fn a_failure_on_the_way_is_the_outcome() {
    let tool = Tool::new("flaky").execute_stream(|_, _| {
        stream::iter([Ok(1), Err(std::io::Error::other("the well is dry")), Ok(3)])
    });
    let answer = generate_text(model("flaky", &json!({}))).prompt("go").tool(tool).await.unwrap();
    assert_eq!(answer.tool_results().count(), 0);
    assert_eq!(answer.tool_errors().next().unwrap().failure.message, "the well is dry");
}

#[tokio::test(start_paused = true)]
async fn the_limit_spans_all_items() {
    let tool = Tool::new("slow").execute_stream(|_, _| {
        stream::iter(0..9).then(|item| async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            item
        })
    });
    let answer = generate_text(model("slow", &json!({})))
        .prompt("go")
        .tool(tool)
        .timeout(Timeouts::new().tool(Duration::from_secs(5)))
        .await
        .unwrap();
    assert_eq!(answer.tool_errors().next().unwrap().failure.kind, ToolFailureKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn tools_that_run_side_by_side_lose_nothing() {
    use aqueduct::spec::language::{ToolCall, UnifiedFinishReason};
    let tool = Tool::new("tick").execute_stream(|input: Value, _| {
        let pause = input["ms"].as_u64().unwrap();
        stream::iter(0..4).then(move |item| async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            item
        })
    });
    let calls = [("a", 10), ("b", 10), ("c", 15)];
    let calls = calls.map(|(id, ms)| ToolCall::new(id, "tick", json!({ "ms": ms }).to_string()));
    let model = MockLanguageModel::answers([Turn::content(calls, UnifiedFinishReason::ToolCalls)]);
    let stream = stream_text(model).prompt("go").tool(tool).await.unwrap();
    let results = stream
        .filter_map(|part| async {
            match part.unwrap() {
                TextStreamPart::ToolResult(result) => Some((result.tool_call_id, result.output)),
                _ => None,
            }
        })
        .collect::<Vec<_>>()
        .await;
    assert_eq!(results.len(), 3 * 5);
}
