//! Items that are whole.

use aqueduct_spec::Result;
use aqueduct_spec::language::{
    TextEnd, ToolApprovalRequest, ToolInputDelta, ToolInputEnd, ToolInputStart,
};
use serde_json::{Value, json};

use super::super::items::{call, mcp_call};
use super::super::parallel::{is_wrapper, unwrap_calls};
use super::super::tools::{LOCAL_SHELL_ACTION, to_ours};
use super::super::wire::{self, Item, ItemEvent};
use super::tool_input::whole;
use super::{Parts, StreamDecoder, bounded};

impl StreamDecoder {
    pub(super) fn done(&mut self, event: &ItemEvent, parts: &mut Parts) -> Result<()> {
        let at = event.output_index;
        match &event.item {
            Item::Message(item) => self.message_done(at, item, parts),
            Item::Reasoning(item) => self.reasoning_done(at, item, parts),
            Item::FunctionCall(item) => self.function_call_done(at, item, parts),
            Item::CustomToolCall(item) => {
                self.calls.remove(&at);
                self.has_function_call = true;
                parts.push_back(ToolInputEnd::new(item.call_id.as_str()).into());
                let name = self.reading.names.ours(&item.name);
                let input = Value::String(item.input.clone()).to_string();
                let metadata = self.reading.item(item.id.as_deref());
                parts.push_back(call(&item.call_id, name, input, metadata).into());
            }
            Item::ComputerCall(item) => self.computer_done(at, item, parts),
            Item::ApplyPatchCall(item) => self.patch_done(at, item, parts),
            Item::ToolSearchCall(item) => self.tool_search_done(at, item, parts)?,
            Item::McpCall(item) => {
                let question = item.approval_request_id.as_ref();
                let known = question.and_then(|id| {
                    self.approvals.get(id).or_else(|| self.reading.approvals.get(id))
                });
                let (call, result) = self.reading.mcp(item, known.unwrap_or(&item.id));
                parts.push_back(call.into());
                parts.push_back(result.into());
            }
            Item::McpApprovalRequest(item) => {
                bounded(self.approvals.len())?;
                let call_id = self.cx.generate_id();
                let question = item.approval_request_id.as_ref().unwrap_or(&item.id);
                self.approvals.insert(question.clone(), call_id.clone());
                parts.push_back(mcp_call(&call_id, &item.name, &item.arguments).into());
                parts.push_back(ToolApprovalRequest::new(question.as_str(), call_id).into());
            }
            other => {
                self.calls.remove(&at);
                self.plain_done(other, parts);
            }
        }
        Ok(())
    }

    /// Items that need nothing of what came before.
    fn plain_done(&mut self, item: &Item, parts: &mut Parts) {
        let reading = &self.reading;
        parts.push_back(match item {
            Item::Program(item) => reading.program(item).into(),
            Item::ProgramOutput(item) => reading.program_output(item).into(),
            Item::WebSearchCall(item) => reading.web_search_result(item).into(),
            Item::FileSearchCall(item) => reading.file_search_result(item).into(),
            Item::CodeInterpreterCall(item) => reading.code_interpreter_result(item).into(),
            Item::ImageGenerationCall(item) => reading.image_result(item).into(),
            Item::ToolSearchOutput(item) => {
                let id = item.call_id.clone().flatten();
                let id = id.or_else(|| self.hosted_searches.pop_front()).or(item.id.clone());
                reading.tool_search_result(item, &id.unwrap_or_default()).into()
            }
            Item::LocalShellCall(item) => {
                let action = to_ours(&item.action, LOCAL_SHELL_ACTION);
                let input = json!({ "action": action }).to_string();
                let name = reading.names.ours("local_shell");
                call(&item.call_id, name, input, reading.item(item.id.as_deref())).into()
            }
            Item::ShellCall(item) => reading.shell_call(item).into(),
            Item::ShellCallOutput(item) => reading.shell_result(item).into(),
            Item::Compaction(item) => reading.compaction(item).into(),
            Item::McpListTools(_) => return,
            Item::Unknown(item) => reading.unknown(item).into(),
            other => match super::to_value(other) {
                Value::Object(item) => reading.unknown(&item).into(),
                _ => return,
            },
        });
    }

