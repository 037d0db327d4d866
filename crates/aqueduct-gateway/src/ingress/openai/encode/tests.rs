//! What only some models answer: signatures, sources, files, and failures on the way.

use aqueduct_spec::language::{GenerateResult, StreamPart};
use aqueduct_spec::{Error, Result};
use serde_json::{Value, json};

use super::{Chunks, Settings, response};

fn chunks(include_usage: bool) -> Chunks {
    Chunks::new(Settings { id: "ours".into(), model: "asked".into(), created: 5, include_usage })
}

/// What a client reads of the parts.
fn written(chunks: &mut Chunks, parts: Vec<Result<Value>>) -> Vec<Value> {
    let mut text = String::new();
    for part in parts {
        let part = part.map(|part| serde_json::from_value::<StreamPart>(part).unwrap());
        text.push_str(std::str::from_utf8(&chunks.write(part)).unwrap());
    }
    text.push_str(std::str::from_utf8(&chunks.end()).unwrap());
    let mut events: Vec<_> =
        text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    assert_eq!(events.pop(), Some("[DONE]"));
    events.into_iter().map(|event| serde_json::from_str(event).unwrap()).collect()
}

fn signed() -> Value {
    json!({ "google": { "thoughtSignature": "sig" } })
}

fn source() -> Value {
    json!({ "type": "source", "sourceType": "url", "id": "s", "url": "https://e.x/", "title": "E" })
}

fn picture(data: &Value) -> Value {
    json!({ "type": "file", "mediaType": "image/png", "data": data })
}

#[test]
fn a_call_that_was_not_streamed_comes_whole_with_its_signature() {
    let call = json!({ "type": "tool-call", "toolCallId": "a", "toolName": "f", "input": "{}", "providerMetadata": signed() });
    let events = written(&mut chunks(false), vec![Ok(call)]);
    let call = &events[0]["choices"][0]["delta"]["tool_calls"][0];
    assert_eq!(
        *call,
        json!({ "index": 0, "id": "a", "type": "function", "function": { "name": "f", "arguments": "{}" },
                "extra_content": { "google": { "thought_signature": "sig" } } })
    );
}

#[test]
fn a_signature_follows_a_call_that_was_streamed() {
    let events = written(
        &mut chunks(false),
        vec![
            Ok(json!({ "type": "tool-input-start", "id": "a", "toolName": "f" })),
            Ok(json!({ "type": "tool-input-delta", "id": "a", "delta": "{}" })),
            Ok(json!({ "type": "tool-input-delta", "id": "unknown", "delta": "lost" })),
            Ok(
                json!({ "type": "tool-call", "toolCallId": "a", "toolName": "f", "input": "{}", "providerMetadata": signed() }),
            ),
        ],
    );
    assert_eq!(events.len(), 3);
    let last = &events[2]["choices"][0]["delta"]["tool_calls"][0];
    assert_eq!(last["index"], 0);
    assert_eq!(last["extra_content"]["google"]["thought_signature"], "sig");
    assert_eq!(last["function"]["arguments"], "");
}

#[test]
fn what_the_provider_ran_itself_is_not_the_clients_to_run() {
    let events = written(
        &mut chunks(false),
        vec![
            Ok(
                json!({ "type": "tool-input-start", "id": "a", "toolName": "search", "providerExecuted": true }),
            ),
            Ok(
                json!({ "type": "tool-call", "toolCallId": "a", "toolName": "search", "input": "{}", "providerExecuted": true }),
            ),
            Ok(
                json!({ "type": "finish", "finishReason": { "unified": "stop" }, "usage": { "inputTokens": {}, "outputTokens": {} } }),
            ),
        ],
    );
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["choices"][0]["finish_reason"], "stop");
}

