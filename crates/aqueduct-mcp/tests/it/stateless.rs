//! Servers of 2026-07-28: no handshake, no session, questions in place of answers, notifications for those who ask.

use std::sync::{Arc, Mutex};

use aqueduct::ErrorKind;
use aqueduct_mcp::{McpClient, MockTransport};
use serde_json::{Value, json};

use crate::mock::{result, until};

fn server(
    versions: Value,
    rest: impl Fn(&Value) -> Vec<Value> + Send + Sync + 'static,
) -> MockTransport {
    MockTransport::new(move |message| match message["method"].as_str() {
        Some("server/discover") => result(
            message,
            &json!({
                "resultType": "complete", "supportedVersions": versions, "unknown": 1,
                "capabilities": { "tools": { "listChanged": true }, "resources": {} }, "ttlMs": 0,
                "cacheScope": "private", "instructions": "be kind",
                "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "new", "version": "1" } },
            }),
        ),
        _ => rest(message),
    })
}

#[tokio::test]
async fn is_found_and_told_who_asks() {
    let server = server(json!(["2026-07-28", "2025-11-25"]), |message| {
        result(message, &json!({ "resultType": "complete", "content": [], "new": 1 }))
    });
    let client = McpClient::connect(server.clone()).protocol_discovery(true).await.unwrap();
    let known = client.initialize_result();
    assert_eq!(known.protocol_version, "2026-07-28");
    assert_eq!(
        (client.server_info()["name"].as_str(), known.rest["unknown"].as_u64()),
        (Some("new"), Some(1))
    );
    assert_eq!(client.instructions(), Some("be kind"));
    let answer = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(answer.rest["new"], 1);
    client.ping().await.unwrap();
    let sent = server.received();
    let methods: Vec<_> = sent.iter().map(|message| message["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["server/discover", "tools/call", "server/discover"]);
    let meta = &sent[1]["params"]["_meta"];
    assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
    assert_eq!(meta["io.modelcontextprotocol/clientInfo"]["name"], "aqueduct-mcp");
    assert!(meta["io.modelcontextprotocol/clientCapabilities"].is_object());
}

#[tokio::test]
async fn an_older_server_is_asked_the_older_way() {
    let server = MockTransport::new(|message| match message["method"].as_str() {
        Some("initialize") => result(
            message,
            &json!({ "protocolVersion": "2025-03-26",
            "capabilities": {}, "serverInfo": {} }),
        ),
        Some("server/discover") => {
            let error = json!({ "code": -32601, "message": "what?" });
            vec![json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })]
        }
        _ => vec![],
    });
    let client = McpClient::connect(server).protocol_discovery(true).await.unwrap();
    assert_eq!(client.initialize_result().protocol_version, "2025-03-26");
}

#[tokio::test]
async fn versions_that_do_not_meet_are_told() {
    let server = server(json!(["2031-01-01"]), |_| vec![]);
    let error = McpClient::connect(server).protocol_discovery(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.message().contains("2031-01-01"), "{error}");
}

/// The user is asked twice; then there is the answer.
fn asking(message: &Value) -> Vec<Value> {
    let params = &message["params"];
    let state = params["requestState"].as_str().unwrap_or("0");
    match (state, &params["inputResponses"]["who"]["content"]["name"]) {
        ("2", Value::String(name)) => {
            result(message, &json!({ "content": [{ "type": "text", "text": name }] }))
        }
        _ => {
            let next = (state.parse::<u32>().unwrap() + 1).to_string();
            let question =
                json!({ "method": "elicitation/create", "params": { "message": "who?" } });
            result(
                message,
                &json!({ "resultType": "input_required", "requestState": next,
                "inputRequests": { "who": question } }),
            )
        }
    }
}

#[tokio::test]
async fn questions_come_in_place_of_the_answer() {
    let server = server(json!(["2026-07-28"]), asking);
    let client = McpClient::connect(server.clone())
        .protocol_discovery(true)
        .on_elicitation_request(|question| async move {
            assert_eq!(question["message"], "who?");
            Ok(json!({ "action": "accept", "content": { "name": "Ada" } }))
        })
        .await
        .unwrap();
    let answer = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(answer.content.unwrap()[0]["text"], "Ada");
    assert_eq!(server.received().len(), 4);

    let mute = McpClient::connect(server).protocol_discovery(true).await.unwrap();
    let error = mute.call_tool("a", Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_server_that_only_asks_is_left() {
    let server = server(json!(["2026-07-28"]), |message| {
        result(message, &json!({ "resultType": "input_required", "requestState": "again" }))
    });
    let client = McpClient::connect(server).protocol_discovery(true).await.unwrap();
    let error = client.call_tool("a", Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn changes_are_told_to_those_who_listen() {
    let server = server(json!(["2026-07-28"]), |message| match message["method"].as_str() {
        Some("subscriptions/listen") => {
            let meta = json!({ "io.modelcontextprotocol/subscriptionId": message["id"] });
            vec![json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed",
                "params": { "_meta": meta } })]
        }
        _ => vec![],
    });
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&heard);
    let client = McpClient::connect(server.clone())
        .protocol_discovery(true)
        .on_notification(move |method, _| all.lock().unwrap().push(method.to_owned()))
        .await
        .unwrap();
    until(&client, || !heard.lock().unwrap().is_empty()).await;
    assert_eq!(*heard.lock().unwrap(), ["notifications/tools/list_changed"]);
    let sent = server.received();
    let asked = sent.iter().find(|message| message["method"] == "subscriptions/listen").unwrap();
    assert_eq!(asked["params"]["notifications"], json!({ "toolsListChanged": true }));
}
