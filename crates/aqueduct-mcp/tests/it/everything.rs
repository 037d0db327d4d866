//! The reference server for Node, at the path in `AQUEDUCT_TEST_MCP_EVERYTHING` (its `dist/index.js`), over every transport.

use std::future::IntoFuture as _;
use std::process::Stdio as Pipe;
use std::sync::{Arc, Mutex};

use aqueduct::spec::JsonObject;
use aqueduct::{Client, ErrorKind};
use aqueduct_mcp::{CallToolResult, McpClient, Stdio, StreamableHttp, Transport};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::node::{self, everything};

fn object(value: &Value) -> JsonObject {
    value.as_object().unwrap().clone()
}

fn text(result: &CallToolResult) -> String {
    let parts = result.content.as_deref().unwrap_or_default().iter();
    parts.filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// Connects, uses everything once, and leaves.
async fn use_everything(transport: impl Transport) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let questions = Arc::clone(&asked);
    let client = McpClient::connect(transport)
        .on_elicitation_request(move |question| {
            let mut questions = questions.lock().unwrap();
            questions.push(question);
            let answer = match questions.len() {
                1 => json!({ "action": "accept", "content": { "name": "Ada", "integer": 7 } }),
                _ => json!({ "action": "decline" }),
            };
            async { Ok(answer) }
        })
        .await
        .unwrap();
    assert_eq!(client.initialize_result().protocol_version, "2025-11-25");
    assert_eq!(client.server_info()["name"], "mcp-servers/everything");
    assert!(client.instructions().is_some());
    use_tools(&client).await;
    for outcome in ["User provided", "User declined"] {
        let told =
            client.call_tool("trigger-elicitation-request", JsonObject::new()).await.unwrap();
        assert!(text(&told).contains(outcome), "{told:?}");
        assert!(outcome == "User declined" || text(&told).contains("Ada"), "{told:?}");
    }
    assert!(asked.lock().unwrap()[0]["message"].is_string());
    use_resources_and_prompts(&client).await;
    client.ping().await.unwrap();
    client.close().await.unwrap();
    assert_eq!(client.ping().await.unwrap_err().kind(), ErrorKind::Network);
}

async fn use_tools(client: &McpClient) {
    let tools = client.list_tools().await.unwrap();
    let echo = tools.iter().find(|tool| tool.name == "echo").unwrap();
    assert!(echo.title.is_some() && echo.input_schema["properties"]["message"].is_object());
    let answer = client.call_tool("echo", object(&json!({ "message": "hello" }))).await.unwrap();
    assert!(text(&answer).contains("hello"));
    let structured = object(&json!({ "location": "Chicago" }));
    let answer = client.call_tool("get-structured-content", structured).await.unwrap();
    assert!(answer.structured::<Value>().unwrap()["temperature"].is_number());
    client.request("logging/setLevel", object(&json!({ "level": "debug" }))).await.unwrap();
    let steps = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&steps);
    let quick = object(&json!({ "duration": 0.2, "steps": 4 }));
    client
        .call_tool("trigger-long-running-operation", quick)
        .on_progress(move |step| seen.lock().unwrap().push((step.progress, step.total)))
        .await
        .unwrap();
    let expected: Vec<_> = (1..=4).map(|n| (f64::from(n), Some(4.0))).collect();
    assert_eq!(*steps.lock().unwrap(), expected);
}

async fn use_resources_and_prompts(client: &McpClient) {
    let resources = client.list_resources().await.unwrap();
    let contents = client.read_resource(&resources[0].uri).await.unwrap();
    assert!(contents[0]["text"].is_string(), "{contents:?}");
    let error = client.read_resource("demo://resource/static/none").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::NotFound), "{error:?}");
    assert!(!client.list_resource_templates().await.unwrap().is_empty());
    let prompts = client.list_prompts().await.unwrap();
    assert!(prompts.iter().any(|prompt| prompt.name == "simple-prompt"), "{prompts:?}");
    let prompt = client.get_prompt("simple-prompt", JsonObject::new()).await.unwrap();
    assert!(!prompt.messages.is_empty());
    let reference = json!({ "type": "ref/prompt", "name": "completable-prompt" });
    let completion =
        client.complete(reference.clone(), "department", "S", JsonObject::new()).await.unwrap();
    assert_eq!(completion.values, ["Sales", "Support"]);
    let known = object(&json!({ "department": "Sales" }));
    let completion = client.complete(reference, "name", "D", known).await.unwrap();
    assert_eq!(completion.values, ["David"]);
}

/// Kills the server while it works.
async fn die_in_a_call(client: &McpClient, kill: impl AsyncFnOnce()) {
    let arguments = object(&json!({ "duration": 50, "steps": 5 }));
    let mut call =
        Box::pin(client.call_tool("trigger-long-running-operation", arguments).into_future());
    assert!(futures_util::future::poll_immediate(&mut call).await.is_none());
    // The ping was sent after the call: once it is answered, the call has arrived.
    client.ping().await.unwrap();
    kill().await;
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}

/// A server over HTTP in the given mode.
async fn serve(program: &str, mode: &str, path: &str) -> (Child, StreamableHttp) {
    let port = node::free_port();
    let mut command = Command::new("node");
    command.args([program, mode]).env("PORT", port.to_string());
    let server = node::start(command, &port.to_string()).await;
    let client = Client::builder().no_proxy().build().unwrap();
    (server, StreamableHttp::new(format!("http://127.0.0.1:{port}{path}")).client(client))
}

#[tokio::test]
async fn over_standard_streams() {
    let Some(program) = everything() else { return };
    use_everything(Stdio::new("node").args([program, "stdio".to_owned()]).quiet()).await;
}

#[tokio::test]
async fn over_streamable_http() {
    let Some(program) = everything() else { return };
    let (mut server, transport) = serve(&program, "streamableHttp", "/mcp").await;
    use_everything(transport.clone()).await;
    let client = McpClient::connect(transport).await.unwrap();
    die_in_a_call(&client, async || server.kill().await.unwrap()).await;
    assert_eq!(client.list_tools().await.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test]
async fn over_the_older_sse() {
    let Some(program) = everything() else { return };
    let (mut server, transport) = serve(&program, "sse", "/sse").await;
    use_everything(transport.clone().legacy_sse()).await;
    let client = McpClient::connect(transport.legacy_sse()).await.unwrap();
    die_in_a_call(&client, async || server.kill().await.unwrap()).await;
}

#[tokio::test]
async fn a_child_that_dies_fails_the_call_under_way() {
    let Some(program) = everything() else { return };
    let file = std::env::temp_dir().join(format!("aqueduct-mcp-{}.pid", std::process::id()));
    // What it prints first is no message.
    let script = format!("echo $$ > '{}'; echo junk; exec node '{program}' stdio", file.display());
    let client = McpClient::connect(Stdio::new("sh").args(["-c", &script]).quiet()).await.unwrap();
    let pid = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    die_in_a_call(&client, async || {
        let killed = Command::new("kill").args(["-9", pid.trim()]).stderr(Pipe::null()).status();
        assert!(killed.await.unwrap().success());
    })
    .await;
}
