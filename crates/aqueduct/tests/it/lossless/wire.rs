//! The vendors' answers, read without our own decoders: a test that took its expectations from them would agree with itself.

use serde_json::{Map, Value, json};

use super::case::text;

/// A vendor's way of writing answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wire {
    Messages,
    Responses,
    Chat,
    Completion,
    Gemini,
    Interactions,
    Cohere,
}

impl Wire {
    /// The wire that speaks at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        let ends: [(&str, Self); 8] = [
            ("/messages", Self::Messages),
            ("/responses", Self::Responses),
            ("/chat/completions", Self::Chat),
            ("/completions", Self::Completion),
            ("enerateContent", Self::Gemini),
            ("/interactions", Self::Interactions),
            ("/v2/chat", Self::Cohere),
            ("/chat", Self::Cohere),
        ];
        ends.into_iter().find(|(end, _)| path.ends_with(end)).map(|(_, wire)| wire)
    }

    /// What the model said, piece by piece as the vendor calls them: content blocks, output items, parts, steps or the message.
    pub(super) fn said(self, body: &str) -> Vec<Value> {
        match serde_json::from_str::<Value>(body) {
            Ok(whole) => self.whole(&whole),
            Err(_) => self.streamed(&events(body)),
        }
    }

    fn whole(self, body: &Value) -> Vec<Value> {
        match self {
            Self::Messages => list(&body["content"]),
            Self::Responses => list(&body["output"]),
            Self::Chat => vec![body["choices"][0]["message"].clone()],
            Self::Completion => vec![body["choices"][0].clone()],
            Self::Gemini => list(&body["candidates"][0]["content"]["parts"]),
            Self::Interactions => list(&body["steps"]),
            Self::Cohere => vec![body["message"].clone()],
        }
    }

    fn streamed(self, events: &[Value]) -> Vec<Value> {
        match self {
            Self::Messages => messages(events),
            Self::Responses => responses(events),
            Self::Chat => vec![chat(events)],
            Self::Completion => {
                let text: String =
                    events.iter().map(|event| text(&event["choices"][0]["text"])).collect();
                vec![json!({ "text": text })]
            }
            Self::Gemini => gemini(events),
            Self::Interactions => interactions(events),
            Self::Cohere => vec![cohere(events)],
        }
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// The data of server-sent events that are JSON.
fn events(body: &str) -> Vec<Value> {
    let data = body.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data.trim()).ok()).collect()
}

/// Appends the texts of some fields to those of the same name.
fn append(to: &mut Value, from: &Value, fields: &[&str]) {
    for field in fields {
        if let Some(more) = from[field].as_str() {
            to[*field] = format!("{}{more}", text(&to[*field])).into();
        }
    }
}

/// The piece that an event is about.
fn at<'a>(pieces: &'a mut [(Value, Value)], index: &Value) -> Option<&'a mut Value> {
    pieces.iter_mut().rev().find(|(at, _)| at == index).map(|(_, piece)| piece)
}

