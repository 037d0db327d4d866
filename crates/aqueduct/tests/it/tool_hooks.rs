//! What a tool is told while its input arises, and what a program notes about it.

use std::sync::{Arc, Mutex};

use aqueduct::spec::JsonObject;
use aqueduct::spec::language::{
    Finish, ToolCall, ToolInputDelta, ToolInputEnd, ToolInputStart, UnifiedFinishReason, Usage,
};
use aqueduct::{TextStreamPart, Tool, generate_text, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde_json::{Value, json};

type Log = Arc<Mutex<Vec<String>>>;

fn tool(log: &Log) -> Tool {
    let (start, delta, available, ran) = (log.clone(), log.clone(), log.clone(), log.clone());
    Tool::new("write")
        .execute(move |_, _| {
            ran.lock().unwrap().push("ran".to_owned());
            async { "ok" }
        })
        .on_input_start(move |cx| {
            start.lock().unwrap().push(format!("start {}", cx.tool_call_id));
            async {}
        })
        .on_input_delta(move |text, _| {
            delta.lock().unwrap().push(format!("delta {text}"));
            async {}
        })
        .on_input_available(move |input: Value, cx| {
            available.lock().unwrap().push(format!("available {input} {}", cx.messages.len()));
            async {}
        })
}

fn in_pieces() -> Turn {
    Turn::parts([
        ToolInputStart::new("a", "write").into(),
        ToolInputDelta::new("a", "{\"x\"").into(),
        ToolInputDelta::new("a", ":1}").into(),
        ToolInputEnd::new("a").into(),
        ToolCall::new("a", "write", "{\"x\":1}").into(),
        Finish::new(UnifiedFinishReason::ToolCalls, Usage::default()).into(),
    ])
}

#[tokio::test]
async fn a_tool_is_told_of_its_input_as_it_arises() {
    let log = Log::default();
    let model = MockLanguageModel::answers([in_pieces()]);
    stream_text(model).prompt("go").tool(tool(&log)).await.unwrap().consume().await;
    let expected = ["start a", "delta {\"x\"", "delta :1}", "available {\"x\":1} 1", "ran"];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_whole_answer_has_no_pieces() {
    let log = Log::default();
    let model = MockLanguageModel::answers([Turn::tool_call("a", "write", &json!({ "x": 1 }))]);
    generate_text(model).prompt("go").tool(tool(&log)).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["start a", "available {\"x\":1} 1", "ran"]);
}

#[tokio::test]
async fn a_tool_is_not_told_of_input_that_does_not_fit() {
    #[derive(serde::Deserialize, JsonSchema)]
    struct Other {
        #[expect(dead_code, reason = "it is never there")]
        id: u8,
    }
    let log = Log::default();
    let available = log.clone();
    let tool = Tool::from(Tool::new("write").input::<Other>()).on_input_available(move |_, _| {
        available.lock().unwrap().push(String::new());
        async {}
    });
    let model = MockLanguageModel::answers([Turn::tool_call("a", "write", &json!({ "x": 1 }))]);
    generate_text(model).prompt("go").tool(tool).await.unwrap();
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn notes_and_titles_ride_on_calls_and_results() {
    let notes = JsonObject::from_iter([("icon".to_owned(), json!("pen"))]);
    let tool = tool(&Log::default()).title("Writer").metadata(notes.clone()).output::<String>();
    assert_eq!(tool.result_schema().unwrap()["type"], "string");
    let model = Arc::new(MockLanguageModel::answers([in_pieces()]));
    let mut stream = stream_text(&model).prompt("go").tool(tool).await.unwrap();
    let mut seen = 0;
    while let Some(part) = stream.next().await {
        let (title, metadata) = match part.unwrap() {
            TextStreamPart::ToolInputStart(part) => (part.title, part.tool_metadata),
            TextStreamPart::ToolCall(call) => (call.title, call.tool_metadata),
            TextStreamPart::ToolResult(result) => (result.title, result.tool_metadata),
            _ => continue,
        };
        assert_eq!((title.as_deref(), metadata.as_ref()), (Some("Writer"), Some(&notes)));
        seen += 1;
    }
    assert_eq!(seen, 3);
    let sent = serde_json::to_string(&model.calls()[0].options.tools).unwrap();
    assert!(!sent.contains("pen") && !sent.contains("Writer"), "the model is not told");
}