    fn message_done(&mut self, at: u64, item: &wire::Message, parts: &mut Parts) {
        let id = self.item_id(item.id.as_deref().unwrap_or_default(), Some(at));
        self.item_ids.remove(&at);
        let phase = item.phase.clone().or_else(|| self.phase.take());
        self.phase = None;
        let annotations = self.annotations.clone();
        let mut part = TextEnd::new(id.as_str());
        part.provider_metadata = Some(self.reading.metadata([
            ("itemId", Some(id.into())),
            ("phase", phase.map(Into::into)),
            ("annotations", (!annotations.is_empty()).then(|| annotations.into())),
        ]));
        parts.push_back(part.into());
    }

    fn function_call_done(&mut self, at: u64, item: &wire::FunctionCall, parts: &mut Parts) {
        self.has_function_call = true;
        let open = self.calls.remove(&at);
        let reading = &self.reading;
        let is_wrapper = match &open {
            Some(open) => open.is_wrapper(),
            None => is_wrapper(&item.name, &reading.functions),
        };
        if is_wrapper {
            let calls = unwrap_calls(
                &item.call_id,
                &item.name,
                &item.arguments,
                &reading.functions,
                &reading.key,
                item.id.as_deref(),
            );
            if let Some(calls) = calls {
                return calls.into_iter().for_each(|call| whole(call, parts));
            }
            let before = parts.len();
            match open {
                Some(open) => open.reveal(parts),
                None => parts.push_back(
                    ToolInputStart::new(item.call_id.as_str(), item.name.as_str()).into(),
                ),
            }
            // No piece has come before the whole.
            if parts.len() == before + 1 && !item.arguments.is_empty() {
                let delta = ToolInputDelta::new(item.call_id.as_str(), item.arguments.as_str());
                parts.push_back(delta.into());
            }
        }
        let mut end = ToolInputEnd::new(item.call_id.as_str());
        if let Some(namespace) = &item.namespace {
            let namespace = Some(namespace.as_str().into());
            end.provider_metadata = Some(reading.metadata([("namespace", namespace)]));
        }
        parts.push_back(end.into());
        parts.push_back(reading.function_call(item).into());
    }

    fn computer_done(&mut self, at: u64, item: &wire::ComputerCall, parts: &mut Parts) {
        self.calls.remove(&at);
        let Some(id) = &item.call_id else {
            parts.push_back(ToolInputEnd::new(item.id.as_str()).into());
            let (call, result) = self.reading.hosted_computer(item);
            parts.push_back(call.into());
            parts.push_back(result.into());
            return;
        };
        self.has_function_call = true;
        let call = self.reading.computer_call(item, id);
        parts.push_back(ToolInputDelta::new(id.as_str(), call.input.as_str()).into());
        parts.push_back(ToolInputEnd::new(id.as_str()).into());
        parts.push_back(call.into());
    }

    fn patch_done(&mut self, at: u64, item: &wire::ApplyPatchCall, parts: &mut Parts) {
        let diff = item.operation.get("diff").and_then(Value::as_str).unwrap_or_default();
        self.diff_done(at, diff, parts);
        let Some(open) = self.calls.remove(&at) else { return };
        if item.status.as_deref() != Some("completed") {
            return;
        }
        let input = json!({ "callId": item.call_id, "operation": item.operation }).to_string();
        let metadata = self.reading.item(item.id.as_deref());
        parts.push_back(call(&open.id, &open.name, input, metadata).into());
    }

    fn tool_search_done(
        &mut self,
        at: u64,
        item: &wire::ToolSearchCall,
        parts: &mut Parts,
    ) -> Result<()> {
        let Some(open) = self.calls.remove(&at) else { return Ok(()) };
        let is_hosted = item.execution.as_deref() == Some("server");
        let id = if is_hosted {
            bounded(self.hosted_searches.len())?;
            self.hosted_searches.push_back(open.id.clone());
            open.id
        } else {
            let id = item.call_id.clone().unwrap_or_else(|| item.id.clone());
            parts.push_back(ToolInputStart::new(id.as_str(), open.name.as_str()).into());
            id
        };
        parts.push_back(ToolInputEnd::new(id.as_str()).into());
        let call_id = (!is_hosted).then_some(&id);
        let input = json!({ "arguments": item.arguments, "call_id": call_id }).to_string();
        let mut part = call(&id, &open.name, input, self.reading.item(Some(&item.id)));
        part.provider_executed = is_hosted.then_some(true);
        parts.push_back(part.into());
        Ok(())
    }
}
