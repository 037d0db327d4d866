//! Requests that are wrong, broken, huge or meant to do harm, on both surfaces: the right status, an error that names the field
//! and the fix, nothing leaked, nothing crashed.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use aqueduct_gateway::Gateway;
use aqueduct_spec::language::{GenerateResult, StreamResult, TextDelta, TextStart};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Generate, LanguageModel, Model, ModelInfo, Provider, Result,
    Stream,
};
use aqueduct_testkit::ScriptedUpstream;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::{Answer, KEY, Running, config};
use crate::provider::{self, PROVIDER_KEY};

const V4: &str = "/v4/ai/language-model";
const CHAT: &str = "/v1/chat/completions";
const EMBEDDINGS: &str = "/v1/embeddings";
const MODEL: (&str, &str) = ("ai-language-model-id", "simulator/echo");
const BEARER: (&str, &str) = ("authorization", "Bearer test-client-key");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Checks an error of either surface.
#[track_caller]
fn refused(path: &str, answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{path}: {answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path}: {answer:?}");
    assert!(answer.header("x-aqueduct-generation-id").unwrap().starts_with("gen_"));
    let body = answer.json();
    let message = body["error"]["message"].as_str().unwrap();
    assert!(!message.is_empty() && message.len() < 2000, "{path}: {message}");
    // The words of a library or of the language are no help to who asks.
    for foreign in ["serde", "panicked", "src/", "hyper", "axum", "Option<", "struct "] {
        assert!(!message.contains(foreign), "{path}: {message}");
    }
    assert!(body["error"]["type"].is_string());
    assert_eq!(body.get("generationId").is_some(), path.starts_with("/v4/"), "{body}");
    body
}

