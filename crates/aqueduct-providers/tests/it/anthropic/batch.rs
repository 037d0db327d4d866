use aqueduct_spec::batch::{
    BatchItem, BatchOperationOptions, BatchRequest, BatchState, GetBatchResults, GetBatchStatus,
    StartBatch, StartBatchOptions,
};
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{Context, ErrorKind, JsonObject, Model, ProviderOptions};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::provider;

const MODEL: &str = "claude-sonnet-4-5";

fn batch(status: &str) -> Value {
    json!({
        "id": "msgbatch_1", "type": "message_batch", "processing_status": status,
        "request_counts": { "processing": 1, "succeeded": 2, "errored": 1, "canceled": 1, "expired": 1 },
        "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z",
        "results_url": "https://elsewhere.example.com/results",
    })
}

fn request(id: &str) -> BatchRequest {
    let mut options = CallOptions::new(vec![Message::user("hi")]);
    options.seed = Some(1);
    BatchRequest::new(id, options)
}

fn betas(names: &[&str]) -> ProviderOptions {
    ProviderOptions::of(
        "anthropic",
        JsonObject::from_iter([("anthropicBeta".to_owned(), json!(names))]),
    )
}

#[tokio::test]
async fn a_batch_carries_each_call_and_all_betas() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &batch("in_progress")));
    let model = provider(&upstream).batch_model(MODEL).unwrap();
    let mut options = StartBatchOptions::new(vec![request("a"), request("b")]);
    options.provider_options = Some(betas(&["output-300k-2026-03-24"]));
    let result = model.call(StartBatch::from(options), &Context::default()).await.unwrap();

    assert_eq!(result.batch_id, "msgbatch_1");
    assert_eq!(result.status.state, BatchState::Pending);
    let warned: Vec<_> = result.warnings.iter().map(|it| it.request_id.as_deref()).collect();
    assert_eq!(warned, [Some("a"), Some("b")]);
    let requests = upstream.requests();
    assert_eq!(requests[0].path(), "/v1/messages/batches");
    assert_eq!(requests[0].header("anthropic-beta"), "output-300k-2026-03-24");
    let body = requests[0].json();
    assert_eq!(body["requests"][1]["custom_id"], "b");
    assert_eq!(body["requests"][1]["params"]["messages"][0]["content"][0]["text"], "hi");
    assert_eq!(body["requests"][1]["params"].get("stream"), None);
}

#[tokio::test]
async fn a_batch_that_cannot_be_is_not_sent() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &batch("in_progress")));
    let model = provider(&upstream).batch_model(MODEL).unwrap();
    let with = |id: &str, options: ProviderOptions| {
        let mut request = request(id);
        request.options.provider_options = Some(options);
        request
    };
    let fast = ProviderOptions::of(
        "anthropic",
        JsonObject::from_iter([("speed".to_owned(), json!("fast"))]),
    );
    let cases = [
        (vec![request("a"), request("a")], ErrorKind::InvalidRequest),
        (vec![request("not valid")], ErrorKind::InvalidRequest),
        (vec![with("a", betas(&["x"]))], ErrorKind::Unsupported),
        (vec![with("a", fast)], ErrorKind::Unsupported),
    ];
    for (requests, kind) in cases {
        let call = StartBatch::from(StartBatchOptions::new(requests));
        let error = model.call(call, &Context::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn counts_are_told_in_common_terms() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &batch("canceling")));
    let model = provider(&upstream).batch_model(MODEL).unwrap();
    let call = GetBatchStatus::from(BatchOperationOptions::new("msgbatch_1"));
    let status = model.call(call, &Context::default()).await.unwrap();
    let counts = status.request_counts.unwrap();
    assert_eq!((counts.total, counts.pending, counts.completed, counts.failed), (6, 1, 2, 3));
    assert_eq!(
        (status.state, status.raw_status.as_deref()),
        (BatchState::Pending, Some("canceling"))
    );
}

#[tokio::test]
async fn answers_are_read_line_by_line_from_the_configured_host() {
    let message = json!({ "type": "message", "id": "msg_1", "model": MODEL, "content": [{ "type": "thinking", "thinking": "t", "signature": "s" }, { "type": "text", "text": "wörld" }], "stop_reason": "end_turn", "usage": { "input_tokens": 1, "output_tokens": 2 } });
    let lines = [
        json!({ "custom_id": "a", "result": { "type": "succeeded", "message": message } }),
        json!({ "custom_id": "b", "result": { "type": "errored", "error": { "type": "error", "error": { "type": "api_error", "message": "broke" }, "request_id": "req_1" } } }),
        json!({ "custom_id": "c", "result": { "type": "canceled" } }),
        json!({ "custom_id": "d", "result": { "type": "expired" } }),
        json!({ "custom_id": "e", "result": { "type": "succeeded", "message": {} } }),
    ];
    // The last line has no end, and an empty one is none.
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\r\n\n");
    let upstream = ScriptedUpstream::new(move |request| match request.path() {
        "/v1/messages/batches/msgbatch_1" => Reply::json(200, &batch("ended")),
        "/v1/messages/batches/msgbatch_1/results" => Reply::new(200).chunks_of(7, text.as_bytes()),
        _ => Reply::text(404, "no"),
    });
    let model = provider(&upstream).batch_model(MODEL).unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("msgbatch_1"));
    let results = model.call(call, &Context::default()).await.unwrap();
    let items: Vec<BatchItem> = results.stream.map(Result::unwrap).collect().await;

    let told: Vec<_> = items.iter().map(|item| (item.id(), item.tag())).collect();
    assert_eq!(
        told,
        [
            ("a", "succeeded"),
            ("b", "failed"),
            ("c", "cancelled"),
            ("d", "expired"),
            ("e", "failed")
        ]
    );
    let BatchItem::Succeeded(item) = &items[0] else { panic!("not answered") };
    assert_eq!(item.result.text(), "wörld");
    assert_eq!(item.result.usage.total_tokens(), Some(3));
    let BatchItem::Failed(item) = &items[1] else { panic!("not failed") };
    assert_eq!(
        (item.error.message.as_str(), item.error.error_type.as_deref()),
        ("broke", Some("api_error"))
    );
    assert_eq!(
        item.provider_metadata.as_ref().unwrap().get("anthropic").unwrap()["requestId"],
        "req_1"
    );
}

#[tokio::test]
async fn there_are_no_answers_before_the_end() {
    let upstream = ScriptedUpstream::always(Reply::json(200, &batch("in_progress")));
    let model = provider(&upstream).batch_model(MODEL).unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("msgbatch_1"));
    let error = model.call(call, &Context::default()).await.unwrap_err();
    assert_eq!(error.message(), "Anthropic batch \"msgbatch_1\" is not complete.");
    assert_eq!(upstream.requests().len(), 1);
}
