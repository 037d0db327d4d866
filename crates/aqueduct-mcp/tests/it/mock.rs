//! A server in memory.

use std::time::Duration;

use aqueduct::{ErrorKind, ToolContext};
use aqueduct_mcp::{McpClient, MockTransport, RpcError};
use serde_json::{Value, json};

fn handshake(message: &Value) -> Option<Value> {
    (message["method"] == "initialize").then(|| {
        json!({ "jsonrpc": "2.0", "id": message["id"], "result": {
            "protocolVersion": "2025-06-18", "capabilities": { "tools": {} },
            "serverInfo": { "name": "mock", "version": "1" }, "instructions": "be kind",
        } })
    })
}

fn server(rest: impl Fn(&Value) -> Vec<Value> + Send + Sync + 'static) -> MockTransport {
    MockTransport::new(move |message| match handshake(message) {
        Some(answer) => vec![answer],
        None => rest(message),
    })
}

fn result(message: &Value, result: &Value) -> Vec<Value> {
    vec![json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })]
}

#[tokio::test]
async fn follows_pages_and_makes_tools() {
    let server = server(|message| match message["method"].as_str().unwrap() {
        "tools/list" if message["params"]["cursor"].is_null() => result(
            message,
            &json!({ "tools": [{ "name": "a", "inputSchema": { "type": "object" },
                "annotations": { "title": "A" } }], "nextCursor": "2" }),
        ),
        "tools/list" => result(message, &json!({ "tools": [{ "name": "b", "inputSchema": {} }] })),
        "tools/call" => result(message, &json!({ "content": [{ "type": "text", "text": "hi" }] })),
        _ => vec![],
    });
    let client = McpClient::connect(server).name("me").await.unwrap();
    assert_eq!(client.instructions(), Some("be kind"));
    let tools = client.tools().await.unwrap();
    assert_eq!(tools.iter().map(|tool| tool.name()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(tools[0].display_title(), Some("A"));
    assert_eq!(tools[0].noted_metadata().unwrap()["clientName"], "me");
    let output = tools[0].call(json!({}), ToolContext::new("1", [])).await.unwrap();
    assert_eq!(output["content"][0]["text"], "hi");
}

#[tokio::test]
async fn what_the_server_refuses_is_told() {
    let server = server(|message| match message["id"].is_u64() {
        true => vec![json!({ "id": message["id"], "error": { "code": -32602, "message": "no" } })],
        false => vec![],
    });
    let client = McpClient::connect(server).await.unwrap();
    let error = client.call_tool("a", Default::default()).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.downcast_ref::<RpcError>().unwrap().code, -32602);
    let error = client.list_prompts().await.unwrap_err();
    assert_eq!(error.message(), "the MCP server does not support prompts");
}

#[tokio::test]
async fn a_server_that_goes_away_fails_what_is_under_way() {
    let server = server(|message| match message["method"] == "tools/call" {
        true => vec![Value::Null],
        false => vec![],
    });
    let client = McpClient::connect(server).await.unwrap();
    let error = client.call_tool("a", Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(client.ping().await.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_taken_back() {
    let server = server(|message| match message["method"] == "ping" {
        true => result(message, &json!({})),
        false => vec![],
    });
    let client = McpClient::connect(server.clone()).timeout(Duration::from_secs(5)).await.unwrap();
    let error = client.call_tool("a", Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    // The answer to what was sent later comes after the cancellation.
    client.ping().await.unwrap();
    let sent = server.received();
    let call = sent.iter().find(|message| message["method"] == "tools/call").unwrap();
    let taken_back =
        sent.iter().find(|message| message["method"] == "notifications/cancelled").unwrap();
    assert_eq!(taken_back["params"]["requestId"], call["id"]);
}
