//! What is different about Fireworks' chat.

use aqueduct_http::ApiMessage;
use aqueduct_spec::JsonObject;
use serde_json::Value;

use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, text_or_object};

/// Options that have another name in the request.
const NAMES: [(&str, &str); 3] = [
    ("promptCacheKey", "prompt_cache_key"),
    ("serviceTier", "service_tier"),
    ("reasoningHistory", "reasoning_history"),
];

/// The dialect.
#[derive(Debug)]
pub(super) struct Fireworks;

impl Dialect for Fireworks {
    fn adapt(&self, request: &mut wire::Request) {
        // Fireworks knows three efforts.
        let effort = match request.reasoning_effort.as_deref() {
            Some("minimal") => Some("low"),
            Some("xhigh") => Some("high"),
            _ => None,
        };
        if let Some(effort) = effort {
            request.reasoning_effort = Some(effort.to_owned());
        }
        for (ours, theirs) in NAMES {
            if let Some(value) = request.rest.shift_remove(ours) {
                request.rest.insert(theirs.to_owned(), value);
            }
        }
        if let Some(thinking) = request.rest.shift_remove("thinking").as_ref().and_then(thinking) {
            request.rest.insert("thinking".to_owned(), Value::Object(thinking));
        }
    }

    fn error(&self, body: &Value) -> Option<ApiMessage> {
        text_or_object(body)
    }
}

fn thinking(option: &Value) -> Option<JsonObject> {
    const FIELDS: [(&str, &str); 2] = [("type", "type"), ("budgetTokens", "budget_tokens")];
    let option = option.as_object()?;
    let fields = FIELDS
        .iter()
        .filter_map(|(ours, theirs)| Some(((*theirs).to_owned(), option.get(*ours)?.clone())));
    Some(fields.collect())
}
