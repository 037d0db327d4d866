//! Streamable HTTP and the older SSE against servers in memory: what goes over the wire, and what comes back broken.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::spec::BoxFuture;
use aqueduct::{Client, ErrorKind};
use aqueduct_http::{Carrier, Chunks};
use aqueduct_mcp::{McpClient, StreamableHttp, Unauthorized};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::log::Log;

type Answer = dyn Fn(&Seen) -> Response<Chunks> + Send + Sync;

/// A request as the server sees it.
#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: http::HeaderMap,
    message: Value,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn method(&self) -> &str {
        self.message["method"].as_str().unwrap_or_default()
    }
}

#[derive(Clone)]
struct Server {
    answer: Arc<Answer>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

impl Carrier for Server {
    fn carry(&self, request: Request<Bytes>) -> BoxFuture<'_, io::Result<Response<Chunks>>> {
        let (parts, body) = request.into_parts();
        let seen = Seen {
            line: format!("{} {}", parts.method, parts.uri.path()),
            headers: parts.headers,
            message: serde_json::from_slice(&body).unwrap_or_default(),
        };
        let answer = (self.answer)(&seen);
        self.seen.lock().unwrap().push(seen);
        Box::pin(async move { Ok(answer) })
    }
}

impl Server {
    fn new(answer: impl Fn(&Seen) -> Response<Chunks> + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), seen: Arc::default() }
    }

    fn transport(&self) -> StreamableHttp {
        let client = Client::builder().carrier(Arc::new(self.clone())).build().unwrap();
        StreamableHttp::new("http://mcp.test/mcp").client(client)
    }

    fn seen(&self, what: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|one| one.line == what || one.method() == what).cloned().collect()
    }
}

fn answer(status: u16, media_type: &str, body: impl Into<Bytes>) -> Response<Chunks> {
    let body = stream::iter([Ok(body.into())]).boxed();
    let answer = Response::builder().status(status).header("content-type", media_type);
    answer.body(body).unwrap()
}

fn status(status: u16) -> Response<Chunks> {
    answer(status, "text/plain", "")
}

fn events(text: impl Into<Bytes>) -> Response<Chunks> {
    answer(200, "text/event-stream", text)
}

fn json_of(message: &Value, result: &Value) -> Response<Chunks> {
    let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
    answer(200, "application/json", body.to_string())
}

fn in_session(mut answer: Response<Chunks>, id: &str) -> Response<Chunks> {
    answer.headers_mut().insert("mcp-session-id", id.parse().unwrap());
    answer
}

/// A server of 2025-11-25 that knows nothing of `server/discover` and has a session.
fn legacy(seen: &Seen, session: &str) -> Option<Response<Chunks>> {
    let handshake = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
        "serverInfo": { "name": "a", "version": "1" } });
    Some(match (seen.line.as_str(), seen.method()) {
        (_, "server/discover") => answer(400, "text/plain", "no session"),
        (_, "initialize") => in_session(json_of(&seen.message, &handshake), session),
        (_, "notifications/initialized" | "notifications/cancelled") => status(202),
        ("DELETE /mcp", _) => status(200),
        _ => return None,
    })
}

fn called(seen: &Seen) -> String {
    json!({ "jsonrpc": "2.0", "id": seen.message["id"], "result": { "content": [], "new": 1 } })
        .to_string()
}

