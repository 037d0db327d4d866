//! The reference server for Node, at the path in `AQUEDUCT_TEST_MCP_EVERYTHING` (its `dist/index.js`).

use std::net::TcpListener;
use std::pin::pin;
use std::process::Stdio as Pipe;
use std::sync::{Arc, Mutex};

use aqueduct::spec::JsonObject;
use aqueduct::{Client, ErrorKind};
use aqueduct_mcp::{McpClient, Stdio, StreamableHttp, Transport};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// The path of the server's program, if the scripts brought it.
fn program() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the scripts say where the server is")]
    let path = std::env::var("AQUEDUCT_TEST_MCP_EVERYTHING").ok();
    if path.is_none() {
        #[expect(clippy::print_stderr, reason = "a test that did not run says so")]
        {
            eprintln!("skipped: AQUEDUCT_TEST_MCP_EVERYTHING is not set");
        }
    }
    path
}

/// Connects, uses everything once, and leaves.
async fn use_everything(transport: impl Transport) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let questions = Arc::clone(&asked);
    let client = McpClient::connect(transport)
        .on_elicitation_request(move |question| {
            questions.lock().unwrap().push(question);
            async { Ok(json!({ "action": "decline" })) }
        })
        .await
        .unwrap();
    let tools = client.list_tools().await.unwrap();
    assert!(tools.iter().any(|tool| tool.name == "echo"));
    let arguments = json!({ "message": "hello" }).as_object().unwrap().clone();
    let answer = client.call_tool("echo", arguments).await.unwrap();
    assert!(answer.content.unwrap()[0]["text"].as_str().unwrap().contains("hello"));
    let resources = client.list_resources().await.unwrap();
    let contents = client.read_resource(&resources[0].uri).await.unwrap();
    assert!(!contents.is_empty());
    assert!(!client.list_resource_templates().await.unwrap().is_empty());
    let prompts = client.list_prompts().await.unwrap();
    assert!(prompts.iter().any(|prompt| prompt.name == "simple-prompt"), "{prompts:?}");
    let prompt = client.get_prompt("simple-prompt", JsonObject::new()).await.unwrap();
    assert!(!prompt.messages.is_empty());
    let question = tools.iter().find(|tool| tool.name.contains("elicitation")).unwrap();
    client.call_tool(&question.name, JsonObject::new()).await.unwrap();
    assert!(asked.lock().unwrap()[0]["message"].is_string());
    client.ping().await.unwrap();
    client.close().await.unwrap();
    assert!(client.ping().await.is_err());
}

#[tokio::test]
async fn over_standard_streams() {
    let Some(program) = program() else { return };
    use_everything(Stdio::new("node").args([program, "stdio".to_owned()]).quiet()).await;
}

#[tokio::test]
async fn over_http() {
    let Some(program) = program() else { return };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new("node")
        .args([program.as_str(), "streamableHttp"])
        .env("PORT", port.to_string())
        .stderr(Pipe::piped())
        .stdout(Pipe::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // It says on its standard error that it listens.
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains(&port.to_string()) {
            break;
        }
    }
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let url = format!("http://127.0.0.1:{port}/mcp");
    let client = Client::builder().no_proxy().build().unwrap();
    use_everything(StreamableHttp::new(url.as_str()).client(client.clone())).await;

    let connected = McpClient::connect(StreamableHttp::new(url).client(client)).await.unwrap();
    server.kill().await.unwrap();
    let error = connected.list_tools().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}

#[tokio::test]
async fn a_server_that_dies_fails_the_call_under_way() {
    let Some(program) = program() else { return };
    let file = std::env::temp_dir().join(format!("aqueduct-mcp-{}.pid", std::process::id()));
    let script = format!("echo $$ > '{}'; exec node '{program}' stdio", file.display());
    let client = McpClient::connect(Stdio::new("sh").args(["-c", &script]).quiet()).await.unwrap();
    let pid = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let tools = client.list_tools().await.unwrap();
    let slow = tools.iter().find(|tool| tool.name.contains("long")).unwrap();
    let arguments = json!({ "duration": 50, "steps": 5 }).as_object().unwrap().clone();
    let mut call = pin!(client.call_tool(&slow.name, arguments));
    assert!(futures_util::future::poll_immediate(&mut call).await.is_none());
    // The ping was sent after the call: once it is answered, the call has arrived.
    client.ping().await.unwrap();
    assert!(Command::new("kill").args(["-9", pid.trim()]).status().await.unwrap().success());
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}
