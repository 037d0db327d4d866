//! Options under `huggingface`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What only this router knows.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Options {
    /// Whatever the caller wants to find again.
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// Instructions over all messages.
    pub(super) instructions: Option<String>,
    /// Whether an answer must fit its schema exactly. Default: no.
    pub(super) strict_json_schema: Option<bool>,
    /// How much to think, in the model's own word.
    pub(super) reasoning_effort: Option<String>,
}
