//! An answer in one piece.

use std::collections::VecDeque;

use aqueduct_spec::language::{
    Content, GenerateResult, Reasoning, ResponseInfo, Text, ToolApprovalRequest,
};
use aqueduct_spec::{Context, Error, ErrorKind, Result};
use http::StatusCode;
use serde_json::{Value, json};

use super::items::{call, hosted, mcp_call};
use super::sources::{kept, source};
use super::wire::{self, ContentPart, Item};
use super::{
    Reading, answer_metadata, finish_reason, logprobs, parallel, reasoning_context, timestamp,
    usage,
};

/// Reads an answer.
///
/// # Errors
/// What the host says has failed; `Provider` if there is no output.
pub fn generate(
    mut response: wire::Response,
    reading: &Reading,
    cx: &Context,
) -> Result<GenerateResult> {
    if let Some(error) = &response.error {
        return Err(failed(error));
    }
    let Some(output) = response.output.take() else {
        let reason = response.incomplete_details.as_ref().and_then(|it| it.reason.as_deref());
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let message = format!("Responses API returned no output{reason}");
        return Err(Error::new(ErrorKind::Provider, message)
            .with_status(StatusCode::INTERNAL_SERVER_ERROR)
            .with_retryable(false));
    };
    let mut reader = Reader::new(reading, cx);
    output.iter().for_each(|item| reader.item(item));
    let mut result = GenerateResult::default();
    result.finish_reason =
        finish_reason(response.incomplete_details.as_ref(), reader.has_function_call);
    result.content = reader.content;
    result.usage = usage(response.usage.as_ref());
    result.provider_metadata = Some(answer_metadata(
        reading,
        response.id.as_deref(),
        reader.logprobs,
        response.service_tier.take(),
        reasoning_context(&response),
    ));
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created_at);
    result.response = Some(info);
    Ok(result)
}

/// The parts that items of an answer are.
pub fn content(items: &[Item], reading: &Reading, cx: &Context) -> Vec<Content> {
    let mut reader = Reader::new(reading, cx);
    items.iter().for_each(|item| reader.item(item));
    reader.content
}

/// A failure that is told in an answer with status 200: the request was wrong.
fn failed(error: &wire::ResponseError) -> Error {
    let code = error.code.as_ref().and_then(Value::as_str);
    let failure = Error::new(ErrorKind::InvalidRequest, error.message.clone())
        .with_status(StatusCode::BAD_REQUEST)
        .with_retryable(false);
    match code {
        Some(code @ "insufficient_quota") => {
            failure.with_kind(ErrorKind::QuotaExceeded).with_code(code)
        }
        Some(code) => failure.with_code(code),
        None => failure,
    }
}

struct Reader<'a> {
    reading: &'a Reading,
    cx: &'a Context,
    content: Vec<Content>,
    logprobs: Vec<Value>,
    /// The host's searches for tools whose results are still to come.
    hosted_searches: VecDeque<String>,
    has_function_call: bool,
}

impl<'a> Reader<'a> {
    fn new(reading: &'a Reading, cx: &'a Context) -> Self {
        Self {
            reading,
            cx,
            content: Vec::new(),
            logprobs: Vec::new(),
            hosted_searches: VecDeque::new(),
            has_function_call: false,
        }
    }

    fn push(&mut self, part: impl Into<Content>) {
        self.content.push(part.into());
    }

    fn item(&mut self, item: &Item) {
        let reading = self.reading;
        match item {
            Item::Message(item) => self.message(item),
            Item::Reasoning(item) => self.reasoning(item),
            Item::FunctionCall(item) => self.function_call(item),
            Item::CustomToolCall(item) => {
                self.has_function_call = true;
                let name = reading.names.ours(&item.name);
                let input = Value::String(item.input.clone()).to_string();
                self.push(call(&item.call_id, name, input, reading.item(item.id.as_deref())));
            }
            Item::Program(item) => self.push(reading.program(item)),
            Item::ProgramOutput(item) => self.push(reading.program_output(item)),
            Item::WebSearchCall(item) => {
                self.push(hosted(&item.id, reading.web_search(), "{}"));
                self.push(reading.web_search_result(item));
            }
            Item::FileSearchCall(item) => {
                self.push(hosted(&item.id, reading.names.ours("file_search"), "{}"));
                self.push(reading.file_search_result(item));
            }
            Item::ImageGenerationCall(item) => {
                self.push(hosted(&item.id, reading.names.ours("image_generation"), "{}"));
                self.push(reading.image_result(item));
            }
            Item::CodeInterpreterCall(item) => {
                let input = json!({ "code": item.code, "containerId": item.container_id });
                let name = reading.names.ours("code_interpreter");
                self.push(hosted(&item.id, name, input.to_string()));
                self.push(reading.code_interpreter_result(item));
            }
            Item::Compaction(item) => self.push(reading.compaction(item)),
            Item::McpCall(item) => {
                let approved = item.approval_request_id.as_ref();
                let id = approved.and_then(|id| reading.approvals.get(id)).unwrap_or(&item.id);
                let (call, result) = reading.mcp(item, id);
                self.push(call);
                self.push(result);
            }
            Item::McpListTools(_) => {}
            Item::McpApprovalRequest(item) => {
                let call_id = self.cx.generate_id();
                self.push(mcp_call(&call_id, &item.name, &item.arguments));
                let question = item.approval_request_id.as_ref().unwrap_or(&item.id);
                self.push(ToolApprovalRequest::new(question.as_str(), call_id));
            }
            other => self.client_item(other),
        }
    }

