//! Items that begin.

use aqueduct_spec::language::{TextStart, ToolInputDelta, ToolInputEnd};
use serde_json::{Value, json};

use super::super::items::hosted;
use super::super::parallel::is_wrapper;
use super::super::wire::{self, Item, ItemEvent};
use super::tool_input::{OpenCall, OpenKind, escaped, hosted_start, start};
use super::{MAX_OPEN, Parts, StreamDecoder};

impl StreamDecoder {
    pub(super) fn added(&mut self, event: &ItemEvent, parts: &mut Parts) {
        let at = event.output_index;
        if self.calls.len() + self.item_ids.len() >= MAX_OPEN {
            return;
        }
        match &event.item {
            Item::Message(item) => self.message_added(at, item, parts),
            Item::Reasoning(item) => self.reasoning_added(at, item, parts),
            Item::FunctionCall(item) => {
                let kind = if is_wrapper(&item.name, &self.reading.functions) {
                    OpenKind::Wrapper { held: Vec::new(), bytes: 0 }
                } else {
                    parts.push_back(start(&item.call_id, &item.name));
                    OpenKind::Plain
                };
                self.calls.insert(at, OpenCall::new(&item.call_id, &item.name, kind));
            }
            Item::CustomToolCall(item) => {
                let name = self.reading.names.ours(&item.name);
                parts.push_back(start(&item.call_id, name));
                self.calls.insert(at, OpenCall::new(&item.call_id, name, OpenKind::Plain));
            }
            Item::ComputerCall(item) => {
                let name = self.reading.names.ours("computer");
                let id = item.call_id.as_ref().unwrap_or(&item.id);
                parts.push_back(start(id, name));
                self.calls.insert(at, OpenCall::new(id, name, OpenKind::Plain));
            }
            Item::ApplyPatchCall(item) => self.patch_added(at, item, parts),
            Item::WebSearchCall(item) => {
                let name = self.reading.web_search();
                parts.push_back(hosted_start(&item.id, name));
                parts.push_back(ToolInputEnd::new(item.id.as_str()).into());
                parts.push_back(hosted(&item.id, name, "{}").into());
            }
            Item::FileSearchCall(item) => {
                let name = self.reading.names.ours("file_search");
                parts.push_back(hosted(&item.id, name, "{}").into());
            }
            Item::ImageGenerationCall(item) => {
                let name = self.reading.names.ours("image_generation");
                parts.push_back(hosted(&item.id, name, "{}").into());
            }
            Item::CodeInterpreterCall(item) => {
                let name = self.reading.names.ours("code_interpreter");
                parts.push_back(hosted_start(&item.id, name));
                let begin =
                    format!("{{\"containerId\":\"{}\",\"code\":\"", escaped(&item.container_id));
                parts.push_back(ToolInputDelta::new(item.id.as_str(), begin).into());
                let kind = OpenKind::Code { container_id: item.container_id.clone() };
                self.calls.insert(at, OpenCall::new(&item.id, name, kind));
            }
            Item::ToolSearchCall(item) => {
                let name = self.reading.names.ours("tool_search");
                if item.execution.as_deref() == Some("server") {
                    parts.push_back(hosted_start(&item.id, name));
                }
                self.calls.insert(at, OpenCall::new(&item.id, name, OpenKind::Plain));
            }
            // Everything else is told when it is whole.
            _ => {}
        }
    }

    fn message_added(&mut self, at: u64, item: &wire::Message, parts: &mut Parts) {
        let id = item.id.clone().unwrap_or_else(|| at.to_string());
        self.annotations.clear();
        self.phase.clone_from(&item.phase);
        let mut part = TextStart::new(id.as_str());
        part.provider_metadata = Some(self.reading.metadata([
            ("itemId", Some(id.as_str().into())),
            ("phase", item.phase.as_deref().map(Into::into)),
        ]));
        parts.push_back(part.into());
        self.item_ids.insert(at, id);
    }

    fn patch_added(&mut self, at: u64, item: &wire::ApplyPatchCall, parts: &mut Parts) {
        let name = self.reading.names.ours("apply_patch");
        let id = item.call_id.as_str();
        let text = |name: &str| item.operation.get(name).and_then(Value::as_str);
        let (kind, path) = (text("type").unwrap_or_default(), text("path").unwrap_or_default());
        parts.push_back(start(id, name));
        // Nothing is written into a file that is removed.
        let is_whole = kind == "delete_file";
        if is_whole {
            let input = json!({ "callId": id, "operation": item.operation }).to_string();
            parts.push_back(ToolInputDelta::new(id, input).into());
            parts.push_back(ToolInputEnd::new(id).into());
        } else {
            let begin = format!(
                "{{\"callId\":\"{}\",\"operation\":{{\"type\":\"{}\",\"path\":\"{}\",\"diff\":\"",
                escaped(id),
                escaped(kind),
                escaped(path)
            );
            parts.push_back(ToolInputDelta::new(id, begin).into());
        }
        let kind = OpenKind::Patch { has_diff: is_whole, has_ended: is_whole };
        self.calls.insert(at, OpenCall::new(id, name, kind));
    }
}
