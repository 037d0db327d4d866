//! The wire types read what they write and write what they read, also what they do not know.

use aqueduct_providers::anthropic::messages::wire::{
    Block, Content, Event, Request, Response, Tool,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn same<T: Serialize + DeserializeOwned>(value: &Value) -> T {
    let read: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&read).unwrap(), value);
    read
}

#[test]
fn requests_survive() {
    let request: Request = same(&json!({
        "model": "claude-sonnet-5",
        "max_tokens": 1024,
        "temperature": 1,
        "thinking": { "type": "enabled", "budget_tokens": 2048, "depth": "of tomorrow" },
        "system": "be brief",
        "messages": [
            { "role": "user", "content": "hi" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "t", "signature": "s" },
                { "type": "tool_use", "id": "t1", "name": "f", "input": { "a": 1 }, "cache_control": { "type": "ephemeral" } },
                { "type": "block_of_tomorrow", "x": [1] },
            ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t1", "content": [{ "type": "text", "text": "r" }], "is_error": true },
                { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "AA==" } },
                { "type": "document", "source": { "type": "content", "content": [] }, "title": "d" },
            ] },
        ],
        "tools": [
            { "type": "custom", "name": "f", "input_schema": { "type": "object" } },
            { "type": "web_search_20250305", "name": "web_search", "max_uses": 3 },
        ],
        "tool_choice": { "type": "tool", "name": "f", "disable_parallel_tool_use": true },
        "mcp_servers": [{ "type": "url", "name": "m", "url": "https://m.example", "authorization_token": "secret" }],
        "service_tier": "auto",
        "stream": true,
    }));
    assert!(matches!(request.system, Some(Content::Text(_))));
    let kinds: Vec<_> = request.tools.iter().flatten().map(Tool::kind).collect();
    assert_eq!(kinds, [None, Some("web_search_20250305")]);
    let Content::Blocks(blocks) = &request.messages[1].content else { panic!("no blocks") };
    assert!(matches!(blocks[..], [Block::Thinking(_), Block::ToolUse(_), Block::Other(_)]));
    assert!(!format!("{request:?}").contains("secret"));
}

#[test]
fn answers_survive() {
    same::<Response>(&json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [
            { "type": "text", "text": "a", "citations": [{ "type": "char_location", "x": 1 }] },
            { "type": "web_search_tool_result", "tool_use_id": "s1", "content": { "type": "web_search_tool_result_error", "error_code": "unavailable" } },
            { "type": "fallback", "from": "m2" },
        ],
        "stop_reason": "refusal", "stop_sequence": null,
        "stop_details": { "type": "refusal", "category": "c", "more": true },
        "usage": { "input_tokens": 1, "output_tokens": 2, "server_tool_use": { "web_search_requests": 1 } },
        "container": { "id": "c1", "expires_at": "later", "skills": [{ "type": "custom", "skill_id": "s", "version": "1" }] },
    }));
}

#[test]
fn events_survive() {
    let events = [
        json!({ "type": "ping" }),
        json!({ "type": "message_start", "message": { "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": null, "usage": { "input_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "line\nbreak" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "delta_of_tomorrow", "x": 1 } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 2 } }),
        json!({ "type": "error", "error": { "type": "overloaded_error", "message": "o", "details": null } }),
        json!({ "type": "event_of_tomorrow", "x": { "y": 1 } }),
    ];
    for event in events {
        let text = event.to_string();
        let read: Event<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), event);
    }
}
