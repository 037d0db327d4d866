//! What the model said and did.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CustomPart, TextPart, ToolCallPart, ToolResultOutput,
    ToolResultPart,
};
use aqueduct_spec::{JsonObject, Result};
use serde_json::Value;

use super::super::super::options::{option, text_option};
use super::super::super::parallel::Wrapped;
use super::Writer;
use super::foreign;
use super::wire::{self, Caller, Compaction, Content, ContentPart, FunctionCall, Item, OutputText};

impl Writer<'_> {
    pub(super) fn assistant(&mut self, message: &AssistantMessage) -> Result<()> {
        self.thoughts.clear();
        for part in &message.content {
            match part {
                AssistantPart::Text(part) => self.text(part),
                AssistantPart::ToolCall(part) => self.tool_call(part)?,
                AssistantPart::ToolResult(part) => self.hosted_result(part)?,
                AssistantPart::Reasoning(part) => self.reasoning(part)?,
                AssistantPart::Custom(part) => self.custom(part),
                other => {
                    let warning =
                        format!("assistant parts of type {} are not sent to the API", other.tag());
                    self.warn(warning);
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, part: &TextPart) {
        let options = part.provider_options.as_ref();
        let id = self.item_id(options);
        if let Some(id) = &id {
            if self.rules.has_conversation {
                return;
            }
            if self.rules.store {
                return self.refer(id);
            }
        }
        let text = OutputText { text: part.text.clone(), ..OutputText::default() };
        let content = Content::Parts(vec![ContentPart::OutputText(text)]);
        let mut message = wire::Message::new("assistant", content);
        message.id = id;
        message.phase = text_option(options, self.rules.key, "phase").map(str::to_owned);
        self.items.push(message.into());
    }

    fn tool_call(&mut self, part: &ToolCallPart) -> Result<()> {
        let options = part.provider_options.as_ref();
        if part.provider_executed == Some(true)
            && foreign::is_foreign(&part.tool_call_id, options, self.rules.key)
        {
            self.warn(format!(
                "the call of tool {}, which another provider ran, is not sent to the API",
                part.tool_name
            ));
            return Ok(());
        }
        if let Some(group) = self.groups.of(options, self.rules.key) {
            let wrapper = group.wrapper.clone();
            self.wrapper(wrapper);
            return Ok(());
        }
        let id = self.said(part, "itemId").map(str::to_owned);
        if self.rules.has_conversation && id.is_some() {
            return Ok(());
        }
        let name = self.rules.names.theirs(&part.tool_name).to_owned();
        if let Some(item) = self.hosted_call(part, &name, id.as_deref())? {
            self.items.extend(item);
            return Ok(());
        }
        let caller = option(options, self.rules.key, "caller").and_then(caller);
        self.items.push(Item::FunctionCall(FunctionCall {
            call_id: part.tool_call_id.clone(),
            name,
            arguments: part.input.to_string(),
            namespace: self.said(part, "namespace").map(str::to_owned),
            caller,
            ..FunctionCall::default()
        }));
        Ok(())
    }

    /// Writes a wrapper in place of the calls that were in it.
    fn wrapper(&mut self, wrapper: Wrapped) {
        let is_first = self.calls_written.insert(wrapper.tool_call_id.clone());
        // A conversation has it already; a chain of answers wants it again.
        if is_first && !self.rules.has_conversation {
            self.items.push(Item::FunctionCall(FunctionCall {
                call_id: wrapper.tool_call_id,
                name: wrapper.tool_name,
                arguments: wrapper.input,
                ..FunctionCall::default()
            }));
        }
    }

    /// The result of a tool that the host ran.
    fn hosted_result(&mut self, part: &ToolResultPart) -> Result<()> {
        let options = part.provider_options.as_ref();
        if foreign::is_foreign(&part.tool_call_id, options, self.rules.key) {
            self.warn(format!(
                "the result of tool {}, which another provider ran, is not sent to the API",
                part.tool_name
            ));
            return Ok(());
        }
        // The host never learned of a call that was not allowed.
        let is_denied = match &part.output {
            ToolResultOutput::ExecutionDenied(_) => true,
            ToolResultOutput::Json(output) => {
                output.value.get("type").and_then(Value::as_str) == Some("execution-denied")
            }
            _ => false,
        };
        if is_denied || self.rules.has_conversation {
            return Ok(());
        }
        let own_id = self.item_id(part.provider_options.as_ref());
        let id = own_id.unwrap_or_else(|| part.tool_call_id.clone());
        let name = self.rules.names.theirs(&part.tool_name).to_owned();
        if name == "shell" && self.rules.has_shell {
            // Its result is an item of its own, whose id nobody has kept.
            let item = self.shell_output(part)?;
            self.items.extend(item);
            return Ok(());
        }
        if self.rules.store {
            self.refer(id);
            return Ok(());
        }
        match &*name {
            "tool_search" | "programmatic_tool_calling" => {
                let item = hosted_output(part, &name, &id);
                self.items.extend(item);
            }
            _ => self.warn(format!(
                "Results for OpenAI tool {} are not sent to the API when store is false",
                part.tool_name
            )),
        }
        Ok(())
    }

    fn custom(&mut self, part: &CustomPart) {
        let options = part.provider_options.as_ref();
        let Some(id) = self.item_id(options).filter(|_| part.kind.starts_with("openai.")) else {
            self.warn(format!("custom parts of kind {} are not sent to the API", part.kind));
            return;
        };
        if self.rules.has_conversation {
            return;
        }
        if self.rules.store {
            return self.refer(id);
        }
        if part.kind == "openai.compaction" {
            let content = text_option(options, self.rules.key, "encryptedContent");
            self.items.push(Item::Compaction(Compaction {
                id,
                encrypted_content: content.map(str::to_owned),
                rest: JsonObject::new(),
            }));
        } else if let Some(Value::Object(item)) = option(options, self.rules.key, "item") {
            self.items.push(Item::Unknown(item.clone()));
        }
    }
}

/// The result of a tool that the host ran, where the host takes it again.
fn hosted_output(part: &ToolResultPart, name: &str, id: &str) -> Option<Item> {
    let ToolResultOutput::Json(output) = &part.output else { return None };
    let text = |name: &str| output.value.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(if name == "tool_search" {
        Item::ToolSearchOutput(wire::ToolSearchOutput {
            id: Some(id.to_owned()),
            execution: Some("server".to_owned()),
            call_id: Some(None),
            status: Some("completed".to_owned()),
            tools: Some(super::tool_result::found_tools(&output.value)),
            rest: JsonObject::new(),
        })
    } else {
        Item::ProgramOutput(wire::ProgramOutput {
            id: id.to_owned(),
            call_id: part.tool_call_id.clone(),
            result: text("result").to_owned(),
            status: text("status").to_owned(),
            rest: JsonObject::new(),
        })
    })
}

/// Who called a function.
pub(super) fn caller(value: &Value) -> Option<Caller> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Caller { kind: text("type")?, caller_id: text("callerId"), rest: JsonObject::new() })
}
