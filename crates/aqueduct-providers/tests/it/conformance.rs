//! Every provider with a wire passes the same checks, against what its vendor sends.

use aqueduct_http::Client;
use aqueduct_providers::{Entry, Settings, find};
use aqueduct_testkit::conformance::{self, Recording, Scenario, Wire};
use serde_json::{Value, json};

/// The model of a provider that calls an upstream.
fn at(provider: &'static str, path: &'static str, model: &'static str) -> Wire {
    at_entry(find(provider).unwrap(), path, model)
}

pub(crate) fn at_entry(entry: &'static Entry, path: &'static str, model: &'static str) -> Wire {
    Wire::new(move |base_url| {
        let settings = Settings::new()
            .with("name", entry.id)
            .with("apiKey", "test")
            .with("baseURL", format!("{base_url}{path}"));
        entry.build(&settings, &Client::new()).unwrap().language_model(model).unwrap()
    })
}

/// An answer of the chat protocol: the message of the whole answer, and the deltas of the stream.
fn chat(message: &Value, finish: &str, deltas: &[Value]) -> Recording {
    let usage = json!({ "prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12 });
    let head = |object: &str, choices: Value| json!({ "id": "chatcmpl-1", "object": object, "created": 1_770_770_798, "model": "m-1", "choices": choices });
    let mut body = head(
        "chat.completion",
        json!([{ "index": 0, "message": message, "finish_reason": finish }]),
    );
    body["usage"] = usage.clone();
    let chunk = |delta: &Value, finish: Value| {
        head(
            "chat.completion.chunk",
            json!([{ "index": 0, "delta": delta, "finish_reason": finish }]),
        )
    };
    let mut chunks: Vec<Value> = deltas.iter().map(|delta| chunk(delta, Value::Null)).collect();
    chunks.push(chunk(&json!({}), finish.into()));
    let mut last = head("chat.completion.chunk", json!([]));
    last["usage"] = usage.clone();
    last["x_groq"] = json!({ "id": "req_1", "usage": usage });
    chunks.push(last);
    let data = chunks.iter().map(Value::to_string).chain(["[DONE]".to_owned()]);
    Recording::new(body, data)
}

fn chat_wire(provider: &'static str, path: &'static str, reasoning: &str) -> Wire {
    chat_scenarios(at(provider, path, "m-1"), reasoning)
}

/// What a host of the chat protocol sends; `reasoning` is its field for thoughts.
pub(crate) fn chat_scenarios(wire: Wire, reasoning: &str) -> Wire {
    let call = |arguments: &str| json!({ "index": 0, "id": "call_7", "type": "function", "function": { "name": "weather", "arguments": arguments } });
    let more = json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "\"Rome\"}" } }] });
    wire
        .with(
            Scenario::Text,
            chat(
                &json!({ "role": "assistant", "content": "Hello, wörld!" }),
                "stop",
                &[
                    json!({ "role": "assistant", "content": "" }),
                    json!({ "content": "Hello, " }),
                    json!({ "content": "wörld" }),
                    json!({ "content": "!" }),
                ],
            ),
        )
        .with(
            Scenario::Reasoning,
            chat(
                &json!({ "role": "assistant", reasoning: "Rome is warm.", "content": "Warm." }),
                "stop",
                &[
                    json!({ "role": "assistant", reasoning: "Rome is " }),
                    json!({ reasoning: "warm." }),
                    json!({ "content": "Warm." }),
                ],
            ),
        )
        .with(
            Scenario::ToolCall,
            chat(
                &json!({ "role": "assistant", "content": null, "tool_calls": [call("{\"city\":\"Rome\"}")] }),
                "tool_calls",
                &[json!({ "role": "assistant", "content": null, "tool_calls": [call("{\"city\":")] }), more],
            ),
        )
        .with_error(
            429,
            json!({ "error": { "message": "slow down, please", "type": "requests", "code": "rate_limit_exceeded" } }),
            "slow down, please",
        )
        .with_unknown_event(": a comment\n\nid: 7\nretry: 5\n\nevent: news\ndata: {\"choices\":[],\"news\":{\"of\":\"tomorrow\"}}\n\n")
}