fn pieces(pieces: Vec<(Value, Value)>) -> Vec<Value> {
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

fn messages(events: &[Value]) -> Vec<Value> {
    let mut blocks: Vec<(Value, Value)> = Vec::new();
    for event in events {
        if event["type"] == "content_block_start" {
            blocks.push((event["index"].clone(), event["content_block"].clone()));
        } else if event["type"] == "content_block_delta"
            && let Some(block) = at(&mut blocks, &event["index"])
        {
            let delta = &event["delta"];
            append(block, delta, &["text", "thinking", "signature", "content", "partial_json"]);
            if let Some(citation) = delta.get("citation") {
                let mut citations = list(&block["citations"]);
                citations.push(citation.clone());
                block["citations"] = citations.into();
            }
        }
    }
    for (_, block) in &mut blocks {
        if let Ok(input) = serde_json::from_str::<Value>(text(&block["partial_json"])) {
            block["input"] = input;
        }
    }
    pieces(blocks)
}

/// The items as they were when they were done, by the ids they began with: some proxies write another at each event.
fn responses(events: &[Value]) -> Vec<Value> {
    let of = |kind: &'static str| events.iter().filter(move |event| event["type"] == kind);
    let items = of("response.output_item.done").map(|done| {
        let mut item = done["item"].clone();
        let begun = of("response.output_item.added")
            .find(|added| added["output_index"] == done["output_index"]);
        if let Some(id) = begun.and_then(|added| added["item"].get("id")) {
            item["id"] = id.clone();
        }
        item
    });
    items.collect()
}

fn chat(events: &[Value]) -> Value {
    let mut message = json!({});
    let mut calls: Vec<(Value, Value)> = Vec::new();
    for delta in events.iter().map(|event| &event["choices"][0]["delta"]) {
        append(&mut message, delta, &["content", "reasoning_content", "reasoning"]);
        if let Some(parts) = delta["content"].as_array() {
            let mut all = list(&message["parts"]);
            all.extend(parts.iter().cloned());
            message["parts"] = all.into();
        }
        for (position, call) in list(&delta["tool_calls"]).into_iter().enumerate() {
            let index = call.get("index").cloned().unwrap_or_else(|| json!(position));
            match at(&mut calls, &index) {
                Some(known) => {
                    append(&mut known["function"], &call["function"], &["arguments"]);
                }
                None => calls.push((index, call)),
            }
        }
    }
    message["tool_calls"] = pieces(calls).into();
    message
}

/// Texts in a row are one, unless a signature ends the first.
fn gemini(events: &[Value]) -> Vec<Value> {
    let mut parts: Vec<Value> = Vec::new();
    for part in events.iter().flat_map(|it| list(&it["candidates"][0]["content"]["parts"])) {
        let goes_on = |last: &&mut Value| {
            last["text"].is_string()
                && part["text"].is_string()
                && last["thought"] == part["thought"]
                && last["thoughtSignature"].is_null()
        };
        if let Some(last) = parts.last_mut().filter(goes_on) {
            append(last, &part, &["text", "thoughtSignature"]);
        } else {
            parts.push(part);
        }
    }
    parts
}

fn interactions(events: &[Value]) -> Vec<Value> {
    let mut steps: Vec<(Value, Value)> = Vec::new();
    for event in events {
        if event["event_type"] == "step.start" {
            steps.push((event["index"].clone(), event["step"].clone()));
        } else if event["event_type"] == "step.delta"
            && let Some(step) = at(&mut steps, &event["index"])
        {
            append(step, &event["delta"], &["text", "signature"]);
        }
    }
    pieces(steps)
}

fn cohere(events: &[Value]) -> Value {
    let mut message = json!({});
    let mut calls: Vec<(Value, Value)> = Vec::new();
    let mut contents: Vec<(Value, Value)> = Vec::new();
    for event in events {
        let (index, delta) = (&event["index"], &event["delta"]["message"]);
        match text(&event["type"]) {
            "tool-plan-delta" => append(&mut message, delta, &["tool_plan"]),
            "tool-call-start" => calls.push((index.clone(), delta["tool_calls"].clone())),
            "tool-call-delta" => {
                if let Some(call) = at(&mut calls, index) {
                    let more = &delta["tool_calls"]["function"];
                    append(&mut call["function"], more, &["arguments"]);
                }
            }
            "content-start" => contents.push((index.clone(), delta["content"].clone())),
            "content-delta" => {
                if let Some(content) = at(&mut contents, index) {
                    append(content, &delta["content"], &["text", "thinking"]);
                }
            }
            _ => {}
        }
    }
    let mut message: Map<String, Value> = message.as_object().cloned().unwrap_or_default();
    message.insert("tool_calls".to_owned(), pieces(calls).into());
    message.insert("content".to_owned(), pieces(contents).into());
    message.into()
}
