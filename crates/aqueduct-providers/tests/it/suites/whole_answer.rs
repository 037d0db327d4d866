//! A streamed answer, put together, is the answer that the vendor would have given as a whole.
//!
//! Vendors were rarely recorded to say the same twice, but each protocol says how its events add up: the whole answer is made
//! of the recorded events here, and read by the provider as such.

use std::collections::BTreeMap;

use aqueduct_http::Client;
use aqueduct_spec::ModelKind;
use aqueduct_spec::language::{Content, GenerateResult};
use aqueduct_testkit::{Reply, fold};
use serde_json::{Map, Value, json};

use super::recorded_answer::Recorded;
use super::stream::{failed, recorded_events};
use super::wire::{Wire, wires};
use super::{Findings, ask, client, events};

/// The body of the whole answer that a stream stands for.
fn whole_body(list: &[String]) -> Option<Value> {
    let data: Vec<Value> = list.iter().filter_map(|event| events::data(event)).collect();
    let first = data.first()?;
    if let Some(last) = data.iter().find(|data| data["type"] == "response.completed") {
        return completed(&data, last);
    }
    if data.iter().any(|data| data["choices"][0]["text"].is_string()) {
        return Some(completion(&data));
    }
    if data.iter().any(|data| data["choices"].is_array()) {
        return Some(chat(&data));
    }
    match first["type"].as_str() {
        Some("message_start") => Some(message(&data)),
        Some("message-start") => Some(cohere(&data)),
        // Arguments in pieces and grounding that changes on the way are in streams only.
        _ if list.iter().any(|event| event.contains("partialArgs")) => None,
        _ if list.iter().filter(|event| event.contains("groundingMetadata")).count() > 1 => None,
        _ => data.iter().any(|data| data["candidates"].is_array()).then(|| gemini(&data)),
    }
}

/// The responses protocol repeats the answer as a whole; some recordings left the items out of it.
fn completed(data: &[Value], last: &Value) -> Option<Value> {
    let mut body = last["response"].clone();
    let done = data.iter().filter(|data| data["type"] == "response.output_item.done");
    let items: Vec<Value> = done.map(|data| data["item"].clone()).collect();
    let listed = body["output"].as_array().map_or(0, Vec::len);
    if listed < items.len() {
        body["output"] = items.into();
    }
    body["output"].as_array().is_some_and(|output| !output.is_empty()).then_some(body)
}

