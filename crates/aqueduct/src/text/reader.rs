//! One answer of a model, read into the parts that a consumer sees.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_spec::language::{
    ErrorJsonOutput, FinishReason, RequestInfo, ResponseInfo, ResponseMetadata, StreamPart,
    ToolApprovalRequest as SpecApproval, ToolInputStart, ToolResult as SpecResult,
    ToolResultOutput, Usage,
};
use aqueduct_spec::{Context, Error, LanguageModel, ProviderMetadata, Result, Warning};
use serde_json::Value;

use super::block_ids::BlockIds;
use super::record::{Record, merge};
use super::{ContentPart, Step, TextStreamPart, ToolInputStartPart};
use crate::tool::{
    Tool, ToolApprovalRequest, ToolCall, ToolError, ToolFailure, ToolFailureKind, ToolResult,
    ToolSet, plain_model_output,
};

/// Reads one answer. Tool calls are not read here, because that may take the caller's help.
pub(super) struct Reader<'a> {
    tools: &'a ToolSet,
    earlier: &'a [Arc<Step>],
    context: &'a Context,
    ids: BlockIds,
    renamed: BTreeMap<(bool, String), String>,
    pub(super) record: Record,
    pub(super) warnings: Vec<Warning>,
    pub(super) request: RequestInfo,
    pub(super) response: ResponseInfo,
    errors: Vec<Error>,
    finish: Option<(FinishReason, Usage)>,
    provider_metadata: Option<ProviderMetadata>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        tools: &'a ToolSet,
        earlier: &'a [Arc<Step>],
        context: &'a Context,
        ids: BlockIds,
    ) -> Self {
        Self {
            tools,
            earlier,
            context,
            ids,
            renamed: BTreeMap::new(),
            record: Record::default(),
            warnings: Vec::new(),
            request: RequestInfo::default(),
            response: ResponseInfo::default(),
            errors: Vec::new(),
            finish: None,
            provider_metadata: None,
        }
    }

    /// Reads a part and returns it as the consumer sees it, if it is for the consumer.
    pub(super) fn read(&mut self, part: StreamPart) -> Option<TextStreamPart> {
        use TextStreamPart as Out;
        Some(match part {
            StreamPart::StreamStart(start) => {
                self.warnings.extend(start.warnings);
                return None;
            }
            StreamPart::ResponseMetadata(metadata) => {
                self.add_response_metadata(metadata);
                return None;
            }
            StreamPart::Finish(finish) => {
                self.finish = Some((finish.finish_reason, finish.usage));
                merge(&mut self.provider_metadata, finish.provider_metadata.as_ref());
                return None;
            }
            StreamPart::TextStart(mut part) => {
                part.id = self.begin(false, part.id);
                Out::TextStart(part)
            }
            // An empty piece says nothing, unless something rides on it.
            StreamPart::TextDelta(part)
                if part.delta.is_empty() && part.provider_metadata.is_none() =>
            {
                return None;
            }
            StreamPart::TextDelta(mut part) => {
                part.id = self.id_of(false, part.id);
                Out::TextDelta(part)
            }
            StreamPart::TextEnd(mut part) => {
                part.id = self.end(false, part.id);
                Out::TextEnd(part)
            }
            StreamPart::ReasoningStart(mut part) => {
                part.id = self.begin(true, part.id);
                Out::ReasoningStart(part)
            }
            StreamPart::ReasoningDelta(mut part) => {
                part.id = self.id_of(true, part.id);
                Out::ReasoningDelta(part)
            }
            StreamPart::ReasoningEnd(mut part) => {
                part.id = self.end(true, part.id);
                Out::ReasoningEnd(part)
            }
            StreamPart::ToolInputStart(part) => Out::ToolInputStart(self.input_start(part)),
            StreamPart::ToolInputDelta(part) => Out::ToolInputDelta(part),
            StreamPart::ToolInputEnd(part) => Out::ToolInputEnd(part),
            StreamPart::ToolResult(result) => self.provider_result(result),
            StreamPart::ToolApprovalRequest(request) => self.provider_approval(request),
            StreamPart::Custom(part) => Out::Custom(part),
            StreamPart::File(part) => Out::File(part),
            StreamPart::ReasoningFile(part) => Out::ReasoningFile(part),
            StreamPart::Source(part) => Out::Source(part),
            StreamPart::Raw(part) => Out::Raw(part),
            StreamPart::Error(part) => self.fail(part.to_error()),
            StreamPart::Unknown(object) => Out::Unknown(object),
            _ => return None,
        })
    }

    /// Notes a failure that the answer goes on after.
    fn fail(&mut self, error: Error) -> TextStreamPart {
        self.errors.push(error.clone());
        TextStreamPart::Error(error)
    }

    fn begin(&mut self, is_reasoning: bool, id: String) -> String {
        let unique = self.ids.reserve(is_reasoning, &id, self.context);
        self.renamed.insert((is_reasoning, id), unique.clone());
        unique
    }

    fn id_of(&self, is_reasoning: bool, id: String) -> String {
        let key = (is_reasoning, id);
        self.renamed.get(&key).cloned().unwrap_or(key.1)
    }

    fn end(&mut self, is_reasoning: bool, id: String) -> String {
        let key = (is_reasoning, id);
        self.renamed.remove(&key).unwrap_or(key.1)
    }

    fn input_start(&self, part: ToolInputStart) -> ToolInputStartPart {
        let tool = self.tools.get(&part.tool_name);
        ToolInputStartPart {
            provider_executed: part.provider_executed.unwrap_or(false),
            dynamic: part.dynamic.unwrap_or_else(|| tool.is_some_and(Tool::is_dynamic)),
            title: tool.and_then(Tool::display_title).map(str::to_owned).or(part.title),
            tool_metadata: tool.and_then(Tool::noted_metadata).cloned(),
            id: part.id,
            tool_name: part.tool_name,
            provider_metadata: part.provider_metadata,
        }
    }

    fn add_response_metadata(&mut self, metadata: ResponseMetadata) {
        let response = &mut self.response;
        response.id = metadata.id.or(response.id.take());
        response.timestamp = metadata.timestamp.or(response.timestamp.take());
        response.model_id = metadata.model_id.or(response.model_id.take());
    }

    /// Reads the result of a tool that the provider ran.
    fn provider_result(&self, result: SpecResult) -> TextStreamPart {
        let call = self.call(&result.tool_call_id);
        let tool = self.tools.get(&result.tool_name);
        let dynamic = result
            .dynamic
            .or(call.map(|call| call.dynamic))
            .unwrap_or_else(|| tool.is_some_and(Tool::is_dynamic));
        let (input, title) =
            call.map(|call| (call.input.clone(), call.title.clone())).unwrap_or_default();
        let tool_metadata = tool.and_then(Tool::noted_metadata).cloned();
        if result.is_error.unwrap_or(false) {
            let message = match &result.result {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            return TextStreamPart::ToolError(ToolError {
                tool_call_id: result.tool_call_id,
                tool_name: result.tool_name,
                input,
                failure: ToolFailure::new(ToolFailureKind::Provider, message),
                model_output: error_output(result.result),
                provider_executed: true,
                dynamic,
                title,
                tool_metadata,
                provider_metadata: result.provider_metadata,
            });
        }
        let model_output = match tool {
            Some(tool) => tool.model_output(&result.result),
            None => plain_model_output(&result.result),
        };
        TextStreamPart::ToolResult(ToolResult {
            tool_call_id: result.tool_call_id,
            tool_name: result.tool_name,
            input,
            output: result.result,
            model_output,
            provider_executed: true,
            preliminary: result.preliminary.unwrap_or(false),
            dynamic,
            title,
            tool_metadata,
            provider_metadata: result.provider_metadata,
        })
    }

    /// Reads the question of a tool that the provider runs.
    fn provider_approval(&mut self, request: SpecApproval) -> TextStreamPart {
        let call = self.call(&request.tool_call_id).cloned();
        let Some(tool_call) = call else {
            return self.fail(call_not_found(&request.approval_id, &request.tool_call_id));
        };
        TextStreamPart::ToolApprovalRequest(ToolApprovalRequest {
            approval_id: request.approval_id,
            tool_call,
            is_automatic: false,
            signature: None,
            provider_metadata: request.provider_metadata,
        })
    }

    /// The call of an id: a provider may give a result in a later step than the call.
    fn call(&self, tool_call_id: &str) -> Option<&ToolCall> {
        let earlier = self.earlier.iter().rev().flat_map(|step| &step.content);
        self.record.content().iter().chain(earlier).find_map(|part| match part {
            ContentPart::ToolCall(call) if call.tool_call_id == tool_call_id => Some(call),
            _ => None,
        })
    }

    /// Ends the answer before the model does.
    pub(super) fn stop(&mut self) {
        if self.finish.is_none() {
            let mut reason = FinishReason::default();
            reason.raw = Some("stopped".to_owned());
            self.finish = Some((reason, Usage::default()));
        }
    }

    /// The step so far: everything but what came of its tools.
    ///
    /// # Errors
    /// `InvalidResponse` if the answer has no end: what was cut off must not pass for complete.
    pub(super) fn into_step(mut self, model: &dyn LanguageModel) -> Result<ReadAnswer> {
        let info = model.info();
        let Some((finish_reason, usage)) = self.finish.take() else {
            return Err(self.errors.into_iter().next_back().unwrap_or_else(|| {
                Error::invalid_response("the model's answer ended before it was complete")
                    .with_provider(&info.provider)
                    .with_model(&info.model_id)
            }));
        };
        let mut response = self.response;
        response.id.get_or_insert_with(|| self.context.generate_id());
        response.timestamp.get_or_insert_with(|| self.context.now());
        response.model_id.get_or_insert_with(|| info.model_id.clone());
        let step = Step {
            step_number: self.earlier.len(),
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            finish_reason,
            usage,
            warnings: self.warnings,
            request: self.request,
            response,
            provider_metadata: self.provider_metadata,
            errors: self.errors,
            ..Step::default()
        };
        Ok(ReadAnswer { step, record: self.record, ids: self.ids })
    }
}

/// An answer that was read to its end.
pub(super) struct ReadAnswer {
    /// The step so far: everything but its content.
    pub(super) step: Step,
    /// Its content so far.
    pub(super) record: Record,
    /// The ids of its blocks and of those before.
    pub(super) ids: BlockIds,
}

/// A question for leave is about a call that nobody made.
pub(super) fn call_not_found(approval_id: &str, tool_call_id: &str) -> Error {
    let message = format!(
        "approval '{approval_id}' is about tool call '{tool_call_id}', which there is none of"
    );
    Error::invalid_prompt(message)
        .with_code("tool_call_not_found_for_approval")
        .with_param(approval_id)
}

fn error_output(value: Value) -> ToolResultOutput {
    match value {
        Value::String(text) => ToolResultOutput::error(text),
        value => ErrorJsonOutput::new(value).into(),
    }
}
