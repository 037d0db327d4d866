//! Messages, as Anthropic sends them.

use serde_json::{Value, json};

use super::content::{self, PIECES};
use super::named;

fn message(blocks: impl IntoIterator<Item = String>, stop_reason: &str) -> Vec<String> {
    let start = named(&json!({ "type": "message_start", "message": {
        "model": "claude-sonnet-4-5-20250929", "id": "msg_01ER9WDtM4ZYgPLrGMbiNZu6",
        "type": "message", "role": "assistant", "content": [],
        "stop_reason": null, "stop_sequence": null,
        "usage": {
            "input_tokens": 2273, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "cache_creation": { "ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0 },
            "output_tokens": 3, "service_tier": "standard",
        },
    } }));
    let end = [
        named(&json!({
            "type": "message_delta",
            "delta": { "stop_reason": stop_reason, "stop_sequence": null },
            "usage": {
                "input_tokens": 2273, "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0, "output_tokens": 1000,
            },
        })),
        named(&json!({ "type": "message_stop" })),
    ];
    std::iter::once(start).chain(blocks).chain(end).collect()
}

fn start(index: u64, block: &Value) -> String {
    named(&json!({ "type": "content_block_start", "index": index, "content_block": block }))
}

fn delta(index: u64, delta: &Value) -> String {
    named(&json!({ "type": "content_block_delta", "index": index, "delta": delta }))
}

fn stop(index: u64) -> String {
    named(&json!({ "type": "content_block_stop", "index": index }))
}

fn text_block(index: u64, pieces: usize) -> Vec<String> {
    let ping = named(&json!({ "type": "ping" }));
    let begin = [start(index, &json!({ "type": "text", "text": "" })), ping];
    let pieces = content::text(pieces)
        .map(|text| delta(index, &json!({ "type": "text_delta", "text": text })));
    begin.into_iter().chain(pieces).chain([stop(index)]).collect()
}

pub(super) fn text() -> Vec<String> {
    message(text_block(0, PIECES), "end_turn")
}

pub(super) fn tool() -> Vec<String> {
    let block = json!({
        "type": "tool_use", "id": "toolu_019jKkXz4jAdwHweHBw92CVY", "name": "write_file",
        "input": {},
    });
    let first =
        [start(0, &block), delta(0, &json!({ "type": "input_json_delta", "partial_json": "" }))];
    let pieces = content::arguments().1.into_iter();
    let pieces =
        pieces.map(|piece| delta(0, &json!({ "type": "input_json_delta", "partial_json": piece })));
    message(first.into_iter().chain(pieces).chain([stop(0)]), "tool_use")
}

pub(super) fn reasoning() -> Vec<String> {
    let begin = start(0, &json!({ "type": "thinking", "thinking": "", "signature": "" }));
    let thought = content::text(PIECES / 2)
        .map(|text| delta(0, &json!({ "type": "thinking_delta", "thinking": text })));
    let signature = "EqoBCkgIARABGAIiQL2UoU0b1OHYi+yCHpBY7U6FQW8/FcoLewocJQPa2HnmLM+NECy50y44F/kD4SULFXi57buI9fAvyBwtyjlOiO0SDE3+r3spdg6PLOo9PBoMma2ku5OTAoR46j9VIjDRlvNmBvff7YW4WI9oU8XagaOBSxLPxElrhyuxppEn7m6bfT40dqBSTDrfiw4FYB4qEPETTI6TA6wtjGAAqmFqKTo=";
    let signed = [delta(0, &json!({ "type": "signature_delta", "signature": signature })), stop(0)];
    let blocks = std::iter::once(begin).chain(thought).chain(signed);
    message(blocks.chain(text_block(1, PIECES / 2)), "end_turn")
}
