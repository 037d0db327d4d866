//! One recorded case.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One recorded case: the call in the AI Gateway's protocol, the exchanges with the vendor, the answer.
#[derive(Clone)]
pub(crate) struct Case(Value);

/// The place of the upstream in a case.
const UPSTREAM: &str = "{{upstream}}";

impl Case {
    pub(crate) fn new(case: Value) -> Self {
        Self(case)
    }

    pub(crate) fn title(&self) -> String {
        format!("{} {}", text(&self.0["id"]), text(&self.0["test"]))
    }

    /// The case with the upstream at a URL.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self(replaced(&self.0, UPSTREAM, url))
    }

    /// What the call is of: `/language-model`, …
    pub(crate) fn path(&self) -> &str {
        text(&self.0["request"]["path"])
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.0["request"]["headers"]["ai-language-model-streaming"] == "true"
    }

    /// The provider string and the model.
    pub(crate) fn model(&self) -> (&str, &str) {
        let headers = self.0["request"]["headers"].as_object().unwrap();
        let (_, id) = headers.iter().find(|(name, _)| name.ends_with("model-id")).unwrap();
        text(id).split_once('/').unwrap()
    }

    fn gateway_options(&self) -> &Value {
        &self.0["request"]["body"]["providerOptions"]["gateway"]
    }

    pub(crate) fn provider(&self) -> &str {
        text(&self.gateway_options()["only"][0])
    }

    /// The settings of the provider.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        let settings = &self.gateway_options()["byok"][self.provider()][0];
        settings.as_object().cloned().unwrap_or_default()
    }

    /// The options of the call, without what is only for a gateway.
    pub(crate) fn options(&self) -> Value {
        let mut body = self.0["request"]["body"].clone();
        if let Some(options) = body["providerOptions"].as_object_mut() {
            options.shift_remove("gateway");
            if options.is_empty() {
                body.as_object_mut().unwrap().shift_remove("providerOptions");
            }
        }
        body
    }

    pub(crate) fn exchanges(&self) -> &[Value] {
        self.0["upstream"].as_array().unwrap()
    }

    pub(crate) fn answer(&self) -> &Value {
        &self.0["answer"]
    }

    /// Places in the answer that were different at each recording.
    pub(crate) fn volatile(&self) -> BTreeSet<String> {
        volatile(&self.0)
    }
}

/// Places that were different at each recording, with slashes between the keys.
pub(crate) fn volatile(value: &Value) -> BTreeSet<String> {
    let paths = value["volatile"].as_array().into_iter().flatten();
    paths
        .map(|path| path.as_array().unwrap().iter().map(text).collect::<Vec<_>>().join("/"))
        .collect()
}

/// The text of a value that is text.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Replaces a text in all texts of a value.
pub(crate) fn replaced(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => {
            // Texts that are JSON may have their slashes escaped.
            let escaped = |text: &str| text.replace('/', "\\/");
            let text = text.replace(&escaped(&format!("{from}/")), &escaped(&format!("{to}/")));
            Value::String(text.replace(from, to))
        }
        Value::Array(items) => items.iter().map(|item| replaced(item, from, to)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, item)| (name.clone(), replaced(item, from, to))).collect(),
        ),
        other => other.clone(),
    }
}
