//! Which values of an answer a vendor wants to see again, by its own names of them.

use std::fmt;

use serde_json::Value;

use super::case::text;
use super::wire::Wire;

/// How a value comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As a text of its own.
    Exact,
    /// Inside of a text.
    Within,
    /// As JSON, or as a text that is JSON.
    Json,
}

use How::{Exact, Json, Within};

/// The wire; the `type` of the object or the name it goes by (`item` is the outermost, `*` stands for any beginning); its field; how it comes back.
type Row = (Wire, &'static str, &'static str, How);

/// What recorded answers carry and recorded requests send back: Anthropic `messages`, OpenAI `responses` and `chat`, Gemini
/// `generateContent` and `interactions`, Cohere `v2/chat`. Not checked against the vendors' own references.
const FIELDS: &[Row] = &[
    (Wire::Messages, "text", "text", Within),
    (Wire::Messages, "thinking", "thinking", Exact),
    (Wire::Messages, "thinking", "signature", Exact),
    (Wire::Messages, "redacted_thinking", "data", Exact),
    (Wire::Messages, "*tool_use", "id", Exact),
    (Wire::Messages, "*tool_use", "name", Exact),
    (Wire::Messages, "*tool_use", "input", Json),
    (Wire::Messages, "mcp_tool_use", "server_name", Exact),
    (Wire::Messages, "*_tool_result", "tool_use_id", Exact),
    (Wire::Messages, "caller", "tool_id", Exact),
    (Wire::Messages, "compaction", "content", Exact),
    (Wire::Messages, "web_search_result", "encrypted_content", Exact),
    (Wire::Messages, "citations", "encrypted_index", Exact),
    (Wire::Messages, "advisor_redacted_result", "encrypted_content", Exact),
    (Wire::Messages, "advisor_result", "text", Exact),
    (Wire::Messages, "bash_code_execution_output", "file_id", Exact),
    (Wire::Messages, "source", "data", Exact),
    (Wire::Responses, "item", "id", Exact),
    (Wire::Responses, "item", "call_id", Exact),
    (Wire::Responses, "output_text", "text", Within),
    (Wire::Responses, "summary_text", "text", Exact),
    (Wire::Responses, "reasoning_text", "text", Exact),
    (Wire::Responses, "item", "encrypted_content", Exact),
    (Wire::Responses, "function_call", "arguments", Json),
    (Wire::Responses, "custom_tool_call", "input", Exact),
    (Wire::Chat, "item", "content", Within),
    (Wire::Chat, "item", "reasoning_content", Exact),
    (Wire::Chat, "item", "reasoning", Exact),
    (Wire::Chat, "text", "text", Within),
    (Wire::Chat, "tool_calls", "id", Exact),
    (Wire::Chat, "function", "arguments", Json),
    (Wire::Chat, "google", "thought_signature", Exact),
    (Wire::Completion, "item", "text", Within),
    (Wire::Gemini, "item", "text", Within),
    (Wire::Gemini, "item", "thoughtSignature", Exact),
    (Wire::Gemini, "functionCall", "id", Exact),
    (Wire::Gemini, "functionCall", "args", Json),
    (Wire::Gemini, "toolCall", "id", Exact),
    (Wire::Gemini, "toolCall", "args", Json),
    (Wire::Gemini, "toolResponse", "id", Exact),
    (Wire::Gemini, "toolResponse", "response", Json),
    (Wire::Gemini, "inlineData", "data", Exact),
    (Wire::Gemini, "executableCode", "code", Within),
    (Wire::Interactions, "item", "id", Exact),
    (Wire::Interactions, "item", "call_id", Exact),
    (Wire::Interactions, "item", "signature", Exact),
    (Wire::Interactions, "item", "text", Within),
    (Wire::Interactions, "text", "text", Within),
    (Wire::Interactions, "content", "data", Exact),
    (Wire::Interactions, "function_call", "arguments", Json),
    (Wire::Cohere, "item", "tool_plan", Within),
    (Wire::Cohere, "text", "text", Within),
    (Wire::Cohere, "thinking", "thinking", Exact),
    (Wire::Cohere, "tool_calls", "id", Exact),
    (Wire::Cohere, "function", "arguments", Json),
];

/// A value that has to come back.
pub(super) struct Need {
    /// The `type` or the name of the object.
    place: &'static str,
    /// The outermost object.
    pub(super) item: Value,
    field: &'static str,
    pub(super) value: Value,
    how: How,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}.{}", text(&self.item["type"]), self.place, self.field)
    }
}

/// Lists the values that have to come back.
pub(super) fn needs(wire: Wire, said: &[Value]) -> Vec<Need> {
    let mut needs = Vec::new();
    said.iter().for_each(|item| walk(wire, item, "item", item, &mut needs));
    needs
}

fn walk(wire: Wire, item: &Value, name: &str, value: &Value, out: &mut Vec<Need>) {
    match value {
        Value::Array(values) => values.iter().for_each(|it| walk(wire, item, name, it, out)),
        Value::Object(fields) => {
            for &(_, place, field, how) in FIELDS.iter().filter(|row| row.0 == wire) {
                let is_here = |it: &str| match place.strip_prefix('*') {
                    Some(end) => it.ends_with(end),
                    None => it == place,
                };
                let Some(found) = fields.get(field) else { continue };
                let is_text = found.as_str().is_some_and(|text| !text.is_empty());
                if (is_here(name) || is_here(text(&value["type"])))
                    && (is_text || (how == Json && found.is_object()))
                {
                    let (item, value) = (item.clone(), found.clone());
                    out.push(Need { place, item, field, value, how });
                }
            }
            for (name, value) in fields {
                // What a tool is called with, or gave, is the caller's: its names mean nothing here.
                if !["input", "args", "arguments", "response", "action"].contains(&name.as_str()) {
                    walk(wire, item, name, value, out);
                }
            }
        }
        _ => {}
    }
}

/// The values of a request.
pub(super) struct Body {
    texts: Vec<String>,
    objects: Vec<Value>,
}

impl Body {
    pub(super) fn new(body: &Value) -> Self {
        let mut all = Self { texts: Vec::new(), objects: Vec::new() };
        all.add(body);
        all
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                if let Ok(object @ Value::Object(_)) = serde_json::from_str(text) {
                    self.objects.push(object);
                }
                self.texts.push(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Object(fields) => {
                self.objects.push(value.clone());
                fields.values().for_each(|value| self.add(value));
            }
            _ => {}
        }
    }

    /// Whether a value came back.
    pub(super) fn meets(&self, need: &Need) -> bool {
        // A vendor that keeps an item takes its id for the whole.
        let id = &need.item["id"];
        let is_reference = |it: &Value| it["type"] == "item_reference" && it["id"] == *id;
        let wanted = text(&need.value);
        let is_back = match need.how {
            Exact => self.texts.iter().any(|it| it == wanted),
            Within => self.texts.iter().any(|it| it.contains(wanted)),
            Json => {
                let parsed = need.value.as_str().map(serde_json::from_str::<Value>);
                let input = match parsed {
                    None => need.value.clone(),
                    Some(Ok(input)) => input,
                    // What is no JSON can only come back as it is, or not at all: no vendor accepts it.
                    Some(Err(_)) => return true,
                };
                self.objects.contains(&input) || self.texts.iter().any(|it| it == wanted)
            }
        };
        is_back || self.objects.iter().any(is_reference)
    }
}
