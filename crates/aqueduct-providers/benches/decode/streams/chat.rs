//! Chat completions, as xAI (behind the general provider) and OpenAI send them.

use serde_json::{Value, json};

use super::content::{self, PIECES};
use super::data;

const DONE: &str = "data: [DONE]\n\n";

/// A chunk of xAI's.
fn compatible(delta: &Value, finish_reason: Option<&str>) -> String {
    let mut choice = json!({ "index": 0, "delta": delta });
    if let Some(reason) = finish_reason {
        choice["finish_reason"] = reason.into();
    }
    data(&json!({
        "id": "f0f0f217-c24d-1fee-5fe3-28fa1d3c8c94",
        "object": "chat.completion.chunk",
        "created": 1_770_772_287,
        "model": "grok-3-mini",
        "choices": [choice],
        "system_fingerprint": "fp_2a885414fb",
    }))
}

fn compatible_end(reason: &str) -> [String; 3] {
    let usage = data(&json!({
        "id": "f0f0f217-c24d-1fee-5fe3-28fa1d3c8c94",
        "object": "chat.completion.chunk",
        "created": 1_770_772_291,
        "model": "grok-3-mini",
        "choices": [],
        "usage": {
            "prompt_tokens": 12, "completion_tokens": 1000, "total_tokens": 1012,
            "prompt_tokens_details": { "text_tokens": 12, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 11 },
            "completion_tokens_details": { "reasoning_tokens": 340, "audio_tokens": 0 },
        },
        "system_fingerprint": "fp_2a885414fb",
    }));
    [compatible(&json!({}), Some(reason)), usage, DONE.to_owned()]
}

pub(super) fn compatible_text() -> Vec<String> {
    let pieces = content::text(PIECES).map(|text| compatible(&json!({ "content": text }), None));
    pieces.chain(compatible_end("stop")).collect()
}

pub(super) fn compatible_reasoning() -> Vec<String> {
    let thought = content::text(PIECES / 2);
    let thought = thought.map(|text| compatible(&json!({ "reasoning_content": text }), None));
    let text = content::text(PIECES / 2);
    let text = text.map(|text| compatible(&json!({ "content": text }), None));
    thought.chain(text).chain(compatible_end("stop")).collect()
}

/// The first delta of a call, then those of its arguments.
fn calls() -> impl Iterator<Item = Value> {
    let first = json!({ "tool_calls": [{
        "index": 0, "id": "call_79382389", "type": "function",
        "function": { "name": "write_file", "arguments": "" },
    }] });
    let more = content::arguments()
        .1
        .into_iter()
        .map(|piece| json!({ "tool_calls": [{ "index": 0, "function": { "arguments": piece } }] }));
    std::iter::once(first).chain(more)
}

pub(super) fn compatible_tool() -> Vec<String> {
    calls().map(|delta| compatible(&delta, None)).chain(compatible_end("tool_calls")).collect()
}

/// A chunk of OpenAI's.
fn chunk(delta: &Value, finish_reason: Option<&str>) -> String {
    data(&json!({
        "id": "chatcmpl-D8Z5oo6uDh67AD85p73ksdT1KxhE0",
        "object": "chat.completion.chunk",
        "created": 1_770_933_892,
        "model": "gpt-4.1-nano-2025-04-14",
        "service_tier": "default",
        "system_fingerprint": "fp_de604bd877",
        "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason }],
        "usage": null,
        "obfuscation": "yhjoJbEF",
    }))
}

fn end(reason: &str) -> [String; 3] {
    let usage = data(&json!({
        "id": "chatcmpl-D8Z5oo6uDh67AD85p73ksdT1KxhE0",
        "object": "chat.completion.chunk",
        "created": 1_770_933_892,
        "model": "gpt-4.1-nano-2025-04-14",
        "service_tier": "default",
        "system_fingerprint": "fp_de604bd877",
        "choices": [],
        "usage": {
            "prompt_tokens": 16, "completion_tokens": 1000, "total_tokens": 1016,
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": 0, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        },
        "obfuscation": "h9RiQLL",
    }));
    [chunk(&json!({}), Some(reason)), usage, DONE.to_owned()]
}

pub(super) fn text() -> Vec<String> {
    let first = chunk(&json!({ "role": "assistant", "content": "", "refusal": null }), None);
    let pieces = content::text(PIECES).map(|text| chunk(&json!({ "content": text }), None));
    std::iter::once(first).chain(pieces).chain(end("stop")).collect()
}

pub(super) fn tool() -> Vec<String> {
    calls().map(|delta| chunk(&delta, None)).chain(end("tool_calls")).collect()
}
