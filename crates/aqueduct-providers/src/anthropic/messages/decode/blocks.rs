//! Blocks that come as a whole, in streams as elsewhere.

use std::collections::BTreeMap;

use aqueduct_spec::language::{Content, Custom, ToolCall, ToolResult};
use aqueduct_spec::{Context, JsonObject, ProviderMetadata};
use serde_json::{Value, json};

use super::{Reply, metadata, server_result};
use crate::anthropic::messages::wire::{Block, McpToolResultBlock, McpToolUseBlock};

/// Reads blocks, and remembers of the earlier what the later need.
#[derive(Debug)]
pub(super) struct Blocks {
    pub(super) reply: Reply,
    mcp_calls: BTreeMap<String, McpCall>,
    /// Which search a call is, by its id.
    searches: BTreeMap<String, String>,
}

#[derive(Debug)]
struct McpCall {
    tool_name: String,
    metadata: ProviderMetadata,
}

/// How a call of a tool that the vendor runs is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerTool {
    /// The caller's name of the tool.
    pub(super) name: String,
    /// The vendor's name, where several are one for the caller.
    pub(super) vendor_name: String,
    /// What tells the several apart.
    pub(super) input_type: Option<&'static str>,
    pub(super) is_dynamic: bool,
}

impl Blocks {
    pub(super) fn new(reply: Reply) -> Self {
        Self { reply, mcp_calls: BTreeMap::new(), searches: BTreeMap::new() }
    }

    /// Looks up a tool that the vendor runs.
    pub(super) fn server_tool(&mut self, call_id: &str, name: &str) -> ServerTool {
        let (vendor_name, input_type) = match name {
            "bash_code_execution" => ("code_execution", Some("bash_code_execution")),
            "text_editor_code_execution" => ("code_execution", Some("text_editor_code_execution")),
            "code_execution" => (name, Some("programmatic-tool-call")),
            "tool_search_tool_regex" | "tool_search_tool_bm25" => {
                self.searches.insert(call_id.to_owned(), name.to_owned());
                (name, None)
            }
            _ => (name, None),
        };
        let is_known = matches!(
            vendor_name,
            "web_search"
                | "web_fetch"
                | "code_execution"
                | "tool_search_tool_regex"
                | "tool_search_tool_bm25"
                | "advisor"
        );
        ServerTool {
            name: self.reply.names.caller(vendor_name).to_owned(),
            vendor_name: vendor_name.to_owned(),
            input_type,
            is_dynamic: !is_known
                || (vendor_name == "code_execution" && self.reply.code_is_dynamic),
        }
    }

    /// The vendor's name of the search that a call is. A call of an earlier request is told by the tools of this one.
    pub(super) fn search(&self, call_id: &str) -> &str {
        const REGEX: &str = "tool_search_tool_regex";
        const BM25: &str = "tool_search_tool_bm25";
        match self.searches.get(call_id) {
            Some(name) => name,
            None if self.reply.names.caller(BM25) != BM25 => BM25,
            None => REGEX,
        }
    }

    /// Reads a block that is complete: a call of an MCP tool, a result, or something that this version does not know.
    pub(super) fn complete(&mut self, block: Block, cx: &Context, out: &mut Vec<Content>) {
        match block {
            Block::McpToolUse(block) => out.push(self.mcp_call(block).into()),
            Block::McpToolResult(block) => out.push(self.mcp_result(block).into()),
            // The model changes; the account of the answer says so.
            Block::Fallback(_) => {}
            block => {
                if let Some(block) = server_result::decode(self, block, cx, out) {
                    out.extend(unknown(&block, &[]).map(Content::from));
                }
            }
        }
    }

    fn mcp_call(&mut self, block: McpToolUseBlock) -> ToolCall {
        let metadata =
            metadata::own(json!({ "type": "mcp-tool-use", "serverName": block.server_name }));
        let known = McpCall { tool_name: block.name.clone(), metadata: metadata.clone() };
        self.mcp_calls.insert(block.id.clone(), known);
        let mut call = ToolCall::new(block.id, block.name, input(block.input.as_ref()));
        call.provider_executed = Some(true);
        call.dynamic = Some(true);
        call.provider_metadata = Some(metadata);
        call
    }

    fn mcp_result(&self, block: McpToolResultBlock) -> ToolResult {
        let call = self.mcp_calls.get(&block.tool_use_id);
        // The call may be one of an earlier answer; its id still says which.
        let name = call.map_or("mcp", |call| call.tool_name.as_str());
        let content = block.content.unwrap_or_else(|| Value::Array(Vec::new()));
        let mut result = ToolResult::new(block.tool_use_id.as_str(), name, content);
        result.is_error = block.is_error;
        result.dynamic = Some(true);
        result.provider_metadata = call.map(|call| call.metadata.clone());
        result
    }
}

/// An input as JSON text.
pub(super) fn input(input: Option<&Value>) -> String {
    input.map_or_else(|| "{}".to_owned(), Value::to_string)
}

/// Marks an input of code that came without a mark, so that the caller can tell it from a shell command.
pub(super) fn with_code_type(input: &Value) -> Option<Value> {
    let object = input.as_object()?;
    (object.contains_key("code") && !object.contains_key("type"))
        .then(|| with_type("programmatic-tool-call", object))
}

/// Puts a `type` before the other fields of an input.
pub(super) fn with_type(kind: &str, input: &JsonObject) -> Value {
    let mut out = JsonObject::new();
    out.insert("type".to_owned(), kind.into());
    out.extend(input.iter().map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(out)
}

/// A block that this version does not know, kept so that the next request can send it back.
pub(super) fn unknown(block: &Block, deltas: &[Value]) -> Option<Custom> {
    let block = serde_json::to_value(block).ok()?;
    let kind = block.get("type").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let mut custom = Custom::new(format!("anthropic.{kind}"));
    custom.provider_metadata = Some(metadata::own(if deltas.is_empty() {
        json!({ "block": block })
    } else {
        // What it is made of cannot be put together, so it is not to be sent back either.
        json!({ "begin": block, "deltas": deltas })
    }));
    Some(custom)
}
