use aqueduct_spec::batch::{
    BatchItem, BatchOperationOptions, BatchRequest, BatchState, GetBatchResults, GetBatchStatus,
    StartBatch, StartBatchOptions,
};
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{Context, ErrorKind, Model as _, Provider as _, Result};
use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::openai;

fn batch(changes: Value) -> Value {
    let mut batch = json!({
        "id": "batch_1", "status": "completed", "output_file_id": null, "error_file_id": null,
        "created_at": 1_700_000_000, "expires_at": 1_700_086_400, "errors": null,
        "request_counts": { "total": 5, "completed": 2, "failed": 1 },
    });
    let changes = changes.as_object().cloned().unwrap();
    batch.as_object_mut().unwrap().extend(changes);
    batch
}

fn request(id: &str) -> BatchRequest {
    let mut options = CallOptions::new(vec![Message::user("hi")]);
    options.top_k = Some(1.0);
    BatchRequest::new(id, options)
}

async fn status(body: Value) -> Value {
    let upstream = ScriptedUpstream::always(Reply::json(200, &body));
    let model = openai(&upstream).batch_model("gpt-5.6").unwrap();
    let call = GetBatchStatus::from(BatchOperationOptions::new("batch/1"));
    let mut status = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(upstream.requests()[0].target, "/batches/batch%2F1");
    assert!(status.response.take().is_some());
    serde_json::to_value(&status).unwrap()
}

/// The answers of a batch whose files are these.
async fn answers(output: &str, errors: &str) -> Vec<Result<BatchItem>> {
    let (output, errors) = (output.to_owned(), errors.to_owned());
    let files = json!({ "output_file_id": "file-o", "error_file_id": "file-e" });
    let upstream = ScriptedUpstream::new(move |request: &RecordedRequest| match request.path() {
        "/batches/batch_1" => Reply::json(200, &batch(files.clone())),
        "/files/file-o/content" => Reply::new(200).chunks_of(7, output.as_bytes()),
        "/files/file-e/content" => Reply::text(200, errors.as_str()),
        _ => Reply::text(404, "no"),
    });
    let model = openai(&upstream).batch_model("gpt-5.6").unwrap();
    let call = GetBatchResults::from(BatchOperationOptions::new("batch_1"));
    let results = model.call(call, &Context::default()).await.unwrap();
    results.stream.collect().await
}

fn answered(id: &str, body: &Value) -> String {
    let response = json!({ "status_code": 200, "request_id": "r", "body": body });
    format!("{}\r\n", json!({ "custom_id": id, "response": response, "error": null }))
}

fn said(text: &str) -> Value {
    let content = json!([{ "type": "output_text", "text": text, "annotations": [] }]);
    json!({
        "id": "resp_1", "created_at": 1_700_000_000, "model": "gpt-5.6", "service_tier": "default",
        "output": [{ "type": "message", "role": "assistant", "id": "msg_1", "content": content }],
        "usage": { "input_tokens": 10, "output_tokens": 3 },
    })
}

#[tokio::test]
async fn a_batch_goes_up_as_a_file_of_lines() {
    let upstream = ScriptedUpstream::new(|request| match request.path() {
        "/files" => Reply::json(200, &json!({ "id": "file-1" })),
        _ => Reply::json(200, &batch(json!({ "status": "validating" }))),
    });
    let model = openai(&upstream).batch_model("gpt-5.6").unwrap();
    let mut options = StartBatchOptions::new(vec![request("a"), request("b")]);
    let headers = [("x-mine".to_owned(), Some("1".to_owned()))];
    options.headers = Some(headers.into_iter().collect());
    let result = model.call(StartBatch::from(options), &Context::default()).await.unwrap();

    assert_eq!((result.batch_id.as_str(), result.status.state), ("batch_1", BatchState::Pending));
    let warned: Vec<_> = result.warnings.iter().map(|it| it.request_id.as_deref()).collect();
    assert_eq!(warned, [Some("a"), Some("b")]);
    let requests = upstream.requests();
    let [file, create] = requests.as_slice() else { panic!("{requests:?}") };
    assert!(requests.iter().all(|it| it.header("x-mine") == "1"));
    let form = String::from_utf8_lossy(&file.body).into_owned();
    for part in ["name=\"purpose\"\r\n\r\nbatch", "[anchor]\"\r\n\r\ncreated_at", "\r\n\r\n172800"]
    {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert!(form.contains("filename=\"batch.jsonl\"\r\ncontent-type: application/jsonl"), "{form}");
    let lines: Vec<Value> = form
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(Value::is_object)
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[1]["custom_id"], &lines[1]["url"]), (&json!("b"), &json!("/v1/responses")));
    assert_eq!(lines[1]["body"]["input"][0]["content"][0]["text"], "hi");
    let expected = json!({ "input_file_id": "file-1", "endpoint": "/v1/responses", "completion_window": "24h" });
    assert_eq!(create.json(), expected);
}