/// A body, the field that the error must name, and words that the message must hold.
type Case = (&'static str, &'static str, &'static str);

const OF_V4: &[Case] = &[
    (r"{}", "prompt", "missing"),
    (r#"{"prompt":null}"#, "prompt", ""),
    (r#"{"prompt":"hi"}"#, "prompt", "expected a sequence"),
    (r#"{"prompt":[5]}"#, "prompt[0]", ""),
    (r#"{"prompt":[{}]}"#, "prompt[0].role", "missing"),
    (r#"{"prompt":[{"role":"user"}]}"#, "prompt[0].content", "missing"),
    (r#"{"prompt":[{"role":"user","content":"hi"}]}"#, "prompt[0].content", "sequence"),
    (r#"{"prompt":[{"role":"user","content":[{}]}]}"#, "prompt[0].content[0].type", "missing"),
    (
        r#"{"prompt":[{"role":"user","content":[{"type":"text","text":null}]}]}"#,
        "prompt[0].content[0].text",
        "expected a string",
    ),
    (
        r#"{"prompt":[{"role":"user","content":[{"type":"file","mediaType":"image/png","data":7}]}]}"#,
        "prompt[0].content[0].data",
        "",
    ),
    (
        r#"{"prompt":[{"role":"tool","content":[{"type":"tool-result","toolName":"f","output":{"type":"text","value":"x"}}]}]}"#,
        "prompt[0].content[0].toolCallId",
        "missing",
    ),
    (r#"{"prompt":[],"temperature":"hot"}"#, "temperature", "invalid type"),
    (r#"{"prompt":[],"topP":[]}"#, "topP", "invalid type"),
    (r#"{"prompt":[],"stopSequences":"x"}"#, "stopSequences", "expected a sequence"),
    (r#"{"prompt":[],"tools":{}}"#, "tools", "expected a sequence"),
    (r#"{"prompt":[],"tools":[{"type":"function"}]}"#, "tools[0].name", "missing"),
    (r#"{"prompt":[],"providerOptions":5}"#, "providerOptions", "invalid type"),
    (r#"{"prompt":[],"providerOptions":{"openai":5}}"#, "providerOptions.openai", "invalid type"),
    (r#"{"prompt":[],"headers":{"a":5}}"#, "headers.a", "invalid type"),
];

const OF_CHAT: &[Case] = &[
    (r"{}", "model", "missing"),
    (r#"{"model":5,"messages":[]}"#, "model", "expected a string"),
    (r#"{"model":"","messages":[]}"#, "model", "empty"),
    (r#"{"model":"simulator/echo"}"#, "messages", ""),
    (r#"{"model":"simulator/echo","messages":[]}"#, "messages", "empty"),
    (r#"{"model":"simulator/echo","messages":"hi"}"#, "messages", "expected a sequence"),
    (r#"{"model":"simulator/echo","messages":[5]}"#, "messages[0]", ""),
    (r#"{"model":"simulator/echo","messages":[{"content":"x"}]}"#, "messages[0].role", "'user'"),
    (
        r#"{"model":"simulator/echo","messages":[{"role":"user","content":5}]}"#,
        "messages[0].content",
        "expected a string or an array of parts",
    ),
    (
        r#"{"model":"simulator/echo","messages":[{"role":"user","content":[{"type":"text","text":"x"},5]}]}"#,
        "messages[0].content[1]",
        "",
    ),
    (
        r#"{"model":"simulator/echo","messages":[{"role":"user","content":"\ud83d"}],"stream":"yes"}"#,
        "stream",
        "expected a boolean",
    ),
    (
        r#"{"model":"simulator/echo","messages":[{"role":"user","content":"x"}],"tool_choice":5}"#,
        "tool_choice",
        "",
    ),
];

#[tokio::test]
async fn a_wrong_field_is_named() {
    let gateway = Running::start().await;
    let mut wrong = Vec::new();
    for (path, cases) in [(V4, OF_V4), (CHAT, OF_CHAT)] {
        for (body, field, words) in cases {
            let answer = gateway.post(path, &[MODEL], body).await;
            let error = refused(path, &answer, 400)["error"].take();
            let message = error["message"].as_str().unwrap();
            let is_right = error["type"] == "invalid_request_error"
                && error["param"] == *field
                && message.contains(field)
                && message.contains(words);
            if !is_right {
                wrong.push(format!("{path} {body}: {error}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_no_json_is_refused_and_never_repeated() {
    let gateway = Running::start().await;
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    let bodies: Vec<Vec<u8>> = vec![
        b"".into(),
        b"   ".into(),
        b"{".into(),
        b"{\"prompt\":[".into(),
        b"not json at all: SENTINEL".into(),
        b"{\"a\":1}{\"b\":2}".into(),
        b"{'prompt':[]}".into(),
        b"{\"prompt\":[],}".into(),
        b"{\"prompt\":[NaN]}".into(),
        b"\"SENTINEL\"".into(),
        b"5".into(),
        b"null".into(),
        b"[]".into(),
        b"prompt=SENTINEL&model=x".into(),
        // Not UTF-8: in a text, in a name, alone, as UTF-16, behind a byte order mark.
        b"{\"model\":\"\xff\xfe\",\"messages\":[],\"prompt\":[{\"role\":\"\xc3\x28\"}]}".into(),
        b"{\"\x80\":1}".into(),
        b"\xf0\x9f".into(),
        b"{\0\"\0p\0\"\0}\0".into(),
        b"\xef\xbb\xbf{}".into(),
        // Escapes that are none.
        br#"{"model":"\ud80","messages":[],"prompt":[{"role":"\u"}]}"#.into(),
        // Deeper than any stack.
        deep("[", "]", 100_000).into(),
        deep("{\"a\":", "}", 100_000).into(),
        "[".repeat(1_000_000).into(),
        format!("{{\"prompt\":{}}}", deep("[", "]", 50_000)).into(),
        format!("{{\"providerOptions\":{{\"x\":{}}}}}", deep("[", "]", 50_000)).into(),
        format!(
            "{{\"prompt\":[],\"model\":\"simulator/echo\",\"messages\":[],\"rest\":{}}}",
            deep("{\"a\":[", "]}", 20_000)
        )
        .into(),
    ];
    for path in [V4, CHAT, EMBEDDINGS, "/v4/ai/embedding-model", "/v4/ai/video-model"] {
        for body in &bodies {
            let headers = [BEARER, JSON, MODEL, ("ai-model-id", "simulator/embedding")];
            let answer = gateway.send("POST", path, &headers, body).await;
            let error = refused(path, &answer, 400);
            let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
            assert_eq!(error["error"]["type"], "invalid_request_error", "{path} {shown}");
            let message = error["error"]["message"].as_str().unwrap();
            let names_it = error["error"]["param"].is_string() || message.contains("JSON");
            assert!(names_it, "{path} {shown}: {error}");
            assert!(!answer.body.contains("SENTINEL"), "{path} {shown}: {error}");
        }
    }
    assert_eq!(gateway.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn odd_but_harmless_bodies_are_answered() {
    let gateway = Running::start().await;
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let text = |more: &str| {
        format!(
            r#"{{"prompt":[{{"role":"user","content":[{{"type":"text","text":"hi"}}]}}]{more}}}"#
        )
    };
    let bodies = [
        text(&format!(r#","unknown":{deep}"#)),
        text(r#","maxOutputTokens":null,"temperature":null,"tools":null,"headers":null"#),
        text(r#","a\u0000b":1,"":2,"__proto__":{"x":1}"#),
        text(r#","providerOptions":{"nobody":{"x":1}}"#),
    ];
    for body in &bodies {
        let answer = gateway.post(V4, &[MODEL], body).await;
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
    }
    let odd = "\u{0}\u{7f}\u{202e}\u{1f468}\u{200d}\u{1f469}\r\n\ndata: [DONE]\n\n";
    let body =
        json!({ "model": "simulator/echo", "messages": [{ "role": "user", "content": odd }] });
    let answer = gateway.post(CHAT, &[], &body.to_string()).await;
    assert_eq!(answer.json()["choices"][0]["message"]["content"], odd, "{answer:?}");
    // Nor can text end a stream, or begin an event of its own.
    let mut body = body;
    body["stream"] = true.into();
    let events = gateway.post(CHAT, &[], &body.to_string()).await.events();
    let said: String =
        events.iter().filter_map(|e| e["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(said, odd);
}

#[tokio::test]
async fn a_name_of_a_model_can_do_no_harm() {
    let gateway = Running::start().await;
    let long = format!("simulator/{}", "x".repeat(100_000));
    let names = [
        "simulator/none",
        "simulator/",
        "/echo",
        "/",
        "nowhere/echo",
        "nothing",
        "../../etc/passwd",
        "simulator/../echo",
        "http://169.254.169.254/latest",
        "simulator/echo\u{0}",
        "Simulator/Echo",
        "simulator/<script>alert(1)</script>",
        "simulator/{labels=\"x\"}\n# HELP",
        &long,
    ];
    for name in names {
        let body = json!({ "model": name, "messages": [{ "role": "user", "content": "x" }], "input": "x" });
        for path in [CHAT, EMBEDDINGS] {
            let answer = gateway.post(path, &[], &body.to_string()).await;
            let error = refused(path, &answer, 404);
            assert_eq!(error["error"]["code"], "model_not_found", "{error}");
        }
        if name.len() < 100 && !name.contains(['\n', '\0']) {
            let body = r#"{"prompt":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#;
            let answer = gateway.post(V4, &[("ai-language-model-id", name)], body).await;
            let error = refused(V4, &answer, 404);
            assert_eq!(error["error"]["type"], "model_not_found", "{error}");
            assert_eq!(error["error"]["param"]["modelId"], name, "{error}");
        }
    }
    let metrics = gateway.get("/metrics").await.body;
    // A name stands in a label and cannot get out of it.
    assert!(!metrics.contains(&long) && !metrics.lines().any(|line| line.starts_with("# HELP\"")));
}

#[tokio::test]
async fn the_wrong_method_type_or_place() {
    let gateway = Running::start().await;
    for path in [V4, CHAT, EMBEDDINGS, "/v4/ai/video-model/start"] {
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            let answer = gateway.send(method, path, &[BEARER, JSON], b"").await;
            refused(path, &answer, 405);
            assert_eq!(answer.header("allow"), Some("POST"), "{method} {path}");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "",
            "json",
            "application/jsonx",
        ] {
            let answer = gateway.send("POST", path, &[BEARER, ("content-type", kind)], b"{}").await;
            let error = refused(path, &answer, 415);
            let message = error["error"]["message"].as_str().unwrap();
            assert!(message.contains("application/json"), "{kind}: {error}");
        }
    }
    for path in ["/v4/ai/config", "/v1/models"] {
        refused(path, &gateway.post(path, &[], "{}").await, 405);
    }
    for path in [
        "/v4/ai/../../etc/passwd",
        "/v4/ai/%2e%2e/x",
        "/v1/models/%ff%00",
        "/v1//",
        "//",
        "/v4/ai/",
    ] {
        let answer = gateway.get(path).await;
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        refused(path, &answer, answer.status);
    }
}

#[tokio::test]
async fn no_key_or_a_wrong_one_on_every_path() {
    let gateway = Running::start().await;
    let long = format!("Bearer {}", "k".repeat(60_000));
    let wrong = [
        ("authorization", "Bearer wrong-key-0815"),
        ("authorization", "Bearer"),
        ("authorization", "Bearer "),
        ("authorization", "Basic dGVzdC1jbGllbnQta2V5"),
        ("authorization", "test-client-key"),
        ("authorization", "Bearer test-client-key test-client-key"),
        ("authorization", "Bearer test-client-ke"),
        ("authorization", "Bearer \u{e9}\u{e9}"),
        ("authorization", long.as_str()),
        ("x-api-key", "wrong-key-0815"),
        ("x-nothing", "x"),
    ];
    let places = [
        ("POST", V4),
        ("POST", CHAT),
        ("POST", EMBEDDINGS),
        ("POST", "/v4/ai/embedding-model"),
        ("POST", "/v4/ai/image-model"),
        ("POST", "/v4/ai/speech-model"),
        ("POST", "/v4/ai/transcription-model"),
        ("POST", "/v4/ai/reranking-model"),
        ("POST", "/v4/ai/video-model"),
        ("POST", "/v4/ai/video-model/start"),
        ("POST", "/v4/ai/video-model/status"),
        ("GET", "/v4/ai/config"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/simulator/echo"),
    ];
    for (method, path) in places {
        for header in wrong {
            // Whoever has no key learns nothing of what is wrong with the rest.
            let answer = gateway.send(method, path, &[header], b"nonsense").await;
            let error = refused(path, &answer, 401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert!(!answer.body.contains("0815") && !answer.body.contains(KEY), "{error}");
            let message = error["error"]["message"].as_str().unwrap();
            assert!(message.contains("key"), "{error}");
        }
    }
}

#[tokio::test]
async fn headers_without_measure() {
    let gateway = Running::start().await;
    let huge = "x".repeat(1_000_000);
    let many: Vec<_> = (0..2000).map(|n| format!("x-{n}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "v")).collect();
    for headers in [&[BEARER, ("x-huge", huge.as_str())][..], &many] {
        let mut request = String::from("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("content-length: 0\r\n\r\n");
        let stream = gateway.connect().await;
        let (mut reader, mut writer) = stream.into_split();
        // It is refused before all of it was sent, so that the rest may find the door closed.
        let sending = tokio::spawn(async move {
            let _ = writer.write_all(request.as_bytes()).await;
            writer
        });
        let mut answer = Vec::new();
        let _ = reader.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
        drop(sending.await.unwrap());
    }
    for nonsense in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"POST /v1/chat/completions HTTP/9.9\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\na b: c\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let mut stream = gateway.connect().await;
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{nonsense:?}: {answer}");
    }
    assert_eq!(gateway.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn half_a_body_on_both_surfaces() {
    let gateway = Running::start().await;
    for path in [V4, CHAT] {
        for head in ["content-length: 100", "transfer-encoding: chunked"] {
            // The client says no more, but still listens.
            let chunk = if head.starts_with("transfer") { "40\r\n{\"pro" } else { "{\"pro" };
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\nai-language-model-id: simulator/echo\r\n{head}\r\n\r\n{chunk}"
            );
            let mut stream = gateway.connect().await;
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            let error = refused(path, &Answer::read(&mut stream).await, 400);
            let message = error["error"]["message"].as_str().unwrap();
            assert!(message.contains("ended too early"), "{error}");
        }
    }
}

#[tokio::test]
async fn fifty_megabytes_on_both_surfaces() {
    let gateway = Running::start().await;
    let body = vec![b'['; 50_000_000];
    for path in [V4, CHAT] {
        let answer = gateway.send("POST", path, &[BEARER, JSON, MODEL], &body).await;
        let error = refused(path, &answer, 413);
        assert_eq!(error["error"]["code"], "request_too_large", "{error}");
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains("33554432") && message.contains("server.body_limit"), "{error}");
    }
    // Who has no key is not read at all.
    let answer = gateway
        .send("POST", CHAT, &[("expect", "100-continue"), ("connection", "close")], b"")
        .await;
    refused(CHAT, &answer, 401);
}

/// Everything that is logged, at every level, by every library.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0.lock().unwrap(), " {field}={value:?}");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let _ = write!(self.0.lock().unwrap(), "\n{}", event.metadata().target());
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

const OWN_KEY: &str = "callers-own-secret-1234";
const WRONG_KEY: &str = "wrong-secret-0815";
const PROMPT: &str = "a-very-private-question";

#[tokio::test]
async fn no_key_and_no_prompt_is_told_to_anybody() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    // Providers that say everything they were shown, in every way there is.
    let tattling = |status: u16| {
        ScriptedUpstream::new(move |request| {
            let message =
                format!("Incorrect API key provided: {}", request.header("authorization"));
            provider::failure(status, &message).header("x-seen", request.header("authorization"))
        })
    };
    let upstreams = [401, 429, 500].map(tattling);
    let names = ["refuses", "limits", "breaks"];
    let tables: String = names
        .iter()
        .zip(&upstreams)
        .map(|(name, upstream)| provider::table(name, &upstream.url()))
        .collect();
    // At this port nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let nobody = provider::table("nobody", &format!("http://{}", socket.local_addr().unwrap()));
    let more = format!("{tables}{nobody}[security]\nbyok_base_urls = [\"http://127.0.0.1:*\"]\n");
    let gateway = Running::with(config(&more)).await;
    let mut bodies = Vec::new();
    for name in names.into_iter().chain(["nobody", "unknown"]) {
        let model = format!("{name}/m");
        let byok = json!({ "gateway": { "byok": { name: [{ "apiKey": OWN_KEY }] } } });
        let forbidden = json!({ "gateway": { "byok": { name: [{ "apiKey": OWN_KEY, "baseURL": format!("https://{OWN_KEY}.example") }] } } });
        let nonsense = json!({ "gateway": { "byok": { name: [OWN_KEY] } } });
        for options in [json!({}), byok, forbidden, nonsense] {
            for streams in [true, false] {
                let chat = json!({ "model": model, "messages": [{ "role": "user", "content": PROMPT }], "stream": streams, "providerOptions": options });
                bodies.push(gateway.post(CHAT, &[], &chat.to_string()).await);
                let v4 = json!({ "prompt": [{ "role": "user", "content": [{ "type": "text", "text": PROMPT }] }], "providerOptions": options });
                let streaming = if streams { "true" } else { "false" };
                let headers = [
                    ("ai-language-model-id", model.as_str()),
                    ("ai-language-model-streaming", streaming),
                    ("x-aqueduct-include", "request,response"),
                ];
                bodies.push(gateway.post(V4, &headers, &v4.to_string()).await);
            }
        }
    }
    for path in [V4, CHAT] {
        let wrong = format!("Bearer {WRONG_KEY}");
        bodies.push(gateway.send("POST", path, &[("authorization", &wrong)], b"{}").await);
        let broken =
            format!("{{\"prompt\":\"{PROMPT}\",\"messages\":\"{PROMPT}\",\"model\":\"m\"}}");
        bodies.push(gateway.post(path, &[MODEL], &broken).await);
        bodies.push(gateway.post(path, &[MODEL], &format!("{PROMPT} {{")).await);
    }
    for path in ["/metrics", "/healthz", "/readyz", "/v1/models", "/v4/ai/config", "/nothing"] {
        bodies.push(gateway.get(path).await);
    }
    let secrets = [KEY, PROVIDER_KEY, OWN_KEY, WRONG_KEY];
    for answer in &bodies {
        let shown = format!("{answer:?}");
        for secret in secrets {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert!(!shown.contains(PROMPT), "{shown}");
    }
    let log = log.0.lock().unwrap();
    // It was listened to the end.
    assert!(log.contains("aqueduct_gateway"), "{log}");
    for secret in secrets.into_iter().chain([PROMPT]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is logged");
    }
}

/// A provider with a defect in each place that a call comes through.
struct Defective(ModelInfo);

impl Describe for Defective {
    fn info(&self) -> &ModelInfo {
        &self.0
    }
}

impl Model<Generate> for Defective {
    fn call<'a>(&'a self, _: Generate, _: &'a Context) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async { panic!("a defect with {PROVIDER_KEY}") })
    }
}

impl Model<Stream> for Defective {
    fn call<'a>(&'a self, _: Stream, _: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        let begun = [TextStart::new("0").into(), TextDelta::new("0", "hello ").into()];
        let parts = stream::iter(begun.map(Ok))
            .chain(stream::once(async { panic!("a defect with {PROVIDER_KEY}") }));
        Box::pin(async { Ok(StreamResult::new(Box::pin(parts))) })
    }
}

impl Provider for Defective {
    fn id(&self) -> &'static str {
        "defective"
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(Self(ModelInfo::new("defective", model_id))))
    }
}

#[tokio::test]
async fn a_panic_in_a_call_or_in_a_stream_ends_that_call_alone() {
    let provider = Arc::new(Defective(ModelInfo::new("defective", "m")));
    let gateway = Running::of(Gateway::with_provider(&config(""), provider)).await;
    let v4 =
        json!({ "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "x" }] }] })
            .to_string();
    let chat = |streams: bool| {
        json!({ "model": "defective/m", "messages": [{ "role": "user", "content": "x" }], "stream": streams }).to_string()
    };
    let model = ("ai-language-model-id", "defective/m");
    for _ in 0..3 {
        let whole = gateway.post(V4, &[model], &v4).await;
        assert!(!refused(V4, &whole, 500).to_string().contains("defect"));
        let whole = gateway.post(CHAT, &[], &chat(false)).await;
        assert!(!refused(CHAT, &whole, 500).to_string().contains("defect"));
        // What was said before it still arrives, and the end does not look like that of an answer.
        let streaming = ("ai-language-model-streaming", "true");
        for (path, headers, body) in [
            (V4, &[BEARER, JSON, model, streaming][..], v4.clone()),
            (CHAT, &[BEARER, JSON], chat(true)),
        ] {
            let mut head =
                format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let mut stream = gateway.connect().await;
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer).await;
            assert!(answer.contains("hello "), "{answer}");
            assert!(!answer.contains("defect with") && !answer.contains(PROVIDER_KEY), "{answer}");
            assert!(answer.contains("its log says more"), "{answer}");
            assert!(
                answer.contains(if path == V4 { "internal_server_error" } else { "server_error" }),
                "{answer}"
            );
            assert!(!answer.contains("\"stop\""), "{answer}");
        }
    }
    let metrics = gateway.get("/metrics").await.body;
    assert!(metrics.lines().any(|line| line == "aqueduct_requests_in_flight 0"), "{metrics}");
    assert!(metrics.lines().any(|line| line == "aqueduct_connections 1"), "{metrics}");
}
