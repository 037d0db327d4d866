//! Streams, with all that hosts get wrong.

use serde_json::{Value, json};

use super::{delta, finish, hello, host, parts, parts_of, types};
use aqueduct_testkit::{Reply, ScriptedUpstream};

fn call(fields: &Value) -> String {
    delta(&json!({ "tool_calls": [fields] }))
}

#[tokio::test]
async fn reasoning_ends_where_text_begins() {
    let parts = parts_of([
        delta(&json!({ "role": "", "content": "", "reasoning": "hm" })),
        delta(&json!({ "content": null, "reasoning_content": "m", "reasoning": "ignored" })),
        delta(&json!({ "content": "yes" })),
        finish("stop"),
    ])
    .await;
    assert_eq!(
        types(&parts),
        [
            "stream-start",
            "response-metadata",
            "reasoning-start",
            "reasoning-delta",
            "reasoning-delta",
            "reasoning-end",
            "text-start",
            "text-delta",
            "text-end",
            "finish",
        ]
    );
    assert_eq!(parts[4]["delta"], "m");
}

#[tokio::test]
async fn a_name_may_come_late() {
    let parts = parts_of([
        call(&json!({ "index": 1, "id": "a", "function": { "arguments": "{\"x\"" } })),
        call(&json!({ "index": 1, "function": { "name": "f", "arguments": ":" } })),
        call(&json!({ "index": 1, "function": { "arguments": "1}" } })),
        finish("tool_calls"),
        "[DONE]".to_owned(),
    ])
    .await;
    assert_eq!(parts[2], json!({ "type": "tool-input-start", "id": "a", "toolName": "f" }));
    assert_eq!(parts[3], json!({ "type": "tool-input-delta", "id": "a", "delta": "{\"x\":" }));
    let whole = json!({
        "type": "tool-call", "toolCallId": "a", "toolName": "f", "input": "{\"x\":1}",
    });
    assert_eq!(parts[6], whole);
}

#[tokio::test]
async fn a_name_that_never_comes_is_an_error() {
    let parts = parts_of([
        call(&json!({ "index": 0, "id": "a", "function": { "arguments": "{}" } })),
        finish("tool_calls"),
    ])
    .await;
    assert_eq!(types(&parts).last(), Some(&"failed"));
    assert!(parts.last().unwrap()["failed"].as_str().unwrap().contains("name"));
}

#[tokio::test]
async fn calls_without_an_index_are_told_apart_by_id() {
    let parts = parts_of([
        call(&json!({ "id": "a", "function": { "name": "f", "arguments": "{" } })),
        call(&json!({ "function": { "arguments": "}" } })),
        call(&json!({ "id": "b", "function": { "name": "g", "arguments": "{}" } })),
        finish("tool_calls"),
    ])
    .await;
    let calls: Vec<_> = parts.iter().filter(|part| part["type"] == "tool-call").collect();
    assert_eq!(calls.len(), 2);
    assert_eq!((&calls[0]["input"], &calls[1]["input"]), (&json!("{}"), &json!("{}")));
}

#[tokio::test]
async fn empty_ids_are_replaced() {
    let parts = parts_of([
        call(&json!({ "index": 0, "id": "", "function": { "name": "f", "arguments": "1" } })),
        call(&json!({ "index": 1, "id": "", "function": { "name": "g", "arguments": "2" } })),
        call(&json!({ "index": 0, "id": "", "function": { "name": "", "arguments": "1" } })),
        finish("tool_calls"),
    ])
    .await;
    let calls = parts.iter().filter(|part| part["type"] == "tool-call");
    let calls: Vec<_> = calls.map(|call| (&call["toolCallId"], &call["input"])).collect();
    assert_eq!(calls, [(&json!("id-1"), &json!("11")), (&json!("id-2"), &json!("2"))]);
}

#[tokio::test]
async fn an_empty_chunk_after_the_end_doubles_nothing() {
    let parts = parts_of([
        call(&json!({ "index": 0, "id": "a", "function": { "name": "f", "arguments": "{}" } })),
        finish("tool_calls"),
        call(&json!({ "index": 0, "id": "a", "function": { "name": null, "arguments": "" } })),
    ])
    .await;
    assert_eq!(parts.iter().filter(|part| part["type"] == "tool-call").count(), 1);
}

#[tokio::test]
async fn the_last_usage_counts_and_keeps_its_extra_fields() {
    let usage = |n: u64| json!({ "choices": [], "usage": { "prompt_tokens": n, "x": { "y": n } } });
    let parts = parts_of([
        delta(&json!({ "content": "a" })),
        finish("stop"),
        usage(1).to_string(),
        usage(2).to_string(),
    ])
    .await;
    let usage = &parts.last().unwrap()["usage"];
    assert_eq!(usage["inputTokens"]["total"], 2);
    assert_eq!(usage["raw"], json!({ "prompt_tokens": 2, "x": { "y": 2 } }));
}

#[tokio::test]
async fn an_error_beside_choices_is_an_error() {
    let parts = parts_of([
        delta(&json!({ "content": "a" })),
        json!({ "error": { "message": "overloaded", "code": 502 }, "choices": [] }).to_string(),
    ])
    .await;
    let error = parts.iter().find(|part| part["type"] == "error").unwrap();
    assert_eq!(error["error"], json!({ "message": "overloaded", "code": 502 }));
    assert_eq!(parts.last().unwrap()["finishReason"], json!({ "unified": "error" }));
}

