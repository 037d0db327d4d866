//! Fingerprints of tools: whether what somebody looked at and trusted is still what a server offers.

use std::collections::BTreeMap;

use aqueduct_spec::language::Tool as SpecTool;
use serde_json::{Value, json};

use super::Tool;
use super::canonical::canonical_digest;

/// Returns the fingerprint of each tool by its name: a digest of its description, its schema and its title.
///
/// Keep those of the tools that somebody has looked at, and compare them with [`detect_tool_drift`] whenever the tools are
/// fetched again. A description that the program makes itself ([`Tool::describe_with`]) counts only as being there.
pub fn fingerprint_tools<'a>(
    tools: impl IntoIterator<Item = &'a Tool>,
) -> BTreeMap<String, String> {
    tools.into_iter().map(|tool| (tool.name().to_owned(), fingerprint(tool))).collect()
}

fn fingerprint(tool: &Tool) -> String {
    let (description, schema) = match tool.definition() {
        SpecTool::Function(function) => {
            (function.description.as_deref(), function.input_schema.clone())
        }
        _ => (None, json!({})),
    };
    let description = match description {
        _ if tool.has_own_description() => json!({ "type": "function" }),
        Some(text) => json!({ "type": "string", "value": text }),
        None => json!({ "type": "none" }),
    };
    let mut pinned = json!({ "description": description, "inputSchema": schema });
    if let (Some(title), Value::Object(pinned)) = (tool.display_title(), &mut pinned) {
        pinned.insert("title".to_owned(), title.into());
    }
    canonical_digest(&pinned)
}

/// How tools differ from those that were looked at. Names are in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolDrift {
    /// Tools that are new.
    pub added: Vec<String>,
    /// Tools that are gone.
    pub removed: Vec<String>,
    /// Tools that are not what they were.
    pub changed: Vec<String>,
}

impl ToolDrift {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares fingerprints with those that were kept.
pub fn detect_tool_drift(
    current: &BTreeMap<String, String>,
    baseline: &BTreeMap<String, String>,
) -> ToolDrift {
    let mut drift = ToolDrift::default();
    for (name, fingerprint) in current {
        match baseline.get(name) {
            None => drift.added.push(name.clone()),
            Some(kept) if kept != fingerprint => drift.changed.push(name.clone()),
            Some(_) => {}
        }
    }
    drift.removed = baseline.keys().filter(|name| !current.contains_key(*name)).cloned().collect();
    drift
}