    /// Items of tools that the caller may run.
    fn client_item(&mut self, item: &Item) {
        let reading = self.reading;
        match item {
            Item::ToolSearchCall(item) => self.tool_search(item),
            Item::ToolSearchOutput(item) => {
                let id = item.call_id.clone().flatten();
                let id = id.or_else(|| self.hosted_searches.pop_front()).or(item.id.clone());
                self.push(reading.tool_search_result(item, &id.unwrap_or_default()));
            }
            Item::LocalShellCall(item) => {
                let input = json!({ "action": item.action }).to_string();
                let name = reading.names.ours("local_shell");
                self.push(call(&item.call_id, name, input, reading.item(item.id.as_deref())));
            }
            Item::ShellCall(item) => self.push(reading.shell_call(item)),
            Item::ShellCallOutput(item) => self.push(reading.shell_result(item)),
            Item::ApplyPatchCall(item) => {
                let input = json!({ "callId": item.call_id, "operation": item.operation });
                let name = reading.names.ours("apply_patch");
                let metadata = reading.item(item.id.as_deref());
                self.push(call(&item.call_id, name, input.to_string(), metadata));
            }
            Item::ComputerCall(item) => match &item.call_id {
                Some(id) => {
                    self.has_function_call = true;
                    self.push(reading.computer_call(item, id));
                }
                None => {
                    let (call, result) = reading.hosted_computer(item);
                    self.push(call);
                    self.push(result);
                }
            },
            Item::Unknown(item) => self.push(reading.unknown(item)),
            other => {
                if let Ok(Value::Object(item)) = serde_json::to_value(other) {
                    self.push(reading.unknown(&item));
                }
            }
        }
    }

    fn message(&mut self, item: &wire::Message) {
        let parts = match &item.content {
            Some(wire::Content::Parts(parts)) => parts.as_slice(),
            Some(wire::Content::Text(text)) => return self.push(Text::new(text.as_str())),
            None => &[],
        };
        for part in parts {
            let (text, annotations) = match part {
                ContentPart::OutputText(part) => {
                    let values = part.logprobs.as_ref().filter(|it| it.is_array());
                    if let Some(values) = values.filter(|_| self.reading.keeps_logprobs) {
                        self.logprobs.push(logprobs(values));
                    }
                    (&part.text, part.annotations.as_deref().unwrap_or_default())
                }
                ContentPart::Refusal(part) => (&part.refusal, &[][..]),
                _ => continue,
            };
            let is_refusal = matches!(part, ContentPart::Refusal(_)).then_some(true);
            let kept: Vec<_> = annotations.iter().map(kept).collect();
            let mut text = Text::new(text.as_str());
            text.provider_metadata = Some(self.reading.metadata([
                ("itemId", item.id.as_deref().map(Into::into)),
                ("phase", item.phase.as_deref().map(Into::into)),
                ("annotations", (!kept.is_empty()).then(|| kept.into())),
                ("refusal", is_refusal.map(Into::into)),
            ]));
            self.push(text);
            for annotation in annotations {
                if let Some(source) = source(annotation, self.reading, self.cx) {
                    self.push(source);
                }
            }
        }
    }

    fn reasoning(&mut self, item: &wire::Reasoning) {
        let metadata = self.reading.metadata([
            ("itemId", item.id.as_deref().map(Into::into)),
            ("reasoningEncryptedContent", Some(json!(item.encrypted_content))),
        ]);
        let summary = item.summary.as_deref().unwrap_or_default();
        // Without words there is still something to send back.
        let texts = summary.iter().map(|part| part.text.as_str());
        let empty = summary.is_empty().then_some("");
        for text in texts.chain(empty) {
            let mut part = Reasoning::new(text);
            part.provider_metadata = Some(metadata.clone());
            self.push(part);
        }
    }

    fn function_call(&mut self, item: &wire::FunctionCall) {
        self.has_function_call = true;
        let calls = parallel::unwrap_calls(
            &item.call_id,
            &item.name,
            &item.arguments,
            &self.reading.functions,
            &self.reading.key,
            item.id.as_deref(),
        );
        match calls {
            Some(calls) => self.content.extend(calls.into_iter().map(Content::from)),
            None => self.push(self.reading.function_call(item)),
        }
    }

    fn tool_search(&mut self, item: &wire::ToolSearchCall) {
        let is_hosted = item.execution.as_deref() == Some("server");
        let id = item.call_id.clone().unwrap_or_else(|| item.id.clone());
        if is_hosted {
            self.hosted_searches.push_back(id.clone());
        }
        let input = json!({ "arguments": item.arguments, "call_id": item.call_id });
        let name = self.reading.names.ours("tool_search");
        let mut part = call(&id, name, input.to_string(), self.reading.item(Some(&item.id)));
        part.provider_executed = is_hosted.then_some(true);
        self.push(part);
    }
}
