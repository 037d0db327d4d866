//! Tools of a server in the hands of a model.

use std::future::IntoFuture as _;
use std::sync::Arc;

use aqueduct::{AbortHandle, ErrorKind, generate_text, step_count_is};
use aqueduct_mcp::McpClient;
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::{Value, json};

use crate::mock::{result, server, until};

fn tools(message: &Value) -> Vec<Value> {
    let tool = json!({ "name": "add", "description": "Adds", "inputSchema": { "type": "object",
        "properties": { "a": { "type": "number" } } }, "_meta": { "ui": { "visibility": ["model"] } } });
    result(message, &json!({ "tools": [tool] }))
}

#[tokio::test]
async fn a_model_calls_them() {
    let server = server(|message| match message["method"].as_str() {
        Some("tools/list") => tools(message),
        _ => result(message, &json!({ "content": [{ "type": "text", "text": "42" }] })),
    });
    let client = McpClient::connect(server.clone()).await.unwrap();
    let call = Turn::tool_call("1", "add", &json!({ "a": 2 }));
    let model = Arc::new(MockLanguageModel::answers([call, Turn::text("It is 42.")]));
    let answer = generate_text(&model)
        .prompt("add")
        .tools(client.tools().await.unwrap())
        .stop_when(step_count_is(3))
        .await
        .unwrap();
    assert_eq!(answer.text(), "It is 42.");
    let sent = server.received();
    let called = sent.iter().find(|message| message["method"] == "tools/call").unwrap();
    assert_eq!(called["params"]["name"], "add");
    assert_eq!(called["params"]["arguments"], json!({ "a": 2 }));
    let prompt = serde_json::to_value(&model.calls()[1].options.prompt).unwrap();
    assert!(prompt.to_string().contains("\"42\""), "{prompt}");
}

#[tokio::test]
async fn an_abort_takes_the_call_back() {
    let server = server(|message| match message["method"].as_str() {
        Some("tools/list") => tools(message),
        Some("ping") => result(message, &json!({})),
        _ => vec![],
    });
    let client = McpClient::connect(server.clone()).await.unwrap();
    let call = Turn::tool_call("1", "add", &json!({ "a": 2 }));
    let model = Arc::new(MockLanguageModel::answers([call, Turn::text("never")]));
    let abort = AbortHandle::new();
    let request = generate_text(&model)
        .prompt("add")
        .tools(client.tools().await.unwrap())
        .stop_when(step_count_is(3))
        .abort_handle(&abort);
    let has_sent = |method: &str| server.received().iter().any(|sent| sent["method"] == method);
    let aborting = async {
        until(&client, || has_sent("tools/call")).await;
        abort.abort();
    };
    let (answer, ()) = tokio::join!(request.into_future(), aborting);
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Cancelled);
    until(&client, || has_sent("notifications/cancelled")).await;
}
