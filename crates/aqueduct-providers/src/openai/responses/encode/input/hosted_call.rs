//! Calls of tools that are not functions.

use aqueduct_spec::language::ToolCallPart;
use aqueduct_spec::{JsonObject, Result};
use serde_json::Value;

use super::super::super::tools::{COMPUTER_ACTION, LOCAL_SHELL_ACTION, SHELL_ACTION, to_theirs};
use super::wire::{self, Item, ItemReference};
use super::{Writer, object};

impl Writer<'_> {
    /// Writes a call of a tool that is not a function: as an item, as none because the host knows it, or not at all (`None`)
    /// because it is a function.
    pub(super) fn hosted_call(
        &self,
        part: &ToolCallPart,
        name: &str,
        id: Option<&str>,
    ) -> Result<Option<Option<Item>>> {
        let reference = id.filter(|_| self.rules.store);
        let reference = reference.map(|id| Item::ItemReference(ItemReference::new(id)));
        if matches!(name, "tool_search" | "programmatic_tool_calling") {
            let Some(reference) = reference else { return self.search_or_program(part, name, id) };
            return Ok(Some(Some(reference)));
        }
        if part.provider_executed == Some(true) {
            // The commands of a hosted shell go with their results, which are sent if the host keeps nothing.
            if self.rules.store || name != "shell" || !self.rules.has_shell {
                return Ok(Some(reference));
            }
        }
        if !self.is_hosted(name) {
            // Functions are sent in full: their results name the call and not the item.
            return Ok(None);
        }
        if reference.is_some() {
            return Ok(Some(reference.filter(|_| !self.rules.has_previous_response)));
        }
        self.client_call(part, name, id.map(str::to_owned)).map(|item| Some(Some(item)))
    }

    fn is_hosted(&self, name: &str) -> bool {
        let is_known = match name {
            "local_shell" => self.rules.has_local_shell,
            "shell" => self.rules.has_shell,
            "apply_patch" => self.rules.has_apply_patch,
            "computer" => self.rules.has_computer,
            _ => false,
        };
        is_known || self.rules.custom_tools.contains(name)
    }

    fn search_or_program(
        &self,
        part: &ToolCallPart,
        name: &str,
        id: Option<&str>,
    ) -> Result<Option<Option<Item>>> {
        let parsed = part.input.as_str().and_then(|text| serde_json::from_str(text).ok());
        let input = parsed.as_ref().unwrap_or(&part.input);
        let id = id.unwrap_or(&part.tool_call_id).to_owned();
        let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Some(Some(if name == "tool_search" {
            let call_id = text("call_id");
            let execution = if call_id.is_some() { "client" } else { "server" };
            Item::ToolSearchCall(wire::ToolSearchCall {
                id,
                call_id,
                execution: Some(execution.to_owned()),
                status: Some("completed".to_owned()),
                arguments: input.get("arguments").cloned(),
                rest: JsonObject::new(),
            })
        } else {
            Item::Program(wire::Program {
                id,
                call_id: part.tool_call_id.clone(),
                code: text("code").unwrap_or_default(),
                fingerprint: text("fingerprint").unwrap_or_default(),
                rest: JsonObject::new(),
            })
        })))
    }

    /// A call that the caller has run.
    fn client_call(&self, part: &ToolCallPart, name: &str, id: Option<String>) -> Result<Item> {
        let call_id = part.tool_call_id.clone();
        if self.rules.custom_tools.contains(name) {
            let input = part.input.as_str().map_or_else(|| part.input.to_string(), str::to_owned);
            let name = name.to_owned();
            let rest = JsonObject::new();
            return Ok(Item::CustomToolCall(wire::CustomToolCall {
                call_id,
                name,
                input,
                id,
                rest,
            }));
        }
        let input = object(&part.input, "input of a tool call")?;
        let within =
            |name: &str| object(input.get(name).unwrap_or(&Value::Null), "input of a tool call");
        let completed = Some("completed".to_owned());
        let rest = JsonObject::new();
        Ok(match name {
            "local_shell" => {
                let action = to_theirs(within("action")?, LOCAL_SHELL_ACTION);
                Item::LocalShellCall(wire::LocalShellCall { call_id, action, id, rest })
            }
            "shell" => {
                let action = to_theirs(within("action")?, SHELL_ACTION);
                Item::ShellCall(wire::ShellCall { call_id, action, id, status: completed, rest })
            }
            "apply_patch" => {
                let call_id =
                    input.get("callId").and_then(Value::as_str).map_or(call_id, Into::into);
                let operation = within("operation")?.clone();
                let status = completed;
                Item::ApplyPatchCall(wire::ApplyPatchCall { call_id, operation, id, status, rest })
            }
            _ => Item::ComputerCall(computer(input, call_id, id)),
        })
    }
}

fn computer(input: &JsonObject, call_id: String, id: Option<String>) -> wire::ComputerCall {
    let list = |name: &str| {
        let items = input.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| Some(to_theirs(item.as_object()?, COMPUTER_ACTION))).collect()
    };
    wire::ComputerCall {
        id: id.unwrap_or_default(),
        call_id: Some(call_id),
        status: input.get("status").and_then(Value::as_str).map(str::to_owned),
        action: None,
        actions: Some(list("actions")),
        pending_safety_checks: Some(list("pendingSafetyChecks")),
        rest: JsonObject::new(),
    }
}
