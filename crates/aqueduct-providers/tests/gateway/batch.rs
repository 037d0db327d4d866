//! Batches.

use aqueduct_providers::gateway::GatewayOptions;
use aqueduct_spec::batch::{
    BatchItem, BatchOperationOptions, BatchState, GetBatchResults, GetBatchStatus, StartBatch,
    StartBatchOptions,
};
use aqueduct_spec::{Context, Error, ErrorKind, Model, Provider};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::upstream::{Answer, End, Upstream, call_headers};

fn start(value: Value) -> StartBatch {
    serde_json::from_value::<StartBatchOptions>(value).unwrap().into()
}

fn prompt() -> Value {
    json!([{"role": "user", "content": [{"type": "file", "mediaType": "a/b", "data": {"type": "data", "data": "aGk="}}]}])
}

#[tokio::test]
async fn starting() {
    let answer = json!({
        "batchId": "b1", "status": "pending", "rawStatus": "validating", "createdAt": "2026-01-01T00:00:00Z",
        "warnings": [{"requestId": "1", "warning": {"type": "unsupported", "feature": "seed"}}],
    });
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let model = upstream.gateway().batch_model("openai/gpt-5").unwrap();
    let requests = json!([{"id": "1", "options": {"prompt": prompt(), "maxOutputTokens": 5, "reasoning": "high"}}]);
    let mut call = start(json!({"requests": requests, "headers": {"x-call": "1"}}));
    call.options_mut().provider_options =
        Some(GatewayOptions::new().idempotency_key("k1").tags(["t"]).into());
    let result = model.call(call, &Context::default()).await.unwrap();
    assert_eq!((result.batch_id.as_str(), result.status.state), ("b1", BatchState::Pending));
    assert_eq!(result.warnings.len(), 1);

    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/batch/start");
    assert_eq!(
        received.headers,
        call_headers([("ai-model-id", "openai/gpt-5"), ("idempotency-key", "k1"), ("x-call", "1")])
    );
    assert_eq!(
        received.json(),
        json!({"modelId": "openai/gpt-5", "requests": requests, "providerOptions": {"gateway": {"tags": ["t"]}}})
    );
}

#[tokio::test]
async fn options_that_held_the_key_alone_are_left_out() {
    let answer = json!({"batchId": "b1", "status": "pending", "warnings": null});
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call =
        start(json!({"requests": [], "providerOptions": {"gateway": {"idempotencyKey": "k1"}}}));
    model.call(call, &Context::default()).await.unwrap();
    let received = upstream.received().await;
    assert_eq!(received.headers["idempotency-key"], "k1");
    assert_eq!(received.json(), json!({"modelId": "m", "requests": []}));
}

#[tokio::test]
async fn what_a_batch_does_not_take_is_warned_of() {
    let answer = json!({"batchId": "b1", "status": "pending"});
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call = start(json!({"requests": [
        {"id": "1", "options": {"prompt": []}},
        {"id": "2", "options": {"prompt": [], "tools": [{"type": "function", "name": "t", "inputSchema": {}}], "toolChoice": {"type": "auto"},
            "responseFormat": {"type": "text"}, "includeRawChunks": true, "headers": {"a": "b"}}},
    ]}));
    let result = model.call(call, &Context::default()).await.unwrap();
    let warnings = serde_json::to_value(&result.warnings).unwrap();
    let features: Vec<_> = warnings
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["warning"]["feature"].as_str().unwrap())
        .collect();
    assert_eq!(features, ["tools", "toolChoice", "responseFormat", "includeRawChunks", "headers"]);
    assert!(result.warnings.iter().all(|one| one.request_id.as_deref() == Some("2")));
    let body = upstream.received().await.json();
    assert_eq!(body["requests"][1], json!({"id": "2", "options": {"prompt": []}}));
}

#[tokio::test]
async fn status() {
    let answer = json!({
        "status": "completed", "rawStatus": null, "requestCounts": {"total": 2, "pending": 0, "completed": 2, "failed": 0},
        "error": null, "expiresAt": "2026-01-02T00:00:00Z",
    });
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call = GetBatchStatus::from(BatchOperationOptions::new("b1"));
    let status = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(status.state, BatchState::Completed);
    assert_eq!(status.request_counts.unwrap().completed, 2);
    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/batch/status");
    assert_eq!(received.headers, call_headers([("ai-model-id", "m")]));
    assert_eq!(received.json(), json!({"batchId": "b1"}));
}

