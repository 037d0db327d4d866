//! Everything that can be wrong with a request, and with an answer.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::{Answer, Running, config};

const LANGUAGE: &str = "/v4/ai/language-model";
const MODEL: (&str, &str) = ("ai-language-model-id", "simulator/echo");
const BODY: &str = r#"{"prompt":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#;

#[track_caller]
fn is_error(answer: &Answer, status: u16, kind: &str) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["error"]["type"], kind, "{body}");
    assert!(!body["error"]["message"].as_str().unwrap().is_empty());
    assert!(answer.header("x-aqueduct-generation-id").is_some());
    assert!(answer.header("server-timing").is_some());
    body
}

#[tokio::test]
async fn who_may_not_ask() {
    let gateway = Running::start().await;
    let json = ("content-type", "application/json");
    let answer = gateway.send("POST", LANGUAGE, &[json, MODEL], BODY.as_bytes()).await;
    let body = is_error(&answer, 401, "authentication_error");
    assert!(body["generationId"].as_str().unwrap().starts_with("gen_"));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let wrong = ("authorization", "Bearer wrong-secret-key");
    let answer = gateway.send("POST", LANGUAGE, &[json, MODEL, wrong], BODY.as_bytes()).await;
    is_error(&answer, 401, "authentication_error");
    assert!(!answer.body.contains("wrong-secret-key"));

    let answer = gateway.send("GET", "/v1/models", &[wrong], b"").await;
    let body = is_error(&answer, 401, "invalid_request_error");
    assert_eq!(body["error"]["code"], "invalid_api_key");
    assert_eq!(body["error"]["param"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_asked() {
    let gateway = Running::start().await;
    let ask = |headers: &'static [(&'static str, &'static str)], body: &'static str| {
        gateway.post(LANGUAGE, headers, body)
    };
    for body in ["{", "", "nonsense", "[]"] {
        is_error(&ask(&[MODEL], body).await, 400, "invalid_request_error");
    }
    let answer = ask(&[MODEL], r#"{"prompt":[{"role":"user","content":[{"type":"text"}]}]}"#).await;
    let body = is_error(&answer, 400, "invalid_request_error");
    assert_eq!(body["error"]["param"], "prompt[0].content[0].text");
    let body = is_error(&ask(&[], BODY).await, 400, "invalid_request_error");
    assert_eq!(body["error"]["param"], "ai-model-id".replace("ai-", "ai-language-"));
    let version = ("ai-language-model-specification-version", "3");
    let answer = gateway.post(LANGUAGE, &[MODEL, version], BODY).await;
    is_error(&answer, 400, "invalid_request_error");
    let key = ("authorization", "Bearer test-client-key");
    let form = ("content-type", "text/plain");
    let answer = gateway.send("POST", LANGUAGE, &[key, form, MODEL], BODY.as_bytes()).await;
    is_error(&answer, 415, "invalid_request_error");
}

#[tokio::test]
async fn where_nothing_is() {
    let gateway = Running::start().await;
    is_error(&gateway.get("/v4/ai/nothing").await, 404, "not_found");
    is_error(&gateway.get("/nothing").await, 404, "invalid_request_error");
    is_error(&gateway.get("/v1/nothing").await, 404, "invalid_request_error");
    let answer = gateway.get(LANGUAGE).await;
    is_error(&answer, 405, "invalid_request_error");
    assert_eq!(answer.header("allow"), Some("POST"));
    is_error(&gateway.post("/v1/models", &[], "{}").await, 405, "invalid_request_error");

    let answer =
        gateway.post(LANGUAGE, &[("ai-language-model-id", "simulator/nothing")], BODY).await;
    let body = is_error(&answer, 404, "model_not_found");
    assert_eq!(body["error"]["param"]["modelId"], "simulator/nothing");
    for id in ["nowhere/model", "nothing"] {
        let answer = gateway.post(LANGUAGE, &[("ai-language-model-id", id)], BODY).await;
        is_error(&answer, 404, "model_not_found");
    }
}

#[tokio::test]
async fn how_a_provider_fails() {
    let gateway = Running::start().await;
    let cases = [
        (400, "invalid_request_error"),
        (401, "failed_dependency"),
        (403, "failed_dependency"),
        (404, "not_found"),
        (429, "rate_limit_exceeded"),
        (500, "failed_dependency"),
        (503, "failed_dependency"),
    ];
    for (status, kind) in cases {
        let failure =
            json!({ "status": status, "message": "the provider's words", "retryAfterMs": 1500 });
        let body = json!({
            "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "hi" }] }],
            "providerOptions": { "simulator": { "failure": failure } },
        });
        for streaming in ["true", "false"] {
            let headers = [MODEL, ("ai-language-model-streaming", streaming)];
            let answer = gateway.post(LANGUAGE, &headers, &body.to_string()).await;
            let body = is_error(&answer, status, kind);
            assert_eq!(body["error"]["message"], "the provider's words");
            if status == 429 {
                assert_eq!(answer.header("retry-after"), Some("2"));
                assert_eq!(answer.header("retry-after-ms"), Some("1500"));
            }
        }
    }
    for kind in ["network", "timeout"] {
        let body = json!({
            "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "hi" }] }],
            "providerOptions": { "simulator": { "failure": { "kind": kind } } },
        });
        let answer = gateway.post(LANGUAGE, &[MODEL], &body.to_string()).await;
        is_error(&answer, if kind == "network" { 502 } else { 504 }, "failed_dependency");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let gateway = Running::with(config("[server]\nbody_limit = \"1MiB\"\n")).await;
    // 50 MB, announced and sent before anything is read.
    let large = vec![b' '; 50_000_000];
    let key = ("authorization", "Bearer test-client-key");
    let answer = gateway.send("POST", LANGUAGE, &[key, MODEL], &large).await;
    is_error(&answer, 413, "invalid_request_error");
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("1048576"));

    // Not announced.
    let mut stream = gateway.connect().await;
    let head = format!(
        "POST {LANGUAGE} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer test-client-key\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..20 {
        stream.write_all(b"20000\r\n").await.unwrap();
        stream.write_all(&[b' '; 0x20000]).await.unwrap();
        stream.write_all(b"\r\n").await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    is_error(&Answer::read(&mut stream).await, 413, "invalid_request_error");

    // Asked before it is sent.
    let mut stream = gateway.connect().await;
    let head = head
        .replace("transfer-encoding: chunked", "content-length: 50000000\r\nexpect: 100-continue");
    stream.write_all(head.as_bytes()).await.unwrap();
    is_error(&Answer::read(&mut stream).await, 413, "invalid_request_error");
}

#[tokio::test]
async fn a_request_that_never_ends() {
    let gateway =
        Running::with(config("[server]\nbody_timeout = \"50ms\"\nheader_timeout = \"50ms\"\n"))
            .await;
    let mut stream = gateway.connect().await;
    let head = format!(
        "POST {LANGUAGE} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer test-client-key\r\ncontent-length: 100\r\n\r\n{{\"pro"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    is_error(&Answer::read(&mut stream).await, 408, "invalid_request_error");

    let mut stream = gateway.connect().await;
    stream.write_all(b"POST /v4/ai/language-model HTTP/1.1\r\nhost: loc").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let gateway = Running::start().await;
    let mut stream = gateway.connect().await;
    let head = format!(
        "POST {LANGUAGE} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer test-client-key\r\ncontent-length: 100\r\n\r\n{{\"pro"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    // It goes on with others.
    assert_eq!(gateway.get("/healthz").await.status, 200);
}
