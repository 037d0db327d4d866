//! Whole answers and streams are the same thing.

use aqueduct_spec::language::{GenerateResult, StreamPart};
use aqueduct_spec::{Error, ErrorKind};
use aqueduct_testkit::{fold, unfold};
use serde_json::{Value, json};

fn answer() -> Value {
    json!({
        "content": [
            { "type": "reasoning", "text": "hm", "providerMetadata": { "x": { "signature": "s" } } },
            { "type": "text", "text": "well" },
            { "type": "tool-call", "toolCallId": "c1", "toolName": "t", "input": "{}" },
            { "type": "source", "sourceType": "url", "id": "s1", "url": "https://example.com" },
            { "type": "text", "text": "then" },
            { "type": "news", "of": "tomorrow" },
        ],
        "finishReason": { "unified": "tool-calls", "raw": "tool" },
        "usage": { "inputTokens": { "total": 1 }, "outputTokens": { "total": 2 } },
        "providerMetadata": { "x": { "y": 1 } },
        "response": { "id": "r", "modelId": "m" },
        "warnings": [{ "type": "other", "message": "w" }],
    })
}

#[test]
fn an_answer_survives_being_streamed() {
    let result: GenerateResult = serde_json::from_value(answer()).unwrap();
    let parts = unfold(result.clone());
    assert_eq!(parts.first().unwrap().tag(), "stream-start");
    assert_eq!(fold(parts.into_iter().map(Ok)).unwrap(), result);
}

#[test]
fn blocks_may_interleave_and_ids_come_again() {
    let parts = json!([
        { "type": "text-start", "id": "0" },
        { "type": "reasoning-start", "id": "0" },
        { "type": "text-delta", "id": "0", "delta": "a" },
        { "type": "reasoning-delta", "id": "0", "delta": "r" },
        { "type": "text-delta", "id": "0", "delta": "b" },
        { "type": "text-end", "id": "0" },
        { "type": "text-start", "id": "0" },
        { "type": "text-delta", "id": "0", "delta": "c" },
    ]);
    let parts: Vec<StreamPart> = serde_json::from_value(parts).unwrap();
    let result = fold(parts.into_iter().map(Ok)).unwrap();
    let content = serde_json::to_value(&result.content).unwrap();
    assert_eq!(
        content,
        json!([
            { "type": "text", "text": "ab" }, { "type": "reasoning", "text": "r" }, { "type": "text", "text": "c" },
        ])
    );
}

#[test]
fn errors_end_it() {
    let part =
        serde_json::from_value(json!({ "type": "error", "error": { "message": "no" } })).unwrap();
    assert_eq!(fold([Ok(part)]).unwrap_err().message(), "no");
    let error = Error::new(ErrorKind::Network, "cut");
    assert_eq!(fold([Err(error)]).unwrap_err().kind(), ErrorKind::Network);
}