#[test]
fn sources_and_files_are_streamed() {
    let inline = picture(&json!({ "type": "data", "data": "AAAA" }));
    let linked = picture(&json!({ "type": "url", "url": "https://e.x/a.png" }));
    let elsewhere = picture(&json!({ "type": "reference", "reference": { "x": "y" } }));
    let events =
        written(&mut chunks(false), vec![Ok(source()), Ok(inline), Ok(linked), Ok(elsewhere)]);
    assert_eq!(events.len(), 3, "{events:?}");
    let delta = |at: usize| events[at]["choices"][0]["delta"].clone();
    assert_eq!(
        delta(0)["annotations"],
        json!([{ "type": "url_citation", "url_citation": { "url": "https://e.x/", "title": "E" } }])
    );
    assert_eq!(delta(1)["images"][0]["image_url"]["url"], "data:image/png;base64,AAAA");
    assert_eq!(delta(2)["images"][0]["image_url"]["url"], "https://e.x/a.png");
    assert_eq!(events[0]["id"], "ours");
}

#[test]
fn a_stream_is_named_by_its_first_word_alone() {
    let name = |id: &str| json!({ "type": "response-metadata", "id": id, "modelId": "m", "timestamp": "1970-01-01T00:00:09Z" });
    let text = || json!({ "type": "text-delta", "id": "t", "delta": "a" });
    let events = written(
        &mut chunks(false),
        vec![Ok(name("theirs")), Ok(text()), Ok(name("late")), Ok(text())],
    );
    for event in &events {
        assert_eq!(
            (&event["id"], &event["model"], &event["created"]),
            (&json!("theirs"), &json!("m"), &json!(9))
        );
    }
}

#[test]
fn a_failure_is_told_and_ends_the_stream() {
    let failures = [
        Err(Error::invalid_response("it broke")),
        Ok(json!({ "type": "error", "error": { "message": "it broke" } })),
    ];
    for failure in failures {
        let mut chunks = chunks(true);
        let events = written(&mut chunks, vec![failure]);
        assert!(chunks.is_over());
        assert_eq!(events.len(), 1);
        assert!(events[0]["error"]["message"].is_string(), "{events:?}");
        assert!(chunks.end().is_empty(), "the end was written twice");
    }
}

#[test]
fn reasons_to_stop_are_words_that_clients_know() {
    for (unified, raw, expected) in [
        ("length", "max_tokens", "length"),
        ("content-filter", "SAFETY", "content_filter"),
        ("tool-calls", "tool_use", "tool_calls"),
        ("other", "function_call", "function_call"),
        ("other", "MALFORMED", "stop"),
        ("error", "", "stop"),
    ] {
        let result: GenerateResult = serde_json::from_value(json!({
            "content": [], "finishReason": { "unified": unified, "raw": raw },
            "usage": { "inputTokens": {}, "outputTokens": {} }, "warnings": [],
        }))
        .unwrap();
        let body = serde_json::to_value(response(result, "id", 0, "m".into())).unwrap();
        assert_eq!(body["choices"][0]["finish_reason"], expected, "{unified} {raw}");
    }
}

#[test]
fn a_whole_answer_has_the_same_parts() {
    let result: GenerateResult = serde_json::from_value(json!({
        "content": [
            { "type": "reasoning", "text": "h" }, { "type": "reasoning", "text": "m" },
            { "type": "text", "text": "a" }, { "type": "text", "text": "b" },
            source(), picture(&json!({ "type": "data", "data": "AAAA" })),
            { "type": "tool-call", "toolCallId": "s", "toolName": "search", "input": "{}", "providerExecuted": true },
        ],
        "finishReason": { "unified": "stop", "raw": "stop" },
        "usage": { "inputTokens": { "total": 3, "cacheRead": 1 }, "outputTokens": { "total": 4, "reasoning": 2 } },
        "warnings": [{ "type": "unsupported", "feature": "topK" }],
    }))
    .unwrap();
    let body = serde_json::to_value(response(result, "id", 0, "m".into())).unwrap();
    let message = &body["choices"][0]["message"];
    assert_eq!(message["content"], "ab");
    assert_eq!(message["reasoning_content"], "hm");
    assert_eq!(message["annotations"][0]["url_citation"]["url"], "https://e.x/");
    assert_eq!(message["images"][0]["image_url"]["url"], "data:image/png;base64,AAAA");
    assert_eq!(message.get("tool_calls"), None);
    assert_eq!(body["usage"]["prompt_tokens_details"]["cached_tokens"], 1);
    assert_eq!(body["usage"]["completion_tokens_details"]["reasoning_tokens"], 2);
    assert_eq!(body["warnings"][0]["feature"], "topK");
}
