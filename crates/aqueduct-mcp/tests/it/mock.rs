//! A server in memory.

use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::{ErrorKind, ToolContext};
use aqueduct_mcp::{McpClient, MockTransport, RpcError};
use serde_json::{Value, json};

/// A server of 2025-06-18 with these capabilities.
pub(crate) fn server_with(
    capabilities: Value,
    rest: impl Fn(&Value) -> Vec<Value> + Send + Sync + 'static,
) -> MockTransport {
    MockTransport::new(move |message| {
        if message["method"] != "initialize" {
            return rest(message);
        }
        let handshake = json!({
            "protocolVersion": "2025-06-18", "capabilities": capabilities, "unknown": 1,
            "serverInfo": { "name": "mock", "version": "1", "theirs": 1 }, "instructions": "be kind",
        });
        result(message, &handshake)
    })
}

pub(crate) fn server(rest: impl Fn(&Value) -> Vec<Value> + Send + Sync + 'static) -> MockTransport {
    server_with(json!({ "tools": {} }), rest)
}

/// Waits until it is so, by asking the server for nothing.
pub(crate) async fn until(client: &McpClient, is_so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        client.ping().await.unwrap();
    }
    panic!("it never came to be");
}

pub(crate) fn result(message: &Value, result: &Value) -> Vec<Value> {
    match message.get("id") {
        Some(id) => vec![json!({ "jsonrpc": "2.0", "id": id, "result": result })],
        None => vec![],
    }
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
    assert_eq!(client.server_info()["theirs"], 1);
    assert_eq!(client.initialize_result().rest["unknown"], 1);
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

#[tokio::test]
async fn a_call_that_is_dropped_is_taken_back() {
    let server = server(|message| match message["method"] == "ping" {
        true => result(message, &json!({})),
        false => vec![],
    });
    let client = McpClient::connect(server.clone()).await.unwrap();
    let mut call = Box::pin(client.call_tool("a", Default::default()).into_future());
    assert!(futures_util::future::poll_immediate(&mut call).await.is_none());
    client.ping().await.unwrap();
    drop(call);
    client.ping().await.unwrap();
    let sent = server.received();
    let call = sent.iter().find(|message| message["method"] == "tools/call").unwrap();
    let taken_back =
        sent.iter().find(|message| message["method"] == "notifications/cancelled").unwrap();
    assert_eq!(taken_back["params"]["requestId"], call["id"]);
}

#[tokio::test]
async fn what_the_server_says_comes_whole_and_in_its_order() {
    let server = server(|message| match message["method"] == "tools/call" {
        true => {
            let token = &message["params"]["_meta"]["progressToken"];
            let progress = |n: u32| {
                json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": {
                    "progressToken": token, "progress": n, "message": "on it", "theirs": n } })
            };
            let changed = json!({ "method": "notifications/tools/list_changed" });
            let log = json!({ "method": "notifications/message",
                "params": { "level": "odd", "data": [1], "_meta": { "a": 1 } } });
            let mut all = vec![progress(1), log, progress(2), changed];
            all.extend(result(message, &json!({ "content": [] })));
            all.push(progress(3));
            all
        }
        false => result(message, &json!({})),
    });
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (all, steps) = (Arc::clone(&heard), Arc::new(Mutex::new(Vec::new())));
    let client = McpClient::connect(server)
        .on_notification(move |method, params| {
            all.lock().unwrap().push((method.to_owned(), params.clone()));
        })
        .await
        .unwrap();
    let seen = Arc::clone(&steps);
    client
        .call_tool("a", Default::default())
        .meta(json!({ "theirs": true }).as_object().unwrap().clone())
        .on_progress(move |step| seen.lock().unwrap().push((step.progress, step.rest)))
        .await
        .unwrap();
    client.ping().await.unwrap();
    let steps = steps.lock().unwrap();
    assert_eq!(steps.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1.0, 2.0]);
    assert_eq!(steps[1].1["theirs"], 2);
    let heard = heard.lock().unwrap();
    let methods: Vec<_> = heard.iter().map(|(method, _)| method.as_str()).collect();
    let progress = "notifications/progress";
    let (log, changed) = ("notifications/message", "notifications/tools/list_changed");
    assert_eq!(methods, [progress, log, progress, changed, progress]);
    assert_eq!(heard[1].1, json!({ "level": "odd", "data": [1], "_meta": { "a": 1 } }));
}