/// Adds a delta to what there is: texts grow, lists are matched by their `index`, everything else is replaced.
fn grow(into: &mut Value, delta: &Value) {
    match (into, delta) {
        (Value::String(text), Value::String(more)) => text.push_str(more),
        (Value::Object(fields), Value::Object(more)) => {
            for (name, value) in more {
                let is_name = ["id", "type", "role", "index", "format"].contains(&name.as_str());
                match fields.get_mut(name) {
                    Some(field) if !is_name => grow(field, value),
                    Some(field) if !value.is_null() && value != "" => *field = value.clone(),
                    Some(_) => {}
                    None => {
                        fields.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => {
            for value in more {
                let index = value.get("index");
                let same =
                    items.iter_mut().find(|item| index.is_some() && item.get("index") == index);
                match same {
                    Some(item) => grow(item, value),
                    None => items.push(value.clone()),
                }
            }
        }
        (_, Value::Null) => {}
        (into, delta) => *into = delta.clone(),
    }
}

fn chat(data: &[Value]) -> Value {
    let mut body = Map::new();
    let mut message = json!({ "role": "assistant" });
    let mut finish = Value::Null;
    for chunk in data {
        for (name, value) in chunk.as_object().into_iter().flatten() {
            if name != "choices" && !value.is_null() {
                body.insert(name.clone(), value.clone());
            }
        }
        let Some(choice) = chunk["choices"].get(0) else { continue };
        grow(&mut message, &choice["delta"]);
        if choice["finish_reason"].is_string() {
            finish = choice["finish_reason"].clone();
        }
    }
    // Groq tells the usage of a stream under its own name.
    let own = body.get("x_groq").and_then(|own| own.get("usage")).cloned();
    if let Some(usage) = own.filter(Value::is_object) {
        body.entry("usage").or_insert(usage);
    }
    let choice = json!({ "index": 0, "message": message, "finish_reason": finish });
    body.insert("choices".to_owned(), json!([choice]));
    body.into()
}

fn completion(data: &[Value]) -> Value {
    let mut body = json!({});
    let mut text = String::new();
    for chunk in data {
        let mut chunk = chunk.clone();
        text.push_str(chunk["choices"][0]["text"].as_str().unwrap_or_default());
        if chunk["choices"].get(0).is_none() {
            chunk["choices"] = json!([{}]);
        }
        chunk["choices"][0]["text"] = json!(text);
        let finish = body.pointer("/choices/0/finish_reason").cloned().unwrap_or_default();
        for (name, value) in chunk.as_object().unwrap() {
            if !value.is_null() {
                body[name] = value.clone();
            }
        }
        if finish.is_string() {
            body["choices"][0]["finish_reason"] = finish;
        }
    }
    body
}

fn gemini(data: &[Value]) -> Value {
    let mut body = json!({});
    let mut parts: Vec<Value> = Vec::new();
    let mut candidate = json!({});
    for chunk in data {
        for (name, value) in chunk.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let Some(first) = chunk["candidates"].get(0) else { continue };
        for (name, value) in first.as_object().into_iter().flatten() {
            candidate[name] = value.clone();
        }
        let more = first["content"]["parts"].as_array().into_iter().flatten().cloned();
        parts.extend(more);
    }
    candidate["content"] = json!({ "role": "model", "parts": parts });
    body["candidates"] = json!([candidate]);
    body
}

fn cohere(data: &[Value]) -> Value {
    let mut body = json!({ "id": data[0]["id"] });
    let mut message = json!({ "role": "assistant" });
    let mut lists: BTreeMap<&str, BTreeMap<u64, Value>> = BTreeMap::new();
    for event in data {
        let index = event["index"].as_u64().unwrap_or_default();
        let delta = &event["delta"]["message"];
        match event["type"].as_str().unwrap_or_default() {
            "message-end" => {
                for (name, value) in event["delta"].as_object().into_iter().flatten() {
                    body[name] = value.clone();
                }
            }
            "tool-plan-delta" => {
                grow(&mut message, &json!({ "tool_plan": delta["tool_plan"] }));
            }
            "citation-start" => {
                lists.entry("citations").or_default().insert(index, delta["citations"].clone());
            }
            kind => {
                for name in ["content", "tool_calls"] {
                    if !delta[name].is_object() {
                        continue;
                    }
                    let list = lists.entry(name).or_default();
                    if kind.ends_with("-start") {
                        list.insert(index, delta[name].clone());
                    } else if let Some(item) = list.get_mut(&index) {
                        grow(item, &delta[name]);
                    }
                }
            }
        }
    }
    for (name, list) in lists {
        message[name] = list.into_values().collect();
    }
    body["message"] = message;
    body
}

fn message(data: &[Value]) -> Value {
    let mut body = data[0]["message"].clone();
    let mut blocks: BTreeMap<u64, Value> = BTreeMap::new();
    let mut inputs: BTreeMap<u64, String> = BTreeMap::new();
    for event in data {
        let index = event["index"].as_u64().unwrap_or_default();
        match event["type"].as_str().unwrap_or_default() {
            "content_block_start" => {
                blocks.insert(index, event["content_block"].clone());
            }
            "content_block_delta" => {
                let (Some(block), delta) = (blocks.get_mut(&index), &event["delta"]) else {
                    continue;
                };
                for name in ["text", "thinking", "signature", "content"] {
                    if delta[name].is_string() {
                        if !block[name].is_string() {
                            block[name] = json!("");
                        }
                        grow(&mut block[name], &delta[name]);
                    }
                }
                if let Some(json) = delta["partial_json"].as_str() {
                    inputs.entry(index).or_default().push_str(json);
                }
                if delta["citation"].is_object() {
                    if !block["citations"].is_array() {
                        block["citations"] = json!([]);
                    }
                    block["citations"].as_array_mut().unwrap().push(delta["citation"].clone());
                }
            }
            "message_delta" => {
                for name in ["delta", "usage"] {
                    for (field, value) in event[name].as_object().into_iter().flatten() {
                        let place = if name == "usage" { &mut body["usage"] } else { &mut body };
                        place[field] = value.clone();
                    }
                }
                for (field, value) in event.as_object().into_iter().flatten() {
                    if !["type", "delta", "usage"].contains(&field.as_str()) {
                        body[field] = value.clone();
                    }
                }
            }
            _ => {}
        }
    }
    for (index, input) in inputs {
        if let (Some(block), Ok(input)) =
            (blocks.get_mut(&index), serde_json::from_str::<Value>(&input))
        {
            block["input"] = input;
        }
    }
    body["content"] = blocks.into_values().collect();
    body
}

/// What both ways have to agree on.
fn essence(result: &GenerateResult) -> Value {
    let mut texts = (String::new(), String::new());
    let mut calls = Vec::new();
    let mut results = Vec::new();
    let mut sources = Vec::new();
    for part in &result.content {
        match part {
            Content::Text(part) => texts.0.push_str(&part.text),
            Content::Reasoning(part) => texts.1.push_str(&part.text),
            Content::ToolCall(call) => {
                let input: Value =
                    serde_json::from_str(&call.input).unwrap_or_else(|_| json!(call.input));
                calls.push(json!([
                    call.tool_call_id,
                    call.tool_name,
                    input,
                    call.provider_executed
                ]));
            }
            Content::ToolResult(result) => {
                results.push(json!([result.tool_call_id, result.tool_name, result.is_error]));
            }
            Content::Source(source) => {
                let mut source = serde_json::to_value(source).unwrap();
                source["id"] = Value::Null;
                sources.push(source);
            }
            _ => {}
        }
    }
    json!({
        "text": texts.0,
        "reasoning": texts.1,
        "calls": calls,
        "results": results,
        "sources": sources,
        "finish": result.finish_reason.unified,
        "input": result.usage.input_tokens,
        "output": result.usage.output_tokens,
    })
}

async fn compare(wire: &Wire, client: &Client) -> Option<Result<(Value, Value), String>> {
    let body = whole_body(&recorded_events(wire))?;
    let upstream = ask::upstream(wire, |_, recorded| recorded.reply());
    let parts = ask::parts(wire, &upstream.url(), client).await;
    if failed(&parts) {
        return None;
    }
    let streamed = fold(parts).ok()?;
    let upstream = ask::upstream(wire, move |_, _: &Recorded| Reply::json(200, &body));
    Some(match ask::whole_of_stream(wire, &upstream.url(), client).await {
        Ok(whole) => Ok((essence(&whole), essence(&streamed))),
        Err(error) => Err(format!("{error:?}")),
    })
}

#[tokio::test]
async fn is_what_the_stream_adds_up_to() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for wire in wires(ModelKind::Language, true) {
        match compare(&wire, &client).await {
            None => continue,
            Some(Err(error)) => findings.check(false, || format!("{}: {error}", wire.title())),
            Some(Ok((whole, streamed))) => {
                for (name, value) in whole.as_object().unwrap() {
                    findings.check(*value == streamed[name], || {
                        let title = wire.title();
                        format!(
                            "{title}: {name}\n    whole    {value}\n    streamed {}",
                            streamed[name]
                        )
                    });
                }
            }
        }
        count += 1;
    }
    findings.report(count);
}
