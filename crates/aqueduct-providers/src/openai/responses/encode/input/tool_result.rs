//! Results of tools, and answers to the host's questions.

use aqueduct_spec::language::{
    ContentOutput, OutputPart, ToolApprovalResponsePart, ToolMessage, ToolPart, ToolResultOutput,
    ToolResultPart,
};
use aqueduct_spec::{Error, FileData, JsonObject, Result};
use serde_json::Value;

use super::super::super::options::{option, text_option};
use super::super::super::tools::{OUTCOME, SCREENSHOT, to_theirs};
use super::assistant::caller;
use super::wire::{self, CallOutput, Content, ContentPart, Item};
use super::{Writer, input_text, object};

const DENIED: &str = "Tool call execution denied.";

impl Writer<'_> {
    pub(super) fn tool(&mut self, message: &ToolMessage) -> Result<()> {
        for part in &message.content {
            match part {
                ToolPart::ToolApprovalResponse(part) => self.approval(part),
                ToolPart::ToolResult(part) => self.tool_result(part)?,
                other => {
                    let what = format_args!("tool parts of type {}", other.tag());
                    return Err(Error::unsupported(what));
                }
            }
        }
        Ok(())
    }

    fn approval(&mut self, part: &ToolApprovalResponsePart) {
        if !self.answered.insert(part.approval_id.clone()) {
            return;
        }
        if self.rules.store && !self.rules.has_conversation && !self.rules.has_previous_response {
            self.refer(part.approval_id.as_str());
        }
        self.items.push(Item::McpApprovalResponse(wire::McpApprovalResponse {
            approval_request_id: part.approval_id.clone(),
            approve: part.approved,
            rest: JsonObject::new(),
        }));
    }

    fn tool_result(&mut self, part: &ToolResultPart) -> Result<()> {
        let options = part.provider_options.as_ref();
        if self.groups.of(options, self.rules.key).is_some() {
            return self.wrapped_results(part);
        }
        if let ToolResultOutput::ExecutionDenied(output) = &part.output {
            // It was told by the answer to the question.
            let id = text_option(output.provider_options.as_ref(), "openai", "approvalId");
            if id.is_some_and(|id| !id.is_empty()) {
                return Ok(());
            }
        }
        let name = self.rules.names.theirs(&part.tool_name).to_owned();
        let item = match self.client_result(part, &name)? {
            Some(item) => item,
            None if self.rules.custom_tools.contains(&name) => {
                Item::CustomToolCallOutput(wire::CustomToolCallOutput {
                    call_id: part.tool_call_id.clone(),
                    output: self.output(part, false, "custom tool")?,
                    rest: JsonObject::new(),
                })
            }
            None => Item::FunctionCallOutput(wire::FunctionCallOutput {
                call_id: part.tool_call_id.clone(),
                output: self.function_output(part)?,
                caller: option(options, self.rules.key, "caller").and_then(caller),
                rest: JsonObject::new(),
            }),
        };
        self.items.push(item);
        Ok(())
    }

    /// The results of all calls of a wrapper, as the one result that the host waits for.
    fn wrapped_results(&mut self, part: &ToolResultPart) -> Result<()> {
        let group = self.groups.of(part.provider_options.as_ref(), self.rules.key);
        let Some((id, results)) =
            group.map(|group| (group.wrapper.tool_call_id.clone(), group.results.clone()))
        else {
            return Ok(());
        };
        if !self.results_written.insert(id.clone()) {
            return Ok(());
        }
        let mut outputs = Vec::with_capacity(results.len());
        for result in results {
            outputs.push(match self.function_output(result)? {
                Content::Text(text) => text,
                Content::Parts(parts) => serde_json::to_string(&parts).map_err(unwritable)?,
            });
        }
        self.items.push(Item::FunctionCallOutput(wire::FunctionCallOutput {
            call_id: id,
            output: Content::Text(outputs.join("\n")),
            ..wire::FunctionCallOutput::default()
        }));
        Ok(())
    }

    /// The result of a tool that the host knows and the caller has run.
    fn client_result(&self, part: &ToolResultPart, name: &str) -> Result<Option<Item>> {
        let ToolResultOutput::Json(output) = &part.output else { return Ok(None) };
        let value = &output.value;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let call_id = part.tool_call_id.clone();
        let rest = JsonObject::new();
        Ok(match name {
            "tool_search" => Some(Item::ToolSearchOutput(wire::ToolSearchOutput {
                id: None,
                execution: Some("client".to_owned()),
                call_id: Some(Some(call_id)),
                status: Some("completed".to_owned()),
                tools: Some(found_tools(value)),
                rest,
            })),
            "local_shell" if self.rules.has_local_shell => {
                let output = text("output").unwrap_or_default();
                Some(Item::LocalShellCallOutput(wire::LocalShellCallOutput {
                    call_id,
                    output,
                    rest,
                }))
            }
            "shell" if self.rules.has_shell => self.shell_output(part)?,
            "apply_patch" if self.rules.has_apply_patch => {
                Some(Item::ApplyPatchCallOutput(wire::ApplyPatchCallOutput {
                    call_id,
                    status: text("status").unwrap_or_default(),
                    output: text("output"),
                    rest,
                }))
            }
            "computer" if self.rules.has_computer => Some(computer(call_id, value)?),
            _ => None,
        })
    }

    /// What commands gave; `None` if it is not told as JSON.
    pub(super) fn shell_output(&self, part: &ToolResultPart) -> Result<Option<Item>> {
        let ToolResultOutput::Json(output) = &part.output else { return Ok(None) };
        let results = output.value.get("output").and_then(Value::as_array);
        let result = |result: &Value| {
            let text = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default();
            let outcome = result.get("outcome").and_then(Value::as_object);
            CallOutput {
                stdout: text("stdout").to_owned(),
                stderr: text("stderr").to_owned(),
                outcome: outcome.map(|outcome| to_theirs(outcome, OUTCOME)),
                rest: JsonObject::new(),
            }
        };
        Ok(Some(Item::ShellCallOutput(wire::ShellCallOutput {
            call_id: part.tool_call_id.clone(),
            output: results.into_iter().flatten().map(result).collect(),
            ..wire::ShellCallOutput::default()
        })))
    }

    fn function_output(&mut self, part: &ToolResultPart) -> Result<Content> {
        let must_be_json = self.rules.output_schema_tools.contains(&part.tool_name);
        self.output(part, must_be_json, "tool")
    }

    /// The result as text or parts; `what` names the kind of tool in warnings.
    fn output(&mut self, part: &ToolResultPart, must_be_json: bool, what: &str) -> Result<Content> {
        let text = match &part.output {
            ToolResultOutput::Text(output) => output.value.clone(),
            ToolResultOutput::ErrorText(output) => output.value.clone(),
            ToolResultOutput::ExecutionDenied(output) => {
                output.reason.clone().unwrap_or_else(|| DENIED.to_owned())
            }
            ToolResultOutput::Json(output) => return Ok(Content::Text(output.value.to_string())),
            ToolResultOutput::ErrorJson(output) => {
                return Ok(Content::Text(output.value.to_string()));
            }
            ToolResultOutput::Content(output) => return self.output_parts(output, what),
            other => return serde_json::to_string(other).map(Content::Text).map_err(unwritable),
        };
        Ok(Content::Text(if must_be_json { Value::String(text).to_string() } else { text }))
    }

    fn output_parts(&mut self, output: &ContentOutput, what: &str) -> Result<Content> {
        let mut parts: Vec<ContentPart> = Vec::with_capacity(output.value.len());
        for part in &output.value {
            let unsupported = match part {
                OutputPart::Text(part) => {
                    let breakpoint = self.breakpoint(part.provider_options.as_ref());
                    parts.push(input_text(&part.text, breakpoint).into());
                    continue;
                }
                OutputPart::File(file) => match &file.data {
                    FileData::Data(inline) => {
                        parts.push(self.inline(file, &inline.data, "data")?);
                        continue;
                    }
                    FileData::Url(_) => {
                        parts.extend(self.url(file));
                        continue;
                    }
                    data => format!("file with data type: {}", data.tag()),
                },
                other => other.tag().to_owned(),
            };
            self.warn(format!("unsupported {what} content part type: {unsupported}"));
        }
        Ok(Content::Parts(parts))
    }
}

/// The tools in the result of a search for them.
pub(super) fn found_tools(value: &Value) -> Vec<JsonObject> {
    let tools = value.get("tools").and_then(Value::as_array).into_iter().flatten();
    tools.filter_map(|tool| tool.as_object().cloned()).collect()
}

fn computer(call_id: String, value: &Value) -> Result<Item> {
    let output = object(value.get("output").unwrap_or(&Value::Null), "result of a tool")?;
    let mut output = to_theirs(output, SCREENSHOT);
    output.entry("type").or_insert_with(|| "computer_screenshot".into());
    let checks = value.get("acknowledgedSafetyChecks").and_then(Value::as_array);
    let checks = checks.map(|checks| checks.iter().filter_map(|it| it.as_object().cloned()));
    Ok(Item::ComputerCallOutput(wire::ComputerCallOutput {
        call_id,
        output,
        acknowledged_safety_checks: checks.map(Iterator::collect),
        rest: JsonObject::new(),
    }))
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::invalid_prompt("the result of a tool cannot be written as JSON").with_source(error)
}
