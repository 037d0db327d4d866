//! The reference server for Node, at the path in `AQUEDUCT_TEST_MCP_EVERYTHING` (its `dist/index.js`).

use std::sync::{Arc, Mutex};

use aqueduct_mcp::{McpClient, Stdio};
use serde_json::json;

fn server() -> Option<Stdio> {
    #[expect(clippy::disallowed_methods, reason = "the scripts say where the server is")]
    let path = std::env::var("AQUEDUCT_TEST_MCP_EVERYTHING").ok();
    if path.is_none() {
        #[expect(clippy::print_stderr, reason = "a test that did not run says so")]
        {
            eprintln!("skipped: AQUEDUCT_TEST_MCP_EVERYTHING is not set");
        }
    }
    Some(Stdio::new("node").args([path?, "stdio".to_owned()]).quiet())
}

#[tokio::test]
async fn over_standard_streams() {
    let Some(server) = server() else { return };
    let asked = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&asked);
    let client = McpClient::connect(server)
        .on_elicitation_request(move |_| {
            *counter.lock().unwrap() += 1;
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
    assert!(!client.list_prompts().await.unwrap().is_empty());
    client.ping().await.unwrap();
    client.close().await.unwrap();
    assert!(client.ping().await.is_err());
}
