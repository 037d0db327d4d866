//! Answers in one piece.

use aqueduct_spec::ErrorKind;
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::{generate, hello, host};

async fn answer(body: &Value) -> Value {
    let upstream = ScriptedUpstream::always(Reply::json(200, body));
    serde_json::to_value(generate(host(&upstream), hello()).await.unwrap()).unwrap()
}

#[tokio::test]
async fn order_is_text_reasoning_tool_calls() {
    let answer = answer(&json!({
        "choices": [{
            "message": {
                "role": "",
                "content": "text",
                "reasoning": "other",
                "reasoning_content": "thought",
                "tool_calls": [
                    { "function": { "name": "f", "arguments": "{}" } },
                    { "id": "", "function": { "name": "g", "arguments": "" },
                      "extra_content": { "google": { "thought_signature": "sig" } } },
                ],
            },
            "finish_reason": null,
        }],
        "usage": null,
    }))
    .await;
    assert_eq!(
        answer["content"],
        json!([
            { "type": "text", "text": "text" },
            { "type": "reasoning", "text": "thought" },
            { "type": "tool-call", "toolCallId": "id-1", "toolName": "f", "input": "{}" },
            { "type": "tool-call", "toolCallId": "id-2", "toolName": "g", "input": "",
              "providerMetadata": { "test-host": { "thoughtSignature": "sig" } } },
        ])
    );
    assert_eq!(answer["finishReason"], json!({ "unified": "other" }));
    assert_eq!(answer["usage"], json!({ "inputTokens": {}, "outputTokens": {} }));
}

#[tokio::test]
async fn predictions_are_metadata() {
    let answer = answer(&json!({
        "choices": [{ "message": { "content": null }, "finish_reason": "stop" }],
        "usage": { "completion_tokens_details": { "accepted_prediction_tokens": 3, "rejected_prediction_tokens": null } },
    }))
    .await;
    assert_eq!(
        answer["providerMetadata"],
        json!({ "test-host": { "acceptedPredictionTokens": 3 } })
    );
    assert_eq!(answer["content"], json!([]));
}

#[tokio::test]
async fn errors_say_what_the_host_said() {
    let body = json!({ "error": { "message": "no credit", "code": "insufficient_quota", "param": "model" } });
    let reply = Reply::json(429, &body).header("x-request-id", "req").header("retry-after", "2");
    let upstream = ScriptedUpstream::always(reply);
    let error = generate(host(&upstream), hello()).await.unwrap_err();
    assert_eq!(error.message(), "no credit");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::QuotaExceeded, false));
    assert_eq!(error.code(), Some("insufficient_quota"));
    assert_eq!((error.provider(), error.model()), (Some("test-host.chat"), Some("some-model")));
    assert_eq!(error.request_id(), Some("req"));
    assert!(error.retry_after().is_some());
}

#[tokio::test]
async fn an_unknown_error_body_is_the_status_text() {
    let upstream = ScriptedUpstream::always(Reply::text(503, "<html>secret</html>"));
    let error = generate(host(&upstream), hello()).await.unwrap_err();
    assert_eq!(error.message(), "Service Unavailable");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_error_with_status_200_is_an_error() {
    let body = json!({ "error": { "message": "upstream failed", "code": 502 } });
    let upstream = ScriptedUpstream::always(Reply::json(200, &body));
    let error = generate(host(&upstream), hello()).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Provider, "upstream failed"));
}

#[tokio::test]
async fn an_answer_without_choices_is_an_error() {
    for body in [json!({ "choices": [] }), json!({}), json!([])] {
        let upstream = ScriptedUpstream::always(Reply::json(200, &body));
        let error = generate(host(&upstream), hello()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
    }
}
