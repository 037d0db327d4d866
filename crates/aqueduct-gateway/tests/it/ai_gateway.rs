//! The AI Gateway protocol V4.

use serde_json::{Value, json};

use crate::harness::Running;

fn prompt(text: &str) -> Value {
    json!([{ "role": "user", "content": [{ "type": "text", "text": text }] }])
}

#[tokio::test]
async fn answers_a_language_call() {
    let gateway = Running::start().await;
    let answer =
        gateway.v4("language", "simulator/echo", json!({ "prompt": prompt("Hello") })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["content"][0], json!({ "type": "text", "text": "Hello" }));
    assert_eq!(body["finishReason"]["unified"], "stop");
    assert_eq!(body["usage"]["outputTokens"]["total"], 1);
    assert_eq!(body["warnings"], json!([]));
    assert_eq!(body.get("request"), None);
    assert_eq!(body["response"].get("body"), None);
    assert_eq!(body["response"].get("headers"), None);
    assert!(answer.header("server-timing").unwrap().starts_with("aqueduct;dur="));
    assert!(answer.header("x-aqueduct-generation-id").unwrap().starts_with("gen_"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

async fn stream(gateway: &Running, body: Value) -> crate::harness::Answer {
    let headers = [
        ("ai-language-model-id", "simulator/echo"),
        ("ai-language-model-streaming", "true"),
        ("ai-language-model-specification-version", "4"),
    ];
    gateway.post("/v4/ai/language-model", &headers, &body.to_string()).await
}

#[tokio::test]
async fn streams_a_language_call() {
    let gateway = Running::start().await;
    let answer = stream(&gateway, json!({ "prompt": prompt("one two three") })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.header("content-type").unwrap().starts_with("text/event-stream"));
    let events = answer.events();
    assert_eq!(events[0], json!({ "type": "stream-start", "warnings": [] }));
    let text: String = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(text, "one two three");
    assert_eq!(events.last().unwrap()["type"], "finish");
    assert_eq!(events.last().unwrap()["finishReason"]["unified"], "stop");
}

#[tokio::test]
async fn tells_a_break_in_a_stream_as_a_part() {
    let gateway = Running::start().await;
    let body = json!({
        "prompt": prompt("one two three"),
        "providerOptions": { "simulator": { "failAfterChunks": 1 } },
    });
    let events = stream(&gateway, body).await.events();
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types[types.len() - 2..], ["error", "finish"], "{types:?}");
    let error = &events[events.len() - 2]["error"];
    assert!(error["message"].is_string());
    assert_eq!(error["type"], "failed_dependency");
    assert_eq!(events.last().unwrap()["finishReason"]["unified"], "error");
    assert_eq!(events.last().unwrap()["usage"], json!({ "inputTokens": {}, "outputTokens": {} }));
}

#[tokio::test]
async fn shows_the_exchange_to_who_asks() {
    let gateway = Running::start().await;
    let body = json!({ "prompt": prompt("Hello") }).to_string();
    let headers =
        [("ai-language-model-id", "simulator/echo"), ("x-aqueduct-include", "request, response")];
    let answer = gateway.post("/v4/ai/language-model", &headers, &body).await;
    assert_eq!(answer.status, 200);
    // What the simulator has of an exchange is up to it; that nothing is left out is not.
    let shown = answer.json();
    let hidden =
        gateway.v4("language", "simulator/echo", json!({ "prompt": prompt("Hello") })).await.json();
    let keys = |value: &Value| value["response"].as_object().map_or(0, serde_json::Map::len);
    assert!(keys(&shown) >= keys(&hidden));
}

#[tokio::test]
async fn answers_every_other_kind() {
    let gateway = Running::start().await;
    let ask = |kind: &'static str, model: &'static str, body: Value| {
        let gateway = &gateway;
        async move {
            let answer = gateway.v4(kind, model, body).await;
            assert_eq!(answer.status, 200, "{kind}: {answer:?}");
            answer.json()
        }
    };
    let body = ask("embedding", "simulator/embedding", json!({ "values": ["a", "b"] })).await;
    assert_eq!(body["embeddings"].as_array().unwrap().len(), 2);
    assert!(body["usage"]["tokens"].is_number());
    let image = json!({ "prompt": "a cat", "n": 1, "size": "8x8" });
    let body = ask("image", "simulator/image", image).await;
    assert!(body["images"][0].as_str().unwrap().starts_with("iVBOR"));
    let speech = ask("speech", "simulator/speech", json!({ "text": "good morning" })).await;
    let audio = speech["audio"].as_str().unwrap();
    let said = json!({ "audio": audio, "mediaType": "audio/wav" });
    let body = ask("transcription", "simulator/transcription", said).await;
    assert_eq!(body["text"], "good morning");
    let documents = json!({ "type": "text", "values": ["rain", "sunny day"] });
    let body = ask(
        "reranking",
        "simulator/reranking",
        json!({ "documents": documents, "query": "sunny" }),
    )
    .await;
    assert_eq!(body["ranking"][0]["index"], 1);
    let body = ask("video", "simulator/video", json!({ "prompt": "waves", "n": 1 })).await;
    assert_eq!(body["videos"][0]["type"], "base64");
}

#[tokio::test]
async fn a_video_is_one_event_or_a_job() {
    let gateway = Running::start().await;
    let body = json!({ "prompt": "waves", "n": 1 }).to_string();
    let headers = [("ai-model-id", "simulator/video"), ("accept", "text/event-stream")];
    let answer = gateway.post("/v4/ai/video-model", &headers, &body).await;
    let events = answer.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "result");
    assert_eq!(events[0]["videos"].as_array().unwrap().len(), 1);

    let failing = json!({ "prompt": "x", "n": 1, "providerOptions": { "simulator": { "failure": { "status": 500, "message": "broken" } } } });
    let answer = gateway.post("/v4/ai/video-model", &headers, &failing.to_string()).await;
    assert_eq!(answer.status, 200);
    let event = &answer.events()[0];
    assert_eq!(event["type"], "error");
    assert_eq!(event["statusCode"], 500);
    assert_eq!(event["message"], "broken");
    assert_eq!(event["errorType"], "failed_dependency");
    assert_eq!(event["param"], Value::Null);

    let headers = [("ai-model-id", "simulator/video")];
    let started = gateway.post("/v4/ai/video-model/start", &headers, &body).await.json();
    let ask = json!({ "operation": started["operation"] }).to_string();
    let status = gateway.post("/v4/ai/video-model/status", &headers, &ask).await.json();
    assert_eq!(status["status"], "completed");
}
