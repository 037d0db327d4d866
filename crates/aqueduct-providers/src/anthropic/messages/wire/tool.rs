//! Tools.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tool: one of the client's, or one that the vendor defines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "most tools are the large one")]
pub enum Tool {
    /// A tool of the client's.
    Custom(CustomTool),
    /// A tool that the vendor defines: its `type`, `name` and settings.
    Defined(JsonObject),
}

impl Tool {
    /// The `type` of a tool that the vendor defines.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::Custom(_) => None,
            Self::Defined(tool) => tool.get("type").and_then(Value::as_str),
        }
    }

    /// The name that the model calls it by.
    pub fn name(&self) -> &str {
        match self {
            Self::Custom(tool) => &tool.name,
            Self::Defined(tool) => tool.get("name").and_then(Value::as_str).unwrap_or_default(),
        }
    }
}

/// A tool of the client's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomTool {
    /// The name.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON schema of its input.
    pub input_schema: Value,
    /// Where the cached part of a prompt ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<Value>,
    /// Whether inputs are streamed before they are known to be JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eager_input_streaming: Option<bool>,
    /// Whether inputs must fit the schema exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Whether the tool is only there once a search has found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defer_loading: Option<Value>,
    /// Which code may call it: `direct`, `code_execution_20250825`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_callers: Option<Value>,
    /// Examples of inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_examples: Option<Vec<JsonObject>>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// Which tools must be called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolChoice {
    /// `auto`, `any`, `tool` or `none`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The tool, for `tool`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether at most one tool may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable_parallel_tool_use: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}