#[tokio::test]
async fn openai_compatible() {
    let wire = chat_wire("openai-compatible", "/v1", "reasoning_content");
    conformance::language(|scenario| wire.subject(scenario)).await;
}

#[tokio::test]
async fn groq() {
    let wire = chat_wire("groq", "/openai/v1", "reasoning");
    conformance::language(|scenario| wire.subject(scenario)).await;
}

#[tokio::test]
async fn togetherai() {
    let wire = chat_wire("togetherai", "/v1", "reasoning");
    conformance::language(|scenario| wire.subject(scenario)).await;
}

/// An answer of the messages API: its blocks, and for each the deltas of the stream.
fn messages(blocks: &[Value], stop: &str, deltas: &[(usize, Value, Vec<Value>)]) -> Recording {
    let usage = json!({ "input_tokens": 9, "output_tokens": 3 });
    let body = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": blocks, "stop_reason": stop, "stop_sequence": null, "usage": usage });
    let head = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [], "stop_reason": null, "usage": { "input_tokens": 9, "output_tokens": 1 } });
    let mut events =
        vec![json!({ "type": "message_start", "message": head }), json!({ "type": "ping" })];
    for (index, start, deltas) in deltas {
        events
            .push(json!({ "type": "content_block_start", "index": index, "content_block": start }));
        events.extend(
            deltas.iter().map(
                |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta }),
            ),
        );
        events.push(json!({ "type": "content_block_stop", "index": index }));
    }
    events.push(json!({ "type": "message_delta", "delta": { "stop_reason": stop, "stop_sequence": null }, "usage": usage }));
    events.push(json!({ "type": "message_stop" }));
    Recording::new(body, events.iter().map(Value::to_string))
}

fn messages_wire(provider: &'static str, path: &'static str) -> Wire {
    let text = |text: &str| json!({ "type": "text_delta", "text": text });
    let empty_text = json!({ "type": "text", "text": "" });
    let thought = |text: &str| json!({ "type": "thinking_delta", "thinking": text });
    let input = |text: &str| json!({ "type": "input_json_delta", "partial_json": text });
    let call = |input: Value| json!({ "type": "tool_use", "id": "toolu_7", "name": "weather", "input": input });
    at(provider, path, "claude-sonnet-4-5")
        .with(
            Scenario::Text,
            messages(
                &[json!({ "type": "text", "text": "Hello, wörld!" })],
                "end_turn",
                &[(0, empty_text.clone(), vec![text("Hello, "), text("wörld"), text("!")])],
            ),
        )
        .with(
            Scenario::Reasoning,
            messages(
                &[
                    json!({ "type": "thinking", "thinking": "Rome is warm.", "signature": "s1" }),
                    json!({ "type": "text", "text": "Warm." }),
                ],
                "end_turn",
                &[
                    (
                        0,
                        json!({ "type": "thinking", "thinking": "", "signature": "" }),
                        vec![
                            thought("Rome is "),
                            thought("warm."),
                            json!({ "type": "signature_delta", "signature": "s1" }),
                        ],
                    ),
                    (1, empty_text, vec![text("Warm.")]),
                ],
            ),
        )
        .with(
            Scenario::ToolCall,
            messages(
                &[call(json!({ "city": "Rome" }))],
                "tool_use",
                &[(0, call(json!({})), vec![input(""), input("{\"city\":"), input("\"Rome\"}")])],
            ),
        )
        .with_error(
            429,
            json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down, please" } }),
            "slow down, please",
        )
        .with_unknown_event(": a comment\n\nevent: news\ndata: {\"type\":\"news\",\"of\":\"tomorrow\"}\n\n")
}

#[tokio::test]
async fn anthropic() {
    let wire = messages_wire("anthropic", "/v1");
    conformance::language(|scenario| wire.subject(scenario)).await;
}

#[tokio::test]
async fn minimax() {
    let wire = messages_wire("minimax", "/anthropic/v1");
    conformance::language(|scenario| wire.subject(scenario)).await;
}