#[tokio::test]
async fn a_session_from_its_beginning_to_its_end() {
    let log = Log::begin();
    let server = Server::new(|seen| {
        legacy(seen, "session-secret").unwrap_or_else(|| match seen.line.as_str() {
            "GET /mcp" => status(405),
            _ => json_of(&seen.message, &json!({ "content": [], "new": 1 })),
        })
    });
    let transport = server.transport().header("x-key", "key-secret").bearer("token-secret");
    assert!(!format!("{transport:?}").contains("-secret"));
    let client = McpClient::connect(transport).await.unwrap();
    let answer = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(answer.rest["new"], 1);
    client.close().await.unwrap();
    let first = &server.seen("server/discover")[0];
    assert_eq!(first.header("mcp-protocol-version"), Some("2026-07-28"));
    assert_eq!(first.header("mcp-method"), Some("server/discover"));
    let call = &server.seen("tools/call")[0];
    for seen in [call, &server.seen("GET /mcp")[0], &server.seen("DELETE /mcp")[0]] {
        assert_eq!(seen.header("mcp-session-id"), Some("session-secret"), "{}", seen.line);
        assert_eq!(seen.header("mcp-protocol-version"), Some("2025-11-25"));
        assert_eq!(seen.header("authorization"), Some("Bearer token-secret"));
        assert_eq!(seen.header("x-key"), Some("key-secret"));
    }
    assert_eq!(call.header("accept"), Some("application/json, text/event-stream"));
    let log = log.text();
    assert!(log.contains("delete session") && !log.contains("-secret"), "{log}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_is_taken_up_again() {
    let server = Server::new(|seen| {
        legacy(seen, "s").unwrap_or_else(|| {
            match (seen.line.as_str(), seen.header("last-event-id")) {
                ("GET /mcp", None) => status(405),
                ("GET /mcp", Some("2")) => {
                    let id = &json!(2);
                    let message =
                        json!({ "jsonrpc": "2.0", "id": id, "result": { "content": [7] } });
                    events(format!("id: 3\ndata: {message}\n\n"))
                }
                // Junk, something unknown, and an event of another kind; then it ends.
                _ => events(
                    "id: 1\ndata:\n\nevent: ping\ndata: {}\n\nid: 2\ndata: junk\n\n: comment\n\n",
                ),
            }
        })
    });
    let client = McpClient::connect(server.transport()).await.unwrap();
    let answer = client.call_tool("a", Default::default()).await.unwrap();
    assert_eq!(answer.content.unwrap(), [json!(7)]);
    assert_eq!(server.seen("tools/call").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_brings_nothing_is_given_up() {
    let server = Server::new(|seen| {
        legacy(seen, "s").unwrap_or_else(|| {
            match (seen.line.as_str(), seen.header("last-event-id")) {
                ("GET /mcp", None) => status(405),
                _ => events("id: 1\nretry: 0\ndata:\n\n"),
            }
        })
    });
    let client = McpClient::connect(server.transport()).timeout(Duration::MAX).await.unwrap();
    let error = client.call_tool("a", Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(server.seen("GET /mcp").len() < 10);
}

#[tokio::test]
async fn a_session_that_is_forgotten_is_begun_anew() {
    let sessions = Mutex::new(0);
    let server = Server::new(move |seen| {
        if seen.method() == "initialize" {
            *sessions.lock().unwrap() += 1;
        }
        let current = sessions.lock().unwrap().to_string();
        match (legacy(seen, &current), seen.line.as_str()) {
            (Some(answer), _) => answer,
            (None, "GET /mcp") => status(405),
            (None, _) if seen.header("mcp-session-id") == Some("1") => status(404),
            _ => answer(200, "application/json", called(seen)),
        }
    });
    let client = McpClient::connect(server.transport()).await.unwrap();
    client.call_tool("a", Default::default()).await.unwrap();
    client.close().await.unwrap();
    assert_eq!(server.seen("tools/call").len(), 2);
    assert_eq!(server.seen("DELETE /mcp")[0].header("mcp-session-id"), Some("2"));
}

#[tokio::test]
async fn however_an_older_server_refuses_to_be_discovered() {
    for refusal in [400, 404, 405, 415, 500, 501] {
        let server = Server::new(move |seen| match seen.method() {
            "server/discover" => status(refusal),
            _ => legacy(seen, "s").unwrap_or_else(|| status(405)),
        });
        let client = McpClient::connect(server.transport()).await.unwrap();
        assert_eq!(client.initialize_result().protocol_version, "2025-11-25");
    }
    let busy = Server::new(|_| status(429));
    let error = McpClient::connect(busy.transport()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn statuses_become_kinds() {
    let server = Server::new(|seen| {
        legacy(seen, "s").unwrap_or_else(|| match seen.message["params"]["name"].as_str() {
            Some("rpc") => {
                let error = json!({ "code": -32602, "message": "wrong" });
                let body = json!({ "jsonrpc": "2.0", "id": "server-error", "error": error });
                answer(400, "application/json", body.to_string())
            }
            Some("html") => answer(200, "text/html", "<p>"),
            Some("junk") => answer(200, "application/json", "{"),
            Some("huge") => answer(200, "application/json", vec![b' '; 17 * 1024 * 1024]),
            Some("moved") => {
                let mut moved = status(302);
                moved.headers_mut().insert("location", "http://other.test/".parse().unwrap());
                moved
            }
            Some(number) => status(number.parse().unwrap()),
            None => status(405),
        })
    });
    let client = McpClient::connect(server.transport()).await.unwrap();
    for (name, kind) in [
        ("rpc", ErrorKind::InvalidRequest),
        ("html", ErrorKind::InvalidResponse),
        ("junk", ErrorKind::InvalidResponse),
        ("huge", ErrorKind::InvalidResponse),
        ("moved", ErrorKind::InvalidResponse),
        ("401", ErrorKind::Authentication),
        ("403", ErrorKind::Forbidden),
        ("429", ErrorKind::RateLimited),
        ("503", ErrorKind::Provider),
    ] {
        let error = client.call_tool(name, Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error:?}");
    }
    assert!(server.seen("GET /").is_empty());
}

#[tokio::test]
async fn who_is_not_known_is_told_what_to_do() {
    let server = Server::new(|_| {
        let mut refused = status(401);
        let challenge = "Bearer resource_metadata=\"http://mcp.test/.well-known/x\"";
        refused.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        refused
    });
    for transport in [server.transport(), server.transport().legacy_sse()] {
        let error = McpClient::connect(transport).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status().unwrap().as_u16()),
            (ErrorKind::Authentication, 401)
        );
        assert!(error.message().contains("give `StreamableHttp` a token"), "{error}");
        let source = std::error::Error::source(&error).unwrap();
        let challenge = source.downcast_ref::<Unauthorized>().unwrap().challenge.as_deref();
        assert!(challenge.unwrap().contains("resource_metadata"));
    }
}

/// Since 2026-07-28 headers say what is called, and arguments that a schema marks are headers too.
#[tokio::test]
async fn a_server_of_2026_07_28() {
    let server = Server::new(|seen| match seen.method() {
        "server/discover" => json_of(
            &seen.message,
            &json!({ "resultType": "complete",
            "supportedVersions": ["2026-07-28"], "capabilities": { "tools": {} }, "ttlMs": 0,
            "cacheScope": "private" }),
        ),
        "tools/list" => {
            let schema = json!({ "type": "object", "properties": { "region": { "type": "string",
                "x-mcp-header": "Region" } } });
            let wrong = json!({ "type": "object", "properties": { "a": { "type": "string",
                "x-mcp-header": "no good" } } });
            let tools = json!([{ "name": "a", "inputSchema": schema, "new": 1 },
                { "name": "b", "inputSchema": wrong }]);
            let message = json!({ "jsonrpc": "2.0", "id": seen.message["id"],
                "result": { "resultType": "complete", "tools": tools } });
            events(format!("id: 1\ndata:\n\ndata: {message}\n\n"))
        }
        _ => answer(200, "application/json", called(seen)),
    });
    let client = McpClient::connect(server.transport()).await.unwrap();
    assert_eq!(client.initialize_result().protocol_version, "2026-07-28");
    let tools = client.list_tools().await.unwrap();
    // One whose header the protocol forbids is left out.
    assert_eq!((tools.len(), &tools[0].rest["new"]), (1, &json!(1)));
    let arguments = json!({ "region": "north" }).as_object().unwrap().clone();
    client.call_tool("a", arguments).await.unwrap();
    let call = &server.seen("tools/call")[0];
    assert_eq!(call.header("mcp-method"), Some("tools/call"));
    assert_eq!(call.header("mcp-name"), Some("a"));
    assert_eq!(call.header("mcp-param-region"), Some("north"));
    assert_eq!(call.header("mcp-session-id"), None);
    client.close().await.unwrap();
    assert!(server.seen("DELETE /mcp").is_empty());
}

#[tokio::test]
async fn the_older_endpoint_is_on_the_same_host() {
    for (endpoint, is_taken) in
        [("/message?id=1", true), ("http://mcp.test/message", true), ("http://evil.test/", false)]
    {
        let server = Server::new(move |seen| match seen.line.as_str() {
            "GET /mcp" => {
                // The stream goes on.
                let begun =
                    stream::iter([Ok(format!("event: endpoint\ndata: {endpoint}\n\n").into())]);
                let mut answer = events("");
                *answer.body_mut() = begun.chain(stream::pending()).boxed();
                answer
            }
            _ => status(500),
        });
        let transport = server.transport().bearer("token").legacy_sse();
        let error = McpClient::connect(transport).await.unwrap_err();
        let expected = if is_taken { ErrorKind::Provider } else { ErrorKind::InvalidResponse };
        assert_eq!(error.kind(), expected, "{endpoint}: {error:?}");
        assert_eq!(server.seen("POST /message").len(), usize::from(is_taken));
    }
}
