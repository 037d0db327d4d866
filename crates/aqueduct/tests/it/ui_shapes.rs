//! Messages for user interfaces as JSON: what is read is written back, whole.

use aqueduct::ui::{ToolUiState, UiMessage, UiMessageChunk, UiMessagePart};
use serde_json::{Value, json};

/// One of every kind, with everything that it may hold.
fn chunks() -> Vec<Value> {
    let meta = json!({ "test": { "a": null } });
    vec![
        json!({ "type": "start", "messageId": "m", "messageMetadata": { "a": 1 } }),
        json!({ "type": "start" }),
        json!({ "type": "start-step" }),
        json!({ "type": "finish-step" }),
        json!({ "type": "reset-step" }),
        json!({ "type": "text-start", "id": "1", "providerMetadata": meta }),
        json!({ "type": "text-delta", "id": "1", "delta": "", "providerMetadata": meta }),
        json!({ "type": "text-end", "id": "1" }),
        json!({ "type": "reasoning-start", "id": "1" }),
        json!({ "type": "reasoning-delta", "id": "1", "delta": "hm" }),
        json!({ "type": "reasoning-end", "id": "1", "providerMetadata": meta }),
        json!({ "type": "custom", "kind": "test.thing", "providerMetadata": meta }),
        json!({ "type": "tool-input-start", "toolCallId": "c", "toolName": "t", "providerExecuted": false,
            "providerMetadata": meta, "toolMetadata": { "a": 1 }, "dynamic": false, "title": "T" }),
        json!({ "type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{" }),
        json!({ "type": "tool-input-available", "toolCallId": "c", "toolName": "t", "input": null }),
        json!({ "type": "tool-input-error", "toolCallId": "c", "toolName": "t", "input": "{", "errorText": "e" }),
        json!({ "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "isAutomatic": true,
            "signature": "s" }),
        json!({ "type": "tool-approval-response", "approvalId": "a", "approved": false, "reason": "r",
            "providerExecuted": true, "providerMetadata": meta }),
        json!({ "type": "tool-output-available", "toolCallId": "c", "output": null, "preliminary": true }),
        json!({ "type": "tool-output-error", "toolCallId": "c", "errorText": "e", "dynamic": true }),
        json!({ "type": "tool-output-denied", "toolCallId": "c" }),
        json!({ "type": "source-url", "sourceId": "s", "url": "https://example.com", "title": "E" }),
        json!({ "type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": "E",
            "filename": "e.txt" }),
        json!({ "type": "file", "url": "data:text/plain;base64,YQ==", "mediaType": "text/plain" }),
        json!({ "type": "reasoning-file", "url": "data:text/plain;base64,YQ==", "mediaType": "text/plain" }),
        json!({ "type": "data-weather", "id": "w", "data": { "c": 20 }, "transient": true }),
        json!({ "type": "data-weather", "data": null }),
        json!({ "type": "error", "errorText": "e" }),
        json!({ "type": "message-metadata", "messageMetadata": null }),
        json!({ "type": "finish", "finishReason": "tool-calls", "messageMetadata": [1] }),
        json!({ "type": "abort", "reason": "r" }),
    ]
}

#[test]
fn chunks_round_trip() {
    for mut chunk in chunks() {
        let read: UiMessageChunk = serde_json::from_value(chunk.clone()).unwrap();
        assert!(!matches!(read, UiMessageChunk::Unknown(_)), "{chunk}");
        assert_eq!(read.tag(), chunk["type"]);
        assert_eq!(serde_json::to_value(&read).unwrap(), chunk);
        chunk["fromTheFuture"] = json!({ "b": [null] });
        let read: UiMessageChunk = serde_json::from_value(chunk.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), chunk, "unknown fields are kept");
    }
    let unknown = json!({ "type": "hologram", "x": 1 });
    let read: UiMessageChunk = serde_json::from_value(unknown.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), unknown);
    for broken in [json!({ "type": "text-delta", "id": "1" }), json!({ "type": "data-x", "id": 1 })]
    {
        assert!(serde_json::from_value::<UiMessageChunk>(broken).is_err());
    }
}

#[test]
fn messages_round_trip() {
    let message = json!({
        "id": "m", "role": "assistant", "metadata": { "model": "x" }, "later": true,
        "parts": [
            { "type": "step-start" },
            { "type": "text", "text": "hi", "state": "streaming", "providerMetadata": { "p": {} } },
            { "type": "reasoning", "text": "hm", "id": "r", "state": "done" },
            { "type": "custom", "kind": "test.thing" },
            { "type": "source-url", "sourceId": "s", "url": "u", "title": "t" },
            { "type": "source-document", "sourceId": "s", "mediaType": "m", "title": "t", "filename": "f" },
            { "type": "file", "mediaType": "m", "url": "u", "filename": "f", "providerReference": { "p": "id" } },
            { "type": "reasoning-file", "mediaType": "m", "url": "u" },
            { "type": "data-weather", "id": "w", "data": null, "extra": 1 },
            { "type": "tool-get-weather", "toolCallId": "c", "state": "output-available", "input": null,
              "output": null, "preliminary": true, "resultProviderMetadata": { "p": {} },
              "approval": { "id": "a", "approved": true, "reason": "r", "isAutomatic": true, "signature": "s" } },
            { "type": "dynamic-tool", "toolName": "mcp", "toolCallId": "d", "state": "output-error",
              "rawInput": "{", "errorText": "e", "title": "T", "toolMetadata": {}, "providerExecuted": true },
            { "type": "hologram" },
        ],
    });
    let read: UiMessage = serde_json::from_value(message.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), message);
    assert_eq!(read.text(), "hi");
    let tools: Vec<_> = read.tools().map(|tool| (tool.name(), tool.is_dynamic())).collect();
    assert_eq!(tools, [("get-weather", false), ("mcp", true)]);
    assert_eq!(read.tools().next().unwrap().state, ToolUiState::OutputAvailable);
    assert!(matches!(read.parts.last(), Some(UiMessagePart::Unknown(_))));
    let error = serde_json::from_value::<UiMessage>(
        json!({ "id": "m", "role": "user", "parts": [{ "type": "tool-x", "toolCallId": "c", "state": "lost" }] }),
    );
    assert!(error.is_err());
}