async fn results(answer: Answer) -> (Upstream, Vec<BatchItem>, Option<Error>) {
    let upstream = Upstream::new([answer]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("b1"));
    let mut stream = model.call(call, &Context::default()).await.unwrap().stream;
    let (mut items, mut failure) = (Vec::new(), None);
    while let Some(item) = stream.next().await {
        assert!(failure.is_none(), "an error ends the stream");
        match item {
            Ok(item) => items.push(item),
            Err(error) => failure = Some(error),
        }
    }
    (upstream, items, failure)
}

const LINES: &str = concat!(
    "{\"id\":\"1\",\"status\":\"succeeded\",\"result\":{\"content\":[],\"finishReason\":{\"unified\":\"stop\"},\"usage\":{},\"warnings\":[],",
    "\"response\":{\"timestamp\":\"2026-02-11T00:46:38.000Z\"}}}\r\n",
    "\r\n  \n",
    "{\"id\":\"2\",\"status\":\"failed\",\"error\":{\"message\":\"no\",\"statusCode\":400}}\n",
    "{\"id\":\"3\",\"status\":\"cancelled\"}\n",
    "{\"id\":\"4\",\"status\":\"expired\",\"error\":{\"message\":\"late\"}}",
);

#[tokio::test]
async fn results_arrive_line_by_line() {
    let (mut upstream, items, error) =
        results(Answer::new(200, "application/x-ndjson", LINES)).await;
    assert!(error.is_none());
    let ids: Vec<_> = items.iter().map(|item| (item.id(), item.tag())).collect();
    assert_eq!(ids, [("1", "succeeded"), ("2", "failed"), ("3", "cancelled"), ("4", "expired")]);
    let BatchItem::Succeeded(item) = &items[0] else { panic!() };
    assert!(item.result.response.as_ref().unwrap().timestamp.is_some());
    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v4/ai/batch/results");
    assert_eq!(received.headers, call_headers([("ai-model-id", "m")]));
    assert_eq!(received.json(), json!({"batchId": "b1"}));
}

#[tokio::test]
async fn results_may_be_cut_anywhere_into_chunks() {
    for bytes in [1, 11, 46, 115, 220] {
        let answer = Answer::new(200, "application/x-ndjson", LINES).in_chunks_of(bytes);
        let (_, items, error) = results(answer).await;
        assert!(error.is_none(), "{bytes}");
        let ids: Vec<_> = items.iter().map(BatchItem::id).collect();
        assert_eq!(ids, ["1", "2", "3", "4"], "{bytes}");
    }
}

#[tokio::test]
async fn a_bad_line_ends_the_results() {
    let good = "{\"id\":\"3\",\"status\":\"cancelled\"}\n";
    for bad in [
        "{my secret",
        "{\"id\":\"1\"}",
        "{\"status\":\"cancelled\"}",
        "{\"id\":\"2\",\"status\":\"failed\"}",
        "[]",
    ] {
        let body = format!("{good}{bad}\n{good}");
        let (_, items, error) = results(Answer::new(200, "application/x-ndjson", body)).await;
        let error = error.unwrap();
        assert_eq!((items.len(), error.kind()), (1, ErrorKind::InvalidResponse), "{bad}");
        assert_eq!((error.provider(), error.model()), (Some("gateway"), Some("m")));
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[tokio::test]
async fn results_that_break_off_are_an_error() {
    let answer = Answer::new(200, "application/x-ndjson", LINES).end(End::Cut);
    let (_, items, error) = results(answer).await;
    assert_eq!((items.len(), error.unwrap().kind()), (3, ErrorKind::Network));
}

#[tokio::test]
async fn dropping_the_results_closes_the_connection() {
    let line = "{\"id\":\"3\",\"status\":\"cancelled\"}\n";
    let answer = Answer::new(200, "application/x-ndjson", line).end(End::Open);
    let mut upstream = Upstream::new([answer]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("b1"));
    let mut results = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(results.stream.next().await.unwrap().unwrap().id(), "3");
    drop(results);
    upstream.closed().await;
}

#[tokio::test]
async fn an_unknown_batch_is_not_found() {
    let body = json!({"error": {"message": "no such batch", "type": "not_found"}});
    let upstream = Upstream::new([Answer::json(404, &body)]).await;
    let model = upstream.gateway().batch_model("m").unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("b1"));
    let error =
        Model::<GetBatchResults>::call(&model, call, &Context::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, "no such batch"));
}
