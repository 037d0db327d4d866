//! A recorded stream, event by event.

use serde_json::{Map, Value, json};

/// The events of a stream, each with the empty line that ends it.
pub(super) fn split(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body).replace("\r\n", "\n");
    let mut events: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\n\n") {
        events.push(rest[..at + 2].to_owned());
        rest = &rest[at + 2..];
    }
    if !rest.trim().is_empty() {
        events.push(rest.to_owned());
    }
    events
}

/// The data of an event, if it is JSON.
pub(super) fn data(event: &str) -> Option<Value> {
    let lines: Vec<&str> = event
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| data.strip_prefix(' ').unwrap_or(data))
        .collect();
    serde_json::from_str(&lines.join("\n")).ok()
}

/// An event with other data.
pub(super) fn with_data(event: &str, data: &Value) -> String {
    let named = event.lines().filter(|line| !line.starts_with("data:") && !line.is_empty());
    let mut out: String = named.map(|line| format!("{line}\n")).collect();
    out.push_str(&format!("data: {data}\n\n"));
    out
}

/// An event that the vendor of a stream might send one day: one that is told apart by its type where the vendor does so, else
/// one with nothing but a field nobody knows.
pub(super) fn unknown(events: &[String]) -> Option<String> {
    let list: Vec<Value> = events.iter().filter_map(|event| data(event)).collect();
    let chunk = list.iter().find(|data| data.get("choices").is_some());
    let first = chunk.or(list.first())?;
    if first.get("error").is_some() {
        // A refusal alone says nothing of what its vendor's events look like.
        return None;
    }
    let news = json!({ "of": "tomorrow", "depth": { "type": "unheard" } });
    let data = if first.get("event_type").is_some() {
        json!({ "event_type": "aqueduct.news", "news": news })
    } else if first.get("type").is_some() {
        json!({ "type": "aqueduct.news", "news": news })
    } else {
        let mut fields = Map::new();
        if first.get("choices").is_some() {
            // What the protocol demands of every chunk.
            for name in ["id", "object", "created", "model"] {
                if let Some(value) = first.get(name) {
                    fields.insert(name.to_owned(), value.clone());
                }
            }
            fields.insert("choices".to_owned(), json!([]));
        }
        fields.insert("aqueduct_news".to_owned(), news);
        Value::Object(fields)
    };
    Some(format!(": a comment\n\nid: 7\nretry: 5\n\nevent: aqueduct.news\ndata: {data}\n\n"))
}

/// Whether an event says that the answer is complete, in the words of any protocol.
pub(super) fn is_end(event: &str) -> bool {
    const ENDS: &[&str] = &[
        "[DONE]",
        "\"finish_reason\":\"",
        "\"finish_reason\": \"",
        "\"finishReason\":",
        "\"finishReason\": ",
        "\"stop_reason\":\"",
        "\"stop_reason\": \"",
        "message_stop",
        "message-end",
        "response.completed",
        "response.incomplete",
        "response.failed",
        "interaction.complete",
        "\"status\":\"completed\"",
    ];
    ENDS.iter().any(|end| event.contains(end))
}