#[tokio::test]
async fn members_that_nobody_knows_survive() {
    let tool = json!({ "name": "a", "inputSchema": { "type": "object", "x-theirs": 1 },
        "execution": { "taskSupport": "optional" }, "_meta": { "ui": { "a": 1 } }, "new": [1] });
    let told = json!({ "content": [{ "type": "hologram", "depth": 3 }, { "type": "text",
        "text": "a", "annotations": { "priority": 1, "new": 2 } }], "_meta": { "b": 2 }, "new": {} });
    let (listed, given) = (tool.clone(), told.clone());
    let server = server(move |message| match message["method"].as_str() {
        Some("tools/list") => result(message, &json!({ "tools": [listed] })),
        _ => result(message, &given),
    });
    let client = McpClient::connect(server).await.unwrap();
    let tools = client.list_tools().await.unwrap();
    assert_eq!(serde_json::to_value(&tools[0]).unwrap(), tool);
    let result = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(serde_json::to_value(&result).unwrap(), told);
}

#[tokio::test]
async fn questions_are_answered_or_refused() {
    // The server asks as soon as it is asked, and tells what it was answered.
    let answers = Arc::new(Mutex::new(Vec::new()));
    let known = Arc::clone(&answers);
    let server = server(move |message| match message["method"].as_str() {
        Some("tools/call") => ["elicitation/create", "sampling/createMessage", "ping"]
            .iter()
            .map(|method| {
                json!({ "jsonrpc": "2.0", "id": method, "method": method,
                    "params": { "message": "who?", "requestedSchema": "odd", "new": 1 } })
            })
            .collect(),
        None => {
            known.lock().unwrap().push(message.clone());
            match known.lock().unwrap().len() {
                3 => vec![json!({ "jsonrpc": "2.0", "id": 1, "result": { "content": [] } })],
                _ => vec![],
            }
        }
        _ => vec![],
    });
    let client = McpClient::connect(server)
        .on_elicitation_request(|question| async move {
            assert_eq!(
                (&question["new"], &question["requestedSchema"]),
                (&json!(1), &json!("odd"))
            );
            Ok(json!({ "action": "accept", "content": { "name": "Ada" }, "theirs": 1 }))
        })
        .await
        .unwrap();
    client.call_tool("a", Default::default()).await.unwrap();
    let answers = answers.lock().unwrap();
    let to = |id: &str| answers.iter().find(|answer| answer["id"] == id).unwrap();
    assert_eq!(
        to("elicitation/create")["result"],
        json!({ "action": "accept", "content": { "name": "Ada" }, "theirs": 1 })
    );
    assert_eq!(to("sampling/createMessage")["error"]["code"], -32601);
    assert_eq!(to("ping")["result"], json!({}));
}

#[tokio::test]
async fn only_versions_that_are_known_are_spoken() {
    for (version, is_known) in [
        ("2024-11-05", true),
        ("2025-03-26", true),
        ("2025-06-18", true),
        ("2025-11-25", true),
        ("1999-01-01", false),
    ] {
        let server = MockTransport::new(move |message| {
            result(
                message,
                &json!({ "protocolVersion": version, "capabilities": {},
                "serverInfo": {} }),
            )
        });
        match McpClient::connect(server.clone()).await {
            Ok(client) => assert_eq!(client.initialize_result().protocol_version, version),
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidResponse),
        }
        let asked = &server.received()[0]["params"];
        assert_eq!(asked["protocolVersion"], "2025-11-25");
        let went_on = server.received().iter().any(|m| m["method"] == "notifications/initialized");
        assert!(went_on || !is_known);
    }
}

#[tokio::test]
async fn capabilities_that_cannot_be_announced_are_refused() {
    let connecting = McpClient::connect(server(|_| vec![])).capabilities(json!({ "tasks": {} }));
    let error = connecting.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("elicitation, experimental"), "{error}");
}

#[tokio::test]
async fn results_are_read_as_types() {
    let server = server(|message| match message["params"]["name"].as_str() {
        Some("structured") => result(message, &json!({ "structuredContent": [1, 2] })),
        Some("text") => result(message, &json!({ "content": [{ "type": "text", "text": "[3]" }] })),
        Some("failed") => result(message, &json!({ "structuredContent": [1], "isError": true })),
        _ => result(message, &json!({ "content": [] })),
    });
    let client = McpClient::connect(server).await.unwrap();
    for (name, expected) in [
        ("structured", Some(vec![1, 2])),
        ("text", Some(vec![3])),
        ("failed", None),
        ("none", None),
    ] {
        let result = client.call_tool(name, Default::default()).await.unwrap();
        assert_eq!(result.structured::<Vec<u32>>().ok(), expected, "{name}");
    }
    let wrong = client.call_tool("structured", Default::default()).await.unwrap();
    assert_eq!(wrong.structured::<String>().unwrap_err().kind(), ErrorKind::InvalidResponse);
}
