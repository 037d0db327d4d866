//! The names of the tools that the vendor defines: callers choose their own.

use std::collections::BTreeMap;

use aqueduct_spec::language::Tool;

/// The vendor's names of its tools, by their ids. `computer_20251124` has none in the AI SDK's table, and so none here: calls
/// of it come under the vendor's name.
const NAMES: &[(&str, &str)] = &[
    ("anthropic.code_execution_20250522", "code_execution"),
    ("anthropic.code_execution_20250825", "code_execution"),
    ("anthropic.code_execution_20260120", "code_execution"),
    ("anthropic.computer_20241022", "computer"),
    ("anthropic.computer_20250124", "computer"),
    ("anthropic.text_editor_20241022", "str_replace_editor"),
    ("anthropic.text_editor_20250124", "str_replace_editor"),
    ("anthropic.text_editor_20250429", "str_replace_based_edit_tool"),
    ("anthropic.text_editor_20250728", "str_replace_based_edit_tool"),
    ("anthropic.bash_20241022", "bash"),
    ("anthropic.bash_20250124", "bash"),
    ("anthropic.memory_20250818", "memory"),
    ("anthropic.web_search_20250305", "web_search"),
    ("anthropic.web_search_20260209", "web_search"),
    ("anthropic.web_fetch_20250910", "web_fetch"),
    ("anthropic.web_fetch_20260209", "web_fetch"),
    ("anthropic.tool_search_regex_20251119", "tool_search_tool_regex"),
    ("anthropic.tool_search_bm25_20251119", "tool_search_tool_bm25"),
    ("anthropic.advisor_20260301", "advisor"),
];

/// The caller's names of the vendor's tools in one call, both ways.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToolNames {
    by_caller: BTreeMap<String, &'static str>,
    by_vendor: BTreeMap<&'static str, String>,
}

impl ToolNames {
    pub(crate) fn of(tools: &[Tool]) -> Self {
        let mut names = Self::default();
        for tool in tools {
            let Tool::Provider(tool) = tool else { continue };
            let Some((_, vendor)) = NAMES.iter().find(|(id, _)| *id == tool.id) else { continue };
            names.by_caller.insert(tool.name.clone(), vendor);
            names.by_vendor.insert(vendor, tool.name.clone());
        }
        names
    }

    /// The vendor's name of a tool.
    pub(crate) fn vendor<'a>(&'a self, name: &'a str) -> &'a str {
        self.by_caller.get(name).copied().unwrap_or(name)
    }

    /// The caller's name of a tool.
    pub(crate) fn caller<'a>(&'a self, name: &'a str) -> &'a str {
        self.by_vendor.get(name).map_or(name, String::as_str)
    }
}
