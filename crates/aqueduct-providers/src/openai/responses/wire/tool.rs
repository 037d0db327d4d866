//! The tools that may be called.

use aqueduct_spec::JsonObject;
use serde_json::Value;

use super::shape::{objects, union};

union! {
    /// A tool. Those that the host has itself are kept as they are; `responses::tools` has the table of their fields.
    Tool {
        /// A function of the caller's.
        Function(FunctionTool) = "function",
        /// Functions under one roof.
        Namespace(NamespaceTool) = "namespace",
    }
}

objects! {
    /// A function of the caller's.
    FunctionTool {
        /// The name.
        name: String,
    } {
        /// What it does, for the model.
        description: String,
        /// The JSON schema of its arguments.
        parameters: Value,
        /// Whether arguments must fit exactly.
        strict: bool,
        /// Whether the model has to search for it first.
        defer_loading: bool,
        /// Who may call it: `direct`, `programmatic`.
        allowed_callers: Vec<String>,
        /// The JSON schema of its result.
        output_schema: JsonObject,
    }
    /// Functions under one roof.
    NamespaceTool {
        /// The name.
        name: String,
        /// What they are for.
        description: String,
        /// The functions.
        tools: Vec<Tool>,
    } {}
}
