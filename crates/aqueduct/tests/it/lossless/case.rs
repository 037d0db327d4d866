//! One recorded call of a language model.

use std::path::{Path, PathBuf};

use aqueduct::spec::language::CallOptions;
use aqueduct_testkit::Reply;
use serde_json::Value;

/// The place of the upstream in a case.
const UPSTREAM: &str = "{{upstream}}";

/// One recorded call: what was asked, what the vendor answered.
pub(super) struct Case(Value);

impl Case {
    pub(super) fn title(&self) -> String {
        format!("{} {}", text(&self.0["id"]), text(&self.0["test"]))
    }

    /// The case with the upstream at a URL.
    pub(super) fn at(&self, url: &str) -> Self {
        Self(replaced(&self.0, url))
    }

    pub(super) fn is_stream(&self) -> bool {
        self.0["request"]["headers"]["ai-language-model-streaming"] == "true"
    }

    /// The provider string and the model.
    pub(super) fn model(&self) -> (&str, &str) {
        let headers = self.0["request"]["headers"].as_object().unwrap();
        let (_, id) = headers.iter().find(|(name, _)| name.ends_with("model-id")).unwrap();
        text(id).split_once('/').unwrap()
    }

    fn gateway_options(&self) -> &Value {
        &self.0["request"]["body"]["providerOptions"]["gateway"]
    }

    pub(super) fn provider(&self) -> &str {
        text(&self.gateway_options()["only"][0])
    }

    /// The settings of the provider.
    pub(super) fn settings(&self) -> serde_json::Map<String, Value> {
        let settings = &self.gateway_options()["byok"][self.provider()][0];
        settings.as_object().cloned().unwrap_or_default()
    }

    /// The options of the call, without what is only for a gateway.
    pub(super) fn options(&self) -> Option<CallOptions> {
        let mut body = self.0["request"]["body"].clone();
        if let Some(options) = body["providerOptions"].as_object_mut() {
            options.shift_remove("gateway");
        }
        serde_json::from_value(body).ok()
    }

    pub(super) fn exchanges(&self) -> &[Value] {
        self.0["upstream"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The exchange that the answer was made of: with polling, the last.
    pub(super) fn answered(&self) -> Option<&Value> {
        self.exchanges().last().filter(|exchange| exchange["response"]["status"] == 200)
    }

    /// The path that was asked, without the query.
    pub(super) fn path(&self) -> &str {
        let first =
            self.exchanges().first().map_or("", |exchange| text(&exchange["request"]["url"]));
        first.split('?').next().unwrap_or_default()
    }
}

/// The cases of language models among the fixtures of the providers.
pub(super) fn fixtures() -> Vec<Case> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../aqueduct-providers/tests/fixtures"))
}

/// The cases of language models in a file, which holds one or a list of them, or in a folder of such files.
pub(super) fn read(path: &Path) -> Vec<Case> {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.retain(|path| path.is_dir() || path.extension().is_some_and(|it| it == "json"));
        entries.sort();
        return entries.iter().flat_map(|path| read(path)).collect();
    }
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = match serde_json::from_slice(&bytes) {
        Ok(Value::Array(cases)) => cases,
        Ok(case) => vec![case],
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let is_language = |case: &Value| case["request"]["path"] == "/language-model";
    cases.into_iter().filter(is_language).map(Case).collect()
}

/// The recorded answer of the vendor, to be sent again.
pub(super) fn reply(response: &Value) -> Reply {
    let mut reply = Reply::new(u16::try_from(response["status"].as_u64().unwrap()).unwrap());
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        if !["content-length", "content-encoding", "transfer-encoding"].contains(&name.as_str()) {
            reply = reply.header(name, text(value));
        }
    }
    let chunks = response["chunks"].as_array().into_iter().flatten();
    chunks.fold(reply, |reply, chunk| reply.chunk(text(chunk).to_owned()))
}

/// The text of a value that is text.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Puts the URL of an upstream into all texts of a value.
fn replaced(value: &Value, url: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(UPSTREAM, url)),
        Value::Array(items) => items.iter().map(|item| replaced(item, url)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, item)| (name.clone(), replaced(item, url))).collect()
        }
        other => other.clone(),
    }
}