#[tokio::test]
async fn the_state_is_told_in_common_terms() {
    let errors = json!({ "data": [{ "code": "invalid_request" }] });
    let told = status(batch(json!({ "status": "failed", "errors": errors }))).await;
    let expected = json!({
        "status": "failed",
        "rawStatus": "failed",
        "requestCounts": { "total": 5, "pending": 2, "completed": 2, "failed": 1 },
        "error": { "message": "OpenAI batch failed.", "code": "invalid_request" },
        "createdAt": "2023-11-14T22:13:20.000Z",
        "expiresAt": "2023-11-15T22:13:20.000Z",
    });
    assert_eq!(told, expected);
    let odd = json!({ "total": 1, "completed": 1, "failed": 1 });
    let told = status(batch(json!({ "status": "novelty", "request_counts": odd }))).await;
    assert_eq!(told["status"], "pending");
    assert_eq!(told.get("requestCounts"), None, "counts that do not fit are none");
}

#[tokio::test]
async fn answers_come_out_of_both_files() {
    let call = json!({ "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}" });
    let refused = json!({ "custom_id": "bad", "error": null, "response": {
        "status_code": 400, "request_id": "req_1",
        "body": { "error": { "message": "Invalid.", "type": "invalid_request_error", "code": 7 } },
    } });
    let output = [
        answered("france", &said("Paris")),
        answered("tool", &json!({ "id": "resp_2", "output": [call] })),
        answered("odd", &json!(["no answer"])),
        answered("nothing", &json!({ "incomplete_details": { "reason": "max_output_tokens" } })),
        format!("{refused}\n"),
    ];
    let not_made = |code: &str| {
        let error = json!({ "code": code, "message": "m" });
        json!({ "custom_id": code, "response": null, "error": error }).to_string()
    };
    let errors = ["batch_cancelled", "batch_expired", "request_timeout"].map(not_made).join("\n");
    let items: Vec<Value> = answers(&output.concat(), &errors)
        .await
        .into_iter()
        .map(|item| serde_json::to_value(item.unwrap()).unwrap())
        .collect();

    let states: Vec<_> = items.iter().map(|it| (&it["id"], &it["status"])).collect();
    let expected = [
        ("france", "succeeded"),
        ("tool", "failed"),
        ("odd", "failed"),
        ("nothing", "failed"),
        ("bad", "failed"),
        ("batch_cancelled", "cancelled"),
        ("batch_expired", "expired"),
        ("request_timeout", "failed"),
    ];
    assert_eq!(states.len(), expected.len());
    for (state, (id, status)) in states.into_iter().zip(expected) {
        assert_eq!(state, (&json!(id), &json!(status)));
    }
    let france = &items[0]["result"];
    assert_eq!(france["content"][0]["text"], "Paris");
    assert_eq!(france["usage"]["inputTokens"]["total"], 10);
    let metadata = json!({ "responseId": "resp_1", "serviceTier": "default" });
    assert_eq!(france["providerMetadata"]["openai"], metadata);
    assert_eq!(items[1]["error"]["code"], "unsupported_tool_call");
    let message = "OpenAI Responses returned no output (max_output_tokens).";
    assert_eq!(items[3]["error"]["message"], message);
    let error = json!({
        "message": "Invalid.", "type": "invalid_request_error", "code": "7", "statusCode": 400,
    });
    assert_eq!(items[4]["error"], error);
    assert_eq!(items[4]["providerMetadata"]["openai"]["requestId"], "req_1");
    assert_eq!(items[5]["error"]["message"], "m");
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_the_end() {
    let output =
        format!("{}{{not json}}\n{}", answered("a", &said("A")), answered("b", &said("B")));
    let items = answers(&output, "").await;
    let [Ok(first), Err(error)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(first.id(), "a");
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.model(), Some("gpt-5.6"));
    assert!(!error.to_string().contains("not json"), "{error}");
}

#[tokio::test]
async fn answers_are_not_fetched_too_early_or_too_late() {
    let pending = Reply::json(200, &batch(json!({ "status": "in_progress" })));
    let gone = [
        Reply::json(200, &batch(json!({ "output_file_id": "file-o" }))),
        Reply::json(404, &json!({ "error": { "message": "No such File object" } })),
    ];
    for (replies, kind) in
        [(vec![pending], ErrorKind::InvalidRequest), (gone.into(), ErrorKind::NotFound)]
    {
        let upstream = ScriptedUpstream::replies(replies);
        let model = openai(&upstream).batch_model("gpt-5.6").unwrap();
        let call = GetBatchResults::from(BatchOperationOptions::new("batch_1"));
        let error = model.call(call, &Context::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[test]
fn only_responses_take_batches() {
    let client = aqueduct_http::Client::new();
    let openai = aqueduct_providers::openai::OpenAiSettings::new("k").build(&client);
    assert!(openai.wire("responses").unwrap().batch_model("m").is_ok());
    let error = openai.wire("chat").unwrap().batch_model("m").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
