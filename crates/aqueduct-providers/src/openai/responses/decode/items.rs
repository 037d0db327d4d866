//! Items that mean the same in a whole answer and in a stream.

use aqueduct_spec::language::{Custom, ToolCall, ToolResult};
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::{Value, json};

use super::tools::{COMPUTER_ACTION, FILE_SEARCH_RESULT, OUTCOME, to_ours};
use super::wire::{
    Caller, CodeInterpreterCall, Compaction, ComputerCall, FileSearchCall, FunctionCall,
    ImageGenerationCall, McpCall, Program, ProgramOutput, ShellCall, ShellCallOutput,
    ToolSearchOutput, WebSearchCall,
};
use super::{Reading, picked};

/// A call of the caller's.
pub(super) fn call(
    id: &str,
    name: &str,
    input: impl Into<String>,
    metadata: Option<ProviderMetadata>,
) -> ToolCall {
    let mut call = ToolCall::new(id, name, input);
    call.provider_metadata = metadata;
    call
}

/// A call of the host's.
pub(super) fn hosted(id: &str, name: &str, input: impl Into<String>) -> ToolCall {
    let mut call = ToolCall::new(id, name, input);
    call.provider_executed = Some(true);
    call
}

impl Reading {
    pub(super) fn function_call(&self, item: &FunctionCall) -> ToolCall {
        let caller = |caller: &Caller| {
            let mut object = JsonObject::new();
            object.insert("type".to_owned(), caller.kind.as_str().into());
            if let Some(id) = &caller.caller_id {
                object.insert("callerId".to_owned(), id.as_str().into());
            }
            Value::Object(object)
        };
        let metadata = self.metadata([
            ("itemId", item.id.as_deref().map(Into::into)),
            ("namespace", item.namespace.as_deref().map(Into::into)),
            ("caller", item.caller.as_ref().map(caller)),
        ]);
        call(&item.call_id, &item.name, item.arguments.as_str(), Some(metadata))
    }

    pub(super) fn program(&self, item: &Program) -> ToolCall {
        let input = json!({ "code": item.code, "fingerprint": item.fingerprint }).to_string();
        let mut call = hosted(&item.call_id, self.names.ours("programmatic_tool_calling"), input);
        call.provider_metadata = self.item(Some(&item.id));
        call
    }

    pub(super) fn program_output(&self, item: &ProgramOutput) -> ToolResult {
        let name = self.names.ours("programmatic_tool_calling");
        let value = json!({ "result": item.result, "status": item.status });
        let mut result = ToolResult::new(item.call_id.as_str(), name, value);
        result.provider_metadata = self.item(Some(&item.id));
        result
    }

    pub(super) fn web_search_result(&self, item: &WebSearchCall) -> ToolResult {
        let value = item.action.as_ref().map_or_else(|| json!({}), web_search_output);
        ToolResult::new(item.id.as_str(), self.web_search(), value)
    }

    pub(super) fn file_search_result(&self, item: &FileSearchCall) -> ToolResult {
        const FIELDS: &[&str] = &["attributes", "file_id", "filename", "score", "text"];
        let ours = |it: &JsonObject| to_ours(&picked(it, FIELDS), FILE_SEARCH_RESULT);
        let results = item.results.as_ref().map(|it| it.iter().map(ours).collect::<Vec<_>>());
        let mut value = JsonObject::new();
        if let Some(queries) = &item.queries {
            value.insert("queries".to_owned(), json!(queries));
        }
        value.insert("results".to_owned(), json!(results));
        ToolResult::new(item.id.as_str(), self.names.ours("file_search"), value)
    }

    pub(super) fn code_interpreter_result(&self, item: &CodeInterpreterCall) -> ToolResult {
        let value = json!({ "outputs": item.outputs });
        ToolResult::new(item.id.as_str(), self.names.ours("code_interpreter"), value)
    }

    pub(super) fn image_result(&self, item: &ImageGenerationCall) -> ToolResult {
        let value = json!({ "result": item.result });
        ToolResult::new(item.id.as_str(), self.names.ours("image_generation"), value)
    }

    pub(super) fn tool_search_result(&self, item: &ToolSearchOutput, call_id: &str) -> ToolResult {
        let value = json!({ "tools": item.tools });
        let mut result = ToolResult::new(call_id, self.names.ours("tool_search"), value);
        result.provider_metadata = self.item(item.id.as_deref());
        result
    }

    pub(super) fn shell_call(&self, item: &ShellCall) -> ToolCall {
        let action = picked(&item.action, &["commands"]);
        let input = json!({ "action": action }).to_string();
        let name = self.names.ours("shell");
        let mut call = call(&item.call_id, name, input, self.item(item.id.as_deref()));
        call.provider_executed = self.is_shell_hosted.then_some(true);
        call
    }

