//! What spans of a request may show.

use aqueduct_http::is_sensitive_header;
use aqueduct_spec::language::{Headers, Tool};
use serde_json::{Value, json};

use super::Supplement;
use crate::telemetry::TelemetryCall;

/// An attribute's text is never longer unless the program says so: collectors refuse what is, with the whole batch.
pub(super) const MAX_ATTRIBUTE_BYTES: usize = 256 * 1024;

/// What takes the place of a credential.
const REDACTED: &str = "[redacted]";

/// How much spans show, whatever the request.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) supplements: Vec<Supplement>,
    pub(super) max_attribute_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { supplements: Vec::new(), max_attribute_bytes: MAX_ATTRIBUTE_BYTES }
    }
}

/// What spans of one request may show. An attribute that they may not is `None`.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) call: &'a TelemetryCall,
    pub(super) settings: &'a Settings,
}

impl View<'_> {
    /// What was put in.
    pub(super) fn input(self, value: impl FnOnce() -> Option<Value>) -> Option<String> {
        self.call.record_inputs.then(value).flatten().map(|value| self.text(&value))
    }

    /// What came out.
    pub(super) fn output(self, value: impl FnOnce() -> Option<Value>) -> Option<String> {
        self.call.record_outputs.then(value).flatten().map(|value| self.text(&value))
    }

    /// A supplement, for which the caller has made sure that it is neither input nor output, or one that is allowed.
    pub(super) fn supplement(
        self,
        supplement: Supplement,
        value: impl FnOnce() -> Option<Value>,
    ) -> Option<String> {
        self.shows(supplement).then(value).flatten().map(|value| self.text(&value))
    }

    pub(super) fn shows(self, supplement: Supplement) -> bool {
        self.settings.supplements.contains(&supplement)
    }

    pub(super) fn headers(self, headers: Option<&Headers>) -> Option<String> {
        self.supplement(Supplement::Headers, || headers.map(shown_headers))
    }

    /// JSON as the text of an attribute. What is too long is told by its length.
    pub(super) fn text(self, value: &Value) -> String {
        let (text, limit) = (value.to_string(), self.settings.max_attribute_bytes);
        match text.len() {
            length if length > limit => {
                json!(format!("left out: {length} bytes, more than {limit}")).to_string()
            }
            _ => text,
        }
    }
}

/// Headers without credentials.
fn shown_headers(headers: &Headers) -> Value {
    let shown = headers.iter().filter_map(|(name, value)| {
        let value = value.as_deref()?;
        let value = if is_sensitive_header(name) { REDACTED } else { value };
        Some((name.clone(), json!(value)))
    });
    Value::Object(shown.collect())
}

/// Tools as they are told to the model. The settings of the provider's own tools may hold credentials, for a server that the
/// provider calls, say; these are left out.
pub(super) fn shown_tools(tools: &[Tool]) -> Value {
    let shown = |tool: &Tool| {
        let mut value = json!(tool);
        if let (Tool::Provider(_), Some(args)) = (tool, value.get_mut("args")) {
            blot_out(args);
        }
        value
    };
    tools.iter().map(shown).collect()
}

/// Blots out what stands under a name of credentials. Numbers and switches are none: `max_tokens`.
fn blot_out(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let is_public = matches!(value, Value::Null | Value::Bool(_) | Value::Number(_));
                if is_public {
                    continue;
                }
                if name.eq_ignore_ascii_case("headers") {
                    let headers = value.as_object_mut().into_iter().flatten();
                    headers.for_each(|(_, value)| *value = json!(REDACTED));
                } else if is_sensitive_header(name) {
                    *value = json!(REDACTED);
                } else {
                    blot_out(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(blot_out),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_tools_and_headers_are_left_out() {
        let tools: Vec<Tool> = serde_json::from_value(json!([
            { "type": "function", "name": "f", "inputSchema": { "properties": { "apiKey": {} } } },
            {
                "type": "provider", "id": "openai.mcp", "name": "mcp",
                "args": {
                    "serverUrl": "https://example.com", "authorization": "SECRET", "maxTokens": 5,
                    "headers": { "x-tenant": "SECRET" },
                    "container": { "networkPolicy": { "domainSecrets": [{ "value": "SECRET" }] } },
                },
            },
        ]))
        .unwrap();
        let shown = shown_tools(&tools);
        assert!(!shown.to_string().contains("SECRET"), "{shown}");
        assert_eq!(shown[0], json!(tools[0]));
        let args = &shown[1]["args"];
        assert_eq!(args["serverUrl"], "https://example.com");
        assert_eq!(args["maxTokens"], 5);
        assert_eq!(args["headers"], json!({ "x-tenant": "[redacted]" }));
        let headers = [("x-api-key", "SECRET"), ("x-team", "a")];
        let headers = headers.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        assert_eq!(
            shown_headers(&headers.into()),
            json!({ "x-api-key": "[redacted]", "x-team": "a" })
        );
    }
}