#[tokio::test]
async fn odd_metadata_harms_nothing() {
    let parts = parts_of([
        json!({ "id": 7, "model": ["m"], "created": "now", "choices": [{ "index": null, "delta": { "content": "a" } }] })
            .to_string(),
        finish("never_heard_of"),
    ])
    .await;
    assert_eq!(parts[1], json!({ "type": "response-metadata" }));
    assert_eq!(parts[3]["delta"], "a");
    assert_eq!(
        parts.last().unwrap()["finishReason"],
        json!({ "unified": "other", "raw": "never_heard_of" })
    );
}

#[tokio::test]
async fn text_after_an_unreadable_chunk_still_comes() {
    let parts = parts_of([
        "{nonsense".to_owned(),
        json!({ "choices": [{ "delta": { "content": 5 } }] }).to_string(),
        "{}".to_owned(),
        delta(&json!({ "content": "a" })),
        finish("stop"),
    ])
    .await;
    assert_eq!(
        types(&parts),
        [
            "stream-start",
            "error",
            "error",
            "error",
            "response-metadata",
            "text-start",
            "text-delta",
            "text-end",
            "finish",
        ]
    );
    assert!(!parts[1].to_string().contains("nonsense"));
}

#[tokio::test]
async fn a_character_may_be_cut_in_two() {
    let half = |half: &str| delta(&json!({ "content": "?" })).replace('?', half);
    let parts =
        parts_of([half(r"\ud83d"), half(r"\ude00"), half(r"\ud83d."), finish("stop")]).await;
    let texts = parts.iter().filter_map(|part| part["delta"].as_str());
    assert_eq!(texts.collect::<String>(), "😀\u{fffd}.");
    assert!(!types(&parts).contains(&"error"));
}

#[tokio::test]
async fn nobody_waits_for_a_connection_after_the_end() {
    let reply = Reply::events([delta(&json!({ "content": "a" })), finish("stop")])
        .chunk("data: [DONE]\n\n")
        .stall();
    let upstream = ScriptedUpstream::always(reply);
    let parts = parts(host(&upstream), hello()).await;
    assert_eq!(types(&parts).last(), Some(&"finish"));
}

#[tokio::test]
async fn a_connection_that_ends_well_is_used_again() {
    let chunks = [delta(&json!({ "content": "a" })), finish("stop"), "[DONE]".to_owned()];
    let text: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let reply = Reply::new(200).header("content-type", "text/event-stream");
    let upstream = ScriptedUpstream::always(reply.content_length(text.len()).chunk(text));
    let model = super::model(host(&upstream));
    for _ in 0..2 {
        let call = aqueduct_spec::Stream::from(hello());
        let result = aqueduct_spec::Model::call(&*model, call, &super::context()).await.unwrap();
        futures_util::StreamExt::collect::<Vec<_>>(result.stream).await;
    }
    assert_eq!(upstream.requests()[1].connection, 0);
}

#[tokio::test]
async fn a_broken_connection_is_an_error_of_the_stream() {
    let reply = Reply::events([delta(&json!({ "content": "a" }))]).cut();
    let upstream = ScriptedUpstream::always(reply);
    let parts = parts(host(&upstream), hello()).await;
    assert_eq!(types(&parts).last(), Some(&"failed"));
}

#[tokio::test]
async fn a_whole_answer_is_a_stream_too() {
    let answer = json!({
        "id": "c",
        "choices": [{
            "message": { "content": "hi", "reasoning": "hm", "tool_calls": [
                { "function": { "name": "f", "arguments": "{}" } },
            ] },
            "finish_reason": "tool_calls",
        }],
        "usage": { "prompt_tokens": 1 },
    });
    let upstream = ScriptedUpstream::always(Reply::json(200, &answer));
    let parts = parts(host(&upstream), hello()).await;
    assert_eq!(
        types(&parts),
        [
            "stream-start",
            "response-metadata",
            "reasoning-start",
            "reasoning-delta",
            "reasoning-end",
            "text-start",
            "text-delta",
            "tool-input-start",
            "tool-input-delta",
            "text-end",
            "tool-input-end",
            "tool-call",
            "finish",
        ]
    );
    assert_eq!(parts.last().unwrap()["usage"]["inputTokens"]["total"], 1);
}

#[tokio::test]
async fn an_error_in_the_place_of_a_stream_fails_the_call() {
    let error = json!({ "error": { "message": "no such model", "code": "model_not_found" } });
    let upstream = ScriptedUpstream::always(Reply::json(200, &error));
    let call = aqueduct_spec::Stream::from(hello());
    let model = super::model(host(&upstream));
    let error = aqueduct_spec::Model::call(&*model, call, &super::context()).await.unwrap_err();
    assert_eq!(error.message(), "no such model");
    assert_eq!(error.kind(), aqueduct_spec::ErrorKind::NoSuchModel);
}

#[tokio::test]
async fn events_under_a_wrong_name_are_read() {
    let events = format!("data: {}\n\ndata: [DONE]\n\n", delta(&json!({ "content": "a" })));
    let reply = Reply::new(200).header("content-type", "application/json").chunk(events);
    let upstream = ScriptedUpstream::always(reply);
    let parts = parts(host(&upstream), hello()).await;
    assert!(types(&parts).contains(&"text-delta"));
}
