//! Servers that do what they must not.

use std::time::Duration;

use aqueduct::{ErrorKind, Tool};
use aqueduct_mcp::{McpClient, MockTransport, RpcError, Stdio};
use serde_json::{Value, json};

use crate::mock::{result, server, server_with, until};

/// Junk, answers to nobody, answers that are both or neither, and then the right one.
#[tokio::test]
async fn what_is_no_answer_is_passed_over() {
    let server = server(|message| {
        let mut all = vec![
            json!("junk"),
            json!([1]),
            json!({}),
            json!({ "jsonrpc": "2.0", "id": 4711, "result": { "content": [] } }),
            json!({ "jsonrpc": "2.0", "id": {}, "result": {} }),
            json!({ "jsonrpc": "2.0", "id": message["id"] }),
            json!({ "jsonrpc": "2.0", "error": { "code": 1, "message": "whose?" } }),
            json!({ "jsonrpc": "2.0", "method": 7, "id": "x" }),
            json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": "odd" }),
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": message["id"] } }),
        ];
        // The number comes back as text, as some servers send it.
        let id = message["id"].to_string();
        all.push(json!({ "jsonrpc": "2.0", "id": id, "result": { "content": [1, null] } }));
        if message["id"].is_null() { vec![] } else { all }
    });
    let client = McpClient::connect(server).await.unwrap();
    let answer = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(answer.content.unwrap(), [json!(1), Value::Null]);
}

#[tokio::test]
async fn answers_of_the_wrong_form_are_told() {
    let server = server(|message| match message["params"]["name"].as_str() {
        Some("text") => result(message, &json!("done")),
        Some("content") => result(message, &json!({ "content": 7 })),
        Some("error") => vec![json!({ "jsonrpc": "2.0", "id": message["id"], "error": "no" })],
        _ => result(message, &json!({ "tools": [{ "title": "no name" }, { "inputSchema": 1 }] })),
    });
    let client = McpClient::connect(server).await.unwrap();
    for name in ["text", "content", "error"] {
        let error = client.call_tool(name, Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{name}: {error:?}");
    }
    let tools = client.list_tools().await.unwrap();
    assert_eq!(tools[1].input_schema, json!(1));
    let made = client.tools_from_definitions(&tools);
    assert_eq!(made.iter().map(Tool::name).collect::<Vec<_>>(), ["", ""]);
}

#[tokio::test]
async fn kinds_of_errors() {
    let server = server(|message| {
        let code: i64 = message["params"]["name"].as_str().unwrap_or("0").parse().unwrap();
        let error = json!({ "code": code, "message": "no", "data": { "key": "secret" } });
        vec![json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })]
    });
    let client = McpClient::connect(server).max_retries(3).await.unwrap();
    for (code, kind) in [
        (-32602, ErrorKind::InvalidRequest),
        (-32002, ErrorKind::NotFound),
        (-32603, ErrorKind::Provider),
        (77_000_000_000, ErrorKind::InvalidRequest),
    ] {
        let error = client.call_tool(code.to_string(), Default::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, false), "{code}");
        let source = std::error::Error::source(&error).unwrap();
        let told = source.downcast_ref::<RpcError>().unwrap();
        assert_eq!((told.code, &told.data), (code, &Some(json!({ "key": "secret" }))));
        assert!(!format!("{error:?} {error} {told:?}").contains("secret"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_left() {
    let silent = MockTransport::new(|_| vec![]);
    let limit = Duration::from_secs(30);
    for discovery in [false, true] {
        let connecting = McpClient::connect(silent.clone()).protocol_discovery(discovery);
        let error = connecting.timeout(limit).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
    let methods: Vec<_> =
        silent.received().iter().map(|message| message["method"].clone()).collect();
    assert_eq!(methods, ["initialize", "server/discover", "initialize"]);
}

#[tokio::test]
async fn a_handshake_that_is_refused_or_odd() {
    let refusing = MockTransport::new(|message| {
        let error = json!({ "code": -32602, "message": "not you" });
        vec![json!({ "jsonrpc": "2.0", "id": message["id"], "error": error })]
    });
    let error = McpClient::connect(refusing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("not you"), "{error}");
    let odd = MockTransport::new(|message| result(message, &json!({ "hello": "you" })));
    let error = McpClient::connect(odd).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    let gone = MockTransport::new(|_| vec![Value::Null]);
    let error = McpClient::connect(gone).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let server = server(|message| {
        let tool = json!({ "name": "a", "inputSchema": {} });
        result(message, &json!({ "tools": [tool], "nextCursor": "more" }))
    });
    let client = McpClient::connect(server.clone()).await.unwrap();
    let error = client.list_tools().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(server.received().len() < 200);
}

/// All that it asks at once is refused but for sixteen; each of these waits for its answer.
#[tokio::test]
async fn a_flood_of_questions_is_refused() {
    let server = server_with(json!({ "tools": {} }), |message| match message["method"].as_str() {
        Some("tools/call") => (0..40)
            .map(|n| json!({ "jsonrpc": "2.0", "id": n, "method": "elicitation/create" }))
            .collect(),
        Some("ping") => result(message, &json!({})),
        _ => vec![],
    });
    let client = McpClient::connect(server.clone())
        .on_elicitation_request(|_| std::future::pending())
        .timeout(Duration::from_secs(10))
        .await
        .unwrap();
    let waiting = client.clone();
    let call = tokio::spawn(async move { waiting.call_tool("a", Default::default()).await });
    let refused =
        || server.received().iter().filter(|message| message["error"].is_object()).count();
    until(&client, || refused() >= 24).await;
    client.ping().await.unwrap();
    assert_eq!(refused(), 24);
    call.abort();
}

#[tokio::test]
async fn a_child_that_cannot_be_started_or_says_nothing_but_junk() {
    let error = McpClient::connect(Stdio::new("/no/such/program")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let junk = Stdio::new("sh").args(["-c", "echo junk; echo '{'; echo '\"x\"'"]).quiet();
    let error = McpClient::connect(junk).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    // A line of over 16 MiB is not kept.
    let huge =
        Stdio::new("sh").args(["-c", "head -c 20000000 /dev/zero | tr '\\0' x; cat"]).quiet();
    let error = McpClient::connect(huge).timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
}

#[tokio::test]
async fn a_child_sees_no_credentials_of_ours() {
    let script = "env >&2; read line; id=$(printf '%s' \"$line\" | sed 's/.*\"id\":\\([0-9]*\\).*/\\1/'); \
        names=$(env | cut -d= -f1 | sort | tr '\\n' ' '); \
        printf '{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{\"name\":\"%s\"}}}\\n' \"$id\" \"$names\"; cat >/dev/null";
    let server = Stdio::new("sh").args(["-c", script]).env("GIVEN", "1").quiet();
    let client = McpClient::connect(server).await.unwrap();
    let names = client.server_info()["name"].as_str().unwrap();
    assert!(names.contains("GIVEN") && names.contains("PATH"), "{names}");
    for name in names.split_whitespace() {
        let is_known =
            ["GIVEN", "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"].contains(&name);
        // What a shell sets by itself.
        assert!(is_known || ["PWD", "OLDPWD", "SHLVL", "_"].contains(&name), "{names}");
    }
    client.close().await.unwrap();
}
