//! What serde writes is the V4 JSON: every shape read and written back unchanged, wrong ones refused with the field's name.

use aqueduct_spec::language::{
    CallOptions, Content, FilePart, GenerateResult, Message, StreamPart, TextPart,
};
use aqueduct_spec::warning::Warning;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a test helper outside #[test]"
)]
fn round_trip<T: DeserializeOwned + Serialize>(value: Value) -> T {
    let typed: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), value);
    typed
}

#[test]
fn call_options() {
    let call: CallOptions = round_trip(json!({
        "prompt": [
            {"role": "system", "content": "be brief", "providerOptions": {"anthropic": {"cacheControl": {"type": "ephemeral"}}}},
            {"role": "user", "content": [
                {"type": "text", "text": "hi"},
                {"type": "file", "data": {"type": "data", "data": "aGk="}, "mediaType": "image/*", "filename": "a.png"},
                {"type": "file", "data": {"type": "url", "url": "https://example.com/a.pdf"}, "mediaType": "application/pdf"},
                {"type": "file", "data": {"type": "reference", "reference": {"openai": "file-1"}}, "mediaType": "image"},
                {"type": "file", "data": {"type": "text", "text": "plain"}, "mediaType": "text/plain"},
                {"type": "hologram", "beam": 3},
            ]},
            {"role": "assistant", "content": [
                {"type": "reasoning", "text": "hm", "providerOptions": {"x": {"signature": "s"}}},
                {"type": "reasoning-file", "data": {"type": "data", "data": "aGk="}, "mediaType": "image/png"},
                {"type": "custom", "kind": "openai.compaction"},
                {"type": "tool-call", "toolCallId": "1", "toolName": "t", "input": {"b": 1, "a": 2}, "providerExecuted": true},
                {"type": "tool-result", "toolCallId": "1", "toolName": "t", "output": {"type": "json", "value": null}},
            ]},
            {"role": "tool", "content": [
                {"type": "tool-result", "toolCallId": "2", "toolName": "t", "output": {"type": "content", "value": [
                    {"type": "text", "text": "x"}, {"type": "custom", "providerOptions": {"a": {}}}]}},
                {"type": "tool-result", "toolCallId": "3", "toolName": "t", "output": {"type": "execution-denied", "reason": "no"}},
                {"type": "tool-result", "toolCallId": "4", "toolName": "t", "output": {"type": "error-json", "value": [1]}},
                {"type": "tool-approval-response", "approvalId": "5", "approved": false, "reason": "no"},
            ]},
        ],
        "maxOutputTokens": 10, "temperature": 1, "topP": 0.5, "topK": 40, "stopSequences": ["a"], "seed": 7,
        "responseFormat": {"type": "json", "schema": {"type": "object", "properties": {"z": {}, "a": {}}}, "name": "n"},
        "tools": [
            {"type": "function", "name": "f", "inputSchema": {"type": "object"}, "inputExamples": [{"input": {"q": 1}}], "strict": true},
            {"type": "provider", "id": "openai.web_search", "name": "search", "args": {}},
        ],
        "toolChoice": {"type": "tool", "toolName": "f"},
        "includeRawChunks": true, "headers": {"x-a": "b", "x-c": null}, "reasoning": "xhigh",
        "providerOptions": {"gateway": {"order": ["groq"]}}, "future": [1, 2],
    }));
    assert_eq!(call.rest["future"], json!([1, 2]));
    assert_eq!(call.prompt.len(), 4);
}

#[test]
fn property_order_survives() {
    let text =
        r#"{"type":"json","schema":{"properties":{"reasoning":{},"answer":{}},"type":"object"}}"#;
    let format: aqueduct_spec::language::ResponseFormat = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&format).unwrap(), text);
}

#[test]
fn every_content_part() {
    for part in [
        json!({"type": "text", "text": "a", "providerMetadata": {"p": {"k": 1}}}),
        json!({"type": "reasoning", "text": "a"}),
        json!({"type": "custom", "kind": "p.k"}),
        json!({"type": "reasoning-file", "mediaType": "image/png", "data": {"type": "data", "data": "aGk="}}),
        json!({"type": "file", "mediaType": "image/png", "data": {"type": "url", "url": "https://e.com"}}),
        json!({"type": "tool-approval-request", "approvalId": "1", "toolCallId": "2"}),
        json!({"type": "source", "sourceType": "url", "id": "1", "url": "https://e.com", "title": "t"}),
        json!({"type": "source", "sourceType": "document", "id": "1", "mediaType": "text/plain", "title": "t", "filename": "f"}),
        json!({"type": "tool-call", "toolCallId": "1", "toolName": "t", "input": "{}", "dynamic": true}),
        json!({"type": "tool-result", "toolCallId": "1", "toolName": "t", "result": [1], "isError": true, "preliminary": true}),
        json!({"type": "not-yet-known", "x": {"y": [1]}}),
    ] {
        let known = part["type"] != "not-yet-known";
        let content: Content = round_trip(part);
        assert_eq!(!matches!(content, Content::Unknown(_)), known);
    }
}

