//! Responses, as OpenAI sends them.

use serde_json::{Value, json};

use super::content::{self, PIECES};
use super::named;

const MESSAGE: &str = "msg_0e2ed64344ac7f31016994b30597248197afefe0ff4bfd83ec";
const THOUGHT: &str = "rs_0e2ed64344ac7f31016994b30597248197afefe0ff4bfd83ec";
const CALL: &str = "fc_0e2ed64344ac7f31016994b30597248197afefe0ff4bfd83ec";

/// Numbers the events between the begin and the end of an answer.
fn response(middle: Vec<Value>, output: &[Value]) -> Vec<String> {
    let answer = |status: &str, output: &[Value]| {
        json!({
            "id": "resp_0e2ed64344ac7f31016994b30480ac819785e6e4cd43a28c52", "object": "response",
            "created_at": 1_771_352_836, "status": status, "background": false, "error": null,
            "incomplete_details": null, "instructions": null, "max_output_tokens": null,
            "model": "gpt-5.2-2025-12-11", "output": output, "parallel_tool_calls": true,
            "reasoning": { "effort": "none", "summary": null }, "service_tier": "auto",
            "store": false, "temperature": 1, "text": { "format": { "type": "text" } },
            "tool_choice": "auto", "tools": [], "top_p": 0.98, "truncation": "disabled",
            "usage": {
                "input_tokens": 9, "input_tokens_details": { "cached_tokens": 0 },
                "output_tokens": 1000, "output_tokens_details": { "reasoning_tokens": 0 },
                "total_tokens": 1009,
            },
            "user": null, "metadata": {},
        })
    };
    let begin = ["response.created", "response.in_progress"]
        .map(|kind| json!({ "type": kind, "response": answer("in_progress", &[]) }));
    let end = json!({ "type": "response.completed", "response": answer("completed", output) });
    let events = begin.into_iter().chain(middle).chain([end]);
    let numbered = events.enumerate().map(|(number, mut event)| {
        event["sequence_number"] = number.into();
        named(&event)
    });
    numbered.collect()
}

/// An item, from its begin to its end.
fn item(at: u64, begin: &Value, middle: Vec<Value>, whole: &Value) -> Vec<Value> {
    let added = json!({ "type": "response.output_item.added", "item": begin, "output_index": at });
    let done = json!({ "type": "response.output_item.done", "item": whole, "output_index": at });
    std::iter::once(added).chain(middle).chain([done]).collect()
}

fn message(at: u64, pieces: usize) -> (Vec<Value>, Value) {
    let part = |text: &str| json!({ "type": "output_text", "annotations": [], "logprobs": [], "text": text });
    let begin = json!({ "id": MESSAGE, "type": "message", "status": "in_progress", "content": [], "role": "assistant" });
    let text: String = content::text(pieces).collect();
    let mut middle = vec![json!({
        "type": "response.content_part.added", "content_index": 0, "item_id": MESSAGE,
        "output_index": at, "part": part(""),
    })];
    middle.extend(content::text(pieces).map(|text| {
        json!({
            "type": "response.output_text.delta", "content_index": 0, "delta": text,
            "item_id": MESSAGE, "logprobs": [], "obfuscation": "NBzQFZHtY7Dwh", "output_index": at,
        })
    }));
    middle.push(json!({
        "type": "response.output_text.done", "content_index": 0, "item_id": MESSAGE,
        "logprobs": [], "output_index": at, "text": text,
    }));
    middle.push(json!({
        "type": "response.content_part.done", "content_index": 0, "item_id": MESSAGE,
        "output_index": at, "part": part(&text),
    }));
    let whole = json!({ "id": MESSAGE, "type": "message", "status": "completed", "content": [part(&text)], "role": "assistant" });
    (item(at, &begin, middle, &whole), whole)
}

pub(super) fn text() -> Vec<String> {
    let (events, whole) = message(0, PIECES);
    response(events, &[whole])
}

pub(super) fn tool() -> Vec<String> {
    let (arguments, pieces) = content::arguments();
    let call = |status: &str, arguments: &str| {
        json!({
            "id": CALL, "type": "function_call", "status": status, "arguments": arguments,
            "call_id": "call_6KxSghkb4MVnunFH2TxPErLP", "name": "write_file",
        })
    };
    let delta = |piece| {
        json!({
            "type": "response.function_call_arguments.delta", "delta": piece, "item_id": CALL,
            "obfuscation": "NBzQFZHtY7Dwh", "output_index": 0,
        })
    };
    let mut middle: Vec<Value> = pieces.into_iter().map(delta).collect();
    middle.push(json!({
        "type": "response.function_call_arguments.done", "arguments": arguments, "item_id": CALL,
        "output_index": 0,
    }));
    let whole = call("completed", &arguments);
    response(item(0, &call("in_progress", ""), middle, &whole), &[whole])
}

pub(super) fn reasoning() -> Vec<String> {
    let text: String = content::text(PIECES / 2).collect();
    let part = |text: &str| json!({ "type": "summary_text", "text": text });
    let begin = json!({ "id": THOUGHT, "type": "reasoning", "summary": [] });
    let whole = json!({ "id": THOUGHT, "type": "reasoning", "summary": [part(&text)] });
    let event = |kind: &str, name: &str, value: Value| {
        let mut event = json!({
            "type": kind, "item_id": THOUGHT, "output_index": 0, "summary_index": 0,
        });
        event[name] = value;
        event
    };
    let mut middle = vec![event("response.reasoning_summary_part.added", "part", part(""))];
    middle.extend(content::text(PIECES / 2).map(|piece| {
        let mut event = event("response.reasoning_summary_text.delta", "delta", piece.into());
        event["obfuscation"] = "NBzQFZHtY7Dwh".into();
        event
    }));
    middle.push(event("response.reasoning_summary_text.done", "text", text.as_str().into()));
    middle.push(event("response.reasoning_summary_part.done", "part", part(&text)));
    let mut events = item(0, &begin, middle, &whole);
    let (more, message) = message(1, PIECES / 2);
    events.extend(more);
    response(events, &[whole, message])
}
