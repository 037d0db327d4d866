//! Starting, watching and stopping.

use std::sync::Arc;

use aqueduct_gateway::{Config, Gateway};
use aqueduct_providers::Environment;
use aqueduct_spec::{LanguageModel, Provider, Result};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::harness::{Running, config};

#[tokio::test]
async fn is_alive_ready_and_counts() {
    let gateway = Running::start().await;
    assert_eq!(gateway.get("/healthz").await.json(), json!({ "status": "ok" }));
    assert_eq!(gateway.get("/readyz").await.json(), json!({ "status": "ready" }));
    let prompt = json!([{ "role": "user", "content": [{ "type": "text", "text": "one two" }] }]);
    gateway.v4("language", "simulator/echo", json!({ "prompt": prompt })).await;
    gateway.v4("language", "simulator/none", json!({ "prompt": prompt })).await;
    let failing = json!({ "prompt": prompt, "providerOptions": { "simulator": { "failure": { "status": 429 } } } });
    gateway.v4("language", "simulator/echo", failing).await;
    let metrics = gateway.get("/metrics").await;
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain"));
    let labels = r#"surface="ai_gateway",operation="generate",model="simulator/echo""#;
    for line in [
        format!("aqueduct_requests_total{{{labels},status=\"200\"}} 1"),
        format!("aqueduct_requests_total{{{labels},status=\"429\"}} 1"),
        format!("aqueduct_tokens_total{{{labels},type=\"output\"}} 2"),
        r#"aqueduct_requests_total{surface="ai_gateway",operation="refused",model="",status="404"} 1"#.to_owned(),
        "aqueduct_requests_in_flight 0".to_owned(),
    ] {
        assert!(metrics.body.lines().any(|found| found == line), "{line}\nnot in\n{}", metrics.body);
    }
}

#[tokio::test]
async fn lets_a_stream_end_before_it_stops() {
    let mut gateway = Running::with(config("[server]\nshutdown_grace = \"1m\"\n")).await;
    let body = json!({
        "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "one two three four" }] }],
        "providerOptions": { "simulator": { "chunkDelayMs": 40 } },
    })
    .to_string();
    let head = format!(
        "POST /v4/ai/language-model HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer test-client-key\r\nai-language-model-id: simulator/echo\r\nai-language-model-streaming: true\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = gateway.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).await.unwrap();
    gateway.stop();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("\"finish\"") && rest.ends_with("0\r\n\r\n"), "{rest}");
    gateway.task.await.unwrap();
    assert!(tokio::net::TcpStream::connect(gateway.address).await.is_err());
}

#[tokio::test]
async fn closes_a_stream_that_does_not_end() {
    let mut gateway = Running::with(config("[server]\nshutdown_grace = \"50ms\"\n")).await;
    let body = r#"{"prompt":[{"role":"user","content":[{"type":"text","text":"a b c"}]}],"providerOptions":{"simulator":{"stallAfterChunks":1}}}"#;
    let head = format!(
        "POST /v4/ai/language-model HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer test-client-key\r\nai-language-model-id: simulator/echo\r\nai-language-model-streaming: true\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = gateway.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 1]).await.unwrap();
    gateway.stop();
    gateway.task.await.unwrap();
}

#[tokio::test]
async fn says_that_it_is_stopping() {
    let mut gateway = Running::with(config("[server]\ndrain_delay = \"1m\"\n")).await;
    assert_eq!(gateway.get("/readyz").await.status, 200);
    gateway.stop();
    // The signal is taken by another task; until then it is ready.
    while gateway.get("/readyz").await.status == 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gateway.get("/readyz").await.status, 503);
    assert_eq!(gateway.get("/healthz").await.status, 200);
    gateway.task.abort();
}

#[tokio::test]
async fn without_keys_it_serves_this_machine_alone() {
    let config =
        Config::from_environment(&Environment::default()).with_listen(([127, 0, 0, 1], 0).into());
    let gateway = Gateway::new(config.with_discover_local(false)).await.unwrap();
    let anywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let error = gateway.serve(anywhere, std::future::pending()).await.unwrap_err();
    assert!(error.message().contains("loopback"), "{error}");

    let gateway = Running::of(gateway).await;
    let answer = gateway.send("GET", "/v1/models", &[], b"").await;
    assert_eq!(answer.status, 200);
    let answer =
        gateway.send("GET", "/v1/models", &[("origin", "https://evil.example")], b"").await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_server_that_the_environment_names_is_found_once() {
    let ollama = ScriptedUpstream::new(|request| match request.path() {
        "/v1/models" => Reply::json(200, &json!({ "object": "list", "data": [{ "id": "qwen3" }] })),
        "/" => Reply::text(200, "Ollama is running"),
        _ => Reply::new(404),
    });
    let here = ollama.url();
    let elsewhere = "http://10.0.0.7:11434".to_owned();
    for (told, names) in [(&here, ["ollama/qwen3"]), (&elsewhere, ["ollama-2/qwen3"])] {
        let environment = Environment::from([
            ("OLLAMA_BASE_URL", told.clone()),
            ("AQUEDUCT_LOCAL_BASE_URLS", here.clone()),
        ]);
        let gateway = Gateway::new(Config::from_environment(&environment)).await.unwrap();
        let found = gateway.models().filter(|model| model.model_id == "qwen3");
        assert_eq!(found.map(|model| model.id.as_str()).collect::<Vec<_>>(), names);
        let providers = gateway.router().unwrap().provider_ids();
        let n_ollamas = providers.filter(|id| id.starts_with("ollama")).count();
        assert_eq!(n_ollamas, if told == &here { 1 } else { 2 });
    }
}

/// A provider with a defect.
struct Defective;

impl Provider for Defective {
    fn id(&self) -> &'static str {
        "defective"
    }

    fn language_model(&self, _model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        panic!("a defect")
    }
}

#[tokio::test]
async fn a_panic_ends_one_request_and_no_more() {
    let config =
        Config::from_environment(&Environment::default()).with_listen(([127, 0, 0, 1], 0).into());
    let gateway = Running::of(Gateway::with_provider(&config, Arc::new(Defective))).await;
    let prompt = json!([{ "role": "user", "content": [{ "type": "text", "text": "x" }] }]);
    let answer = gateway.v4("language", "a/b", json!({ "prompt": prompt })).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["error"]["type"], "internal_server_error");
    assert!(!answer.body.contains("a defect"));
    let body = r#"{"model":"a/b","messages":[{"role":"user","content":"x"}]}"#;
    let answer = gateway.post("/v1/chat/completions", &[], body).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["type"].as_str()),
        (500, Some("server_error"))
    );
    assert_eq!(gateway.get("/healthz").await.status, 200);
}