#[test]
fn every_stream_part() {
    for part in [
        json!({"type": "stream-start", "warnings": [{"type": "unsupported", "feature": "topK"}]}),
        json!({"type": "response-metadata", "id": "1", "timestamp": "2026-02-11T00:46:38.000Z", "modelId": "m"}),
        json!({"type": "text-start", "id": "0"}),
        json!({"type": "text-delta", "id": "0", "delta": ""}),
        json!({"type": "text-end", "id": "0", "providerMetadata": {"p": {}}}),
        json!({"type": "reasoning-start", "id": "0"}),
        json!({"type": "reasoning-delta", "id": "0", "delta": "d"}),
        json!({"type": "reasoning-end", "id": "0"}),
        json!({"type": "tool-input-start", "id": "0", "toolName": "t", "providerExecuted": true, "dynamic": true, "title": "T"}),
        json!({"type": "tool-input-delta", "id": "0", "delta": "{"}),
        json!({"type": "tool-input-end", "id": "0"}),
        json!({"type": "tool-call", "toolCallId": "0", "toolName": "t", "input": "{}"}),
        json!({"type": "tool-result", "toolCallId": "0", "toolName": "t", "result": 1}),
        json!({"type": "tool-approval-request", "approvalId": "1", "toolCallId": "2"}),
        json!({"type": "custom", "kind": "p.k"}),
        json!({"type": "file", "mediaType": "a/b", "data": {"type": "data", "data": ""}}),
        json!({"type": "reasoning-file", "mediaType": "a/b", "data": {"type": "data", "data": ""}}),
        json!({"type": "source", "sourceType": "url", "id": "1", "url": "u"}),
        json!({"type": "finish", "usage": {"inputTokens": {"total": 1, "cacheRead": 0}, "outputTokens": {}, "raw": {"n": null}},
               "finishReason": {"unified": "content-filter", "raw": "x"}}),
        json!({"type": "raw", "rawValue": {"a": [null]}}),
        json!({"type": "error", "error": "boom"}),
        json!({"type": "later", "n": 1}),
    ] {
        let known = part["type"] != "later";
        let typed: StreamPart = round_trip(part);
        assert_eq!(!matches!(typed, StreamPart::Unknown(_)), known);
    }
}

#[test]
fn results_and_warnings() {
    round_trip::<GenerateResult>(json!({
        "content": [], "finishReason": {"unified": "stop"}, "usage": {"inputTokens": {}, "outputTokens": {"total": 2, "text": 1, "reasoning": 1}},
        "warnings": [], "request": {"body": {"model": "m"}}, "response": {"id": "1", "headers": {"a": "b"}, "body": null},
        "providerMetadata": {"groq": {}},
    }));
    round_trip::<aqueduct_spec::embedding::EmbedResult>(
        json!({"embeddings": [[0.5, 1.0]], "warnings": [], "usage": {"tokens": 3}}),
    );
    round_trip::<aqueduct_spec::reranking::RerankResult>(
        json!({"ranking": [{"index": 1, "relevanceScore": 0.5}]}),
    );
    round_trip::<aqueduct_spec::video::VideoStatus>(
        json!({"status": "completed", "videos": [{"type": "base64", "data": "aGk=", "mediaType": "video/mp4"}], "warnings": []}),
    );
    for warning in [
        json!({"type": "unsupported", "feature": "f", "details": "d"}),
        json!({"type": "compatibility", "feature": "f"}),
        json!({"type": "deprecated", "setting": "s", "message": "m"}),
        json!({"type": "other", "message": "m"}),
    ] {
        round_trip::<Warning>(warning);
    }
}

#[test]
fn a_wrong_field_is_named() {
    let error = serde_json::from_value::<CallOptions>(json!({
        "prompt": [{"role": "user", "content": [{"type": "text", "text": 3}]}]
    }))
    .unwrap_err()
    .to_string();
    assert!(error.contains("content[0]") && error.contains("text"), "{error}");
    let error = serde_json::from_value::<CallOptions>(json!({"prompt": [{"content": "x"}]}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("role"), "{error}");
}

#[test]
fn messages_say_who_says_what() {
    let messages: Vec<Message> = round_trip(json!([
        {"role": "user", "content": [
            {"type": "file", "data": {"type": "data", "data": "aGk="}, "mediaType": "image/png"},
            {"type": "text", "text": "What is it?"},
        ]},
        {"role": "assistant", "content": [
            {"type": "reasoning", "text": "hm"},
            {"type": "text", "text": "A "},
            {"type": "text", "text": "cat."},
        ]},
        {"role": "developer", "content": "?"},
    ]));
    let said: Vec<_> = messages.iter().map(|message| (message.role(), message.text())).collect();
    let expected = [("user", "What is it?"), ("assistant", "A cat."), ("developer", "")];
    assert_eq!(said, expected.map(|(role, text)| (role, text.to_owned())));
    let parts = [FilePart::new(b"hi", "image/png").into(), TextPart::new("What is it?").into()];
    assert_eq!(Message::user_parts(parts), messages[0]);
}