    pub(super) fn shell_result(&self, item: &ShellCallOutput) -> ToolResult {
        let output = item.output.iter().map(|it| {
            let outcome = it.outcome.as_ref().map(|outcome| to_ours(outcome, OUTCOME));
            json!({ "stdout": it.stdout, "stderr": it.stderr, "outcome": outcome })
        });
        let value = json!({ "output": output.collect::<Vec<_>>() });
        ToolResult::new(item.call_id.as_str(), self.names.ours("shell"), value)
    }

    /// A call of an MCP server's tool and what it gave. `call_id` is that of the call that waited for leave.
    pub(super) fn mcp(&self, item: &McpCall, call_id: &str) -> (ToolCall, ToolResult) {
        let mut value = JsonObject::from_iter([
            ("type".to_owned(), "call".into()),
            ("serverLabel".to_owned(), item.server_label.as_str().into()),
            ("name".to_owned(), item.name.as_str().into()),
            ("arguments".to_owned(), item.arguments.as_str().into()),
        ]);
        if let Some(output) = &item.output {
            value.insert("output".to_owned(), output.as_str().into());
        }
        if let Some(error) = item.error.as_ref().filter(|error| !error.is_null()) {
            value.insert("error".to_owned(), error.clone());
        }
        let call = mcp_call(call_id, &item.name, &item.arguments);
        let mut result = ToolResult::new(call_id, call.tool_name.as_str(), value);
        result.provider_metadata = self.item(Some(&item.id));
        (call, result)
    }

    /// A use of a computer that the host has made by itself.
    pub(super) fn hosted_computer(&self, item: &ComputerCall) -> (ToolCall, ToolResult) {
        let name = self.names.ours("computer_use");
        let value = json!({ "type": "computer_use_tool_result", "status": item.status });
        (hosted(&item.id, name, ""), ToolResult::new(item.id.as_str(), name, value))
    }

    /// A use of a computer that the caller has to make.
    pub(super) fn computer_call(&self, item: &ComputerCall, call_id: &str) -> ToolCall {
        let actions = item.actions.as_deref().or(item.action.as_ref().map(std::slice::from_ref));
        let ours = |it: &JsonObject| to_ours(it, COMPUTER_ACTION);
        let actions: Vec<_> = actions.unwrap_or_default().iter().map(ours).collect();
        let checks = item.pending_safety_checks.as_deref().unwrap_or_default();
        let checks: Vec<_> = checks.iter().map(|it| to_ours(it, &[])).collect();
        let mut input = json!({ "actions": actions, "pendingSafetyChecks": checks });
        if let (Value::Object(input), Some(status)) = (&mut input, &item.status) {
            input.insert("status".to_owned(), status.as_str().into());
        }
        let name = self.names.ours("computer");
        call(call_id, name, input.to_string(), self.item(Some(&item.id)))
    }

    pub(super) fn compaction(&self, item: &Compaction) -> Custom {
        let mut part = Custom::new("openai.compaction");
        part.provider_metadata = Some(self.metadata([
            ("type", Some("compaction".into())),
            ("itemId", Some(item.id.as_str().into())),
            ("encryptedContent", item.encrypted_content.as_deref().map(Into::into)),
        ]));
        part
    }

    /// An item of a kind that is not known: kept whole, so that it can be sent back.
    pub(super) fn unknown(&self, item: &JsonObject) -> Custom {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or("unknown");
        let mut part = Custom::new(format!("openai.{kind}"));
        part.provider_metadata = Some(self.metadata([
            ("itemId", item.get("id").filter(|id| id.is_string()).cloned()),
            ("item", Some(Value::Object(item.clone()))),
        ]));
        part
    }
}

/// A call of an MCP server's tool: nobody has declared it.
pub(super) fn mcp_call(id: &str, name: &str, arguments: &str) -> ToolCall {
    let mut call = hosted(id, &format!("mcp.{name}"), arguments);
    call.dynamic = Some(true);
    call
}

fn web_search_output(action: &JsonObject) -> Value {
    let ours = |kind: &str, names: &[&str]| {
        let mut out = JsonObject::from_iter([("type".to_owned(), kind.into())]);
        out.extend(picked(action, names));
        out
    };
    match action.get("type").and_then(Value::as_str) {
        Some("search") => {
            let mut search = ours("search", &["query", "queries"]);
            search.retain(|_, value| !value.is_null());
            let mut out = JsonObject::from_iter([("action".to_owned(), search.into())]);
            let sources = action.get("sources").and_then(Value::as_array);
            if let Some(sources) = sources {
                let known = |it: &Value| Some(picked(it.as_object()?, &["type", "url", "name"]));
                let sources: Vec<_> = sources.iter().filter_map(known).collect();
                out.insert("sources".to_owned(), json!(sources));
            }
            out.into()
        }
        Some("open_page") => json!({ "action": ours("openPage", &["url"]) }),
        Some("find_in_page") => json!({ "action": ours("findInPage", &["url", "pattern"]) }),
        _ => json!({ "action": action }),
    }
}
