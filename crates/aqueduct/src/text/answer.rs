//! The record of an answer while it arrives.

use aqueduct_spec::language::{
    ErrorJsonOutput, FinishReason, Reasoning, RequestInfo, ResponseInfo, ResponseMetadata,
    StreamPart, Text, ToolResult as SpecResult, ToolResultOutput, Usage,
};
use aqueduct_spec::{Error, JsonObject, LanguageModel, ProviderMetadata, Result, Warning};
use serde_json::Value;

use super::{ContentPart, Step, TextStreamPart};
use crate::message::response_messages;
use crate::tool::{
    Tool, ToolError, ToolFailure, ToolFailureKind, ToolResult, ToolSet, plain_model_output,
};

/// The record of an answer: parts go in, and come out as the consumer sees them.
pub(super) struct Answer<'a> {
    tools: &'a ToolSet,
    earlier: &'a [Step],
    blocks: Vec<Block>,
    content: Vec<ContentPart>,
    warnings: Vec<Warning>,
    request: RequestInfo,
    response: ResponseInfo,
    errors: Vec<Error>,
    finish: Option<(FinishReason, Usage)>,
    provider_metadata: Option<ProviderMetadata>,
}

/// A block that has begun, and where in the content it is kept.
struct Block {
    kind: BlockKind,
    id: String,
    position: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum BlockKind {
    Text,
    Reasoning,
}

impl<'a> Answer<'a> {
    pub(super) fn new(tools: &'a ToolSet, earlier: &'a [Step]) -> Self {
        Self {
            tools,
            earlier,
            blocks: Vec::new(),
            content: Vec::new(),
            warnings: Vec::new(),
            request: RequestInfo::default(),
            response: ResponseInfo::default(),
            errors: Vec::new(),
            finish: None,
            provider_metadata: None,
        }
    }

    /// Records what is known of the exchange before the first part.
    pub(super) fn set_exchange(
        &mut self,
        request: Option<RequestInfo>,
        response: Option<ResponseInfo>,
    ) {
        self.request = request.unwrap_or_default();
        self.response = response.unwrap_or_default();
    }

    pub(super) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(super) fn request(&self) -> &RequestInfo {
        &self.request
    }

    /// Records a part, and returns it as the consumer sees it.
    pub(super) fn push(&mut self, part: StreamPart) -> Option<TextStreamPart> {
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
            StreamPart::TextStart(part) => {
                self.write(BlockKind::Text, &part.id, "", part.provider_metadata.as_ref());
                self.keep_rest(&part.rest);
                Out::TextStart(part)
            }
            StreamPart::TextDelta(part) => {
                let metadata = part.provider_metadata.as_ref();
                self.write(BlockKind::Text, &part.id, &part.delta, metadata);
                Out::TextDelta(part)
            }
            StreamPart::TextEnd(part) => {
                self.write(BlockKind::Text, &part.id, "", part.provider_metadata.as_ref());
                self.close(BlockKind::Text, &part.id);
                Out::TextEnd(part)
            }
            StreamPart::ReasoningStart(part) => {
                self.write(BlockKind::Reasoning, &part.id, "", part.provider_metadata.as_ref());
                self.keep_rest(&part.rest);
                Out::ReasoningStart(part)
            }
            StreamPart::ReasoningDelta(part) => {
                let metadata = part.provider_metadata.as_ref();
                self.write(BlockKind::Reasoning, &part.id, &part.delta, metadata);
                Out::ReasoningDelta(part)
            }
            StreamPart::ReasoningEnd(part) => {
                self.write(BlockKind::Reasoning, &part.id, "", part.provider_metadata.as_ref());
                self.close(BlockKind::Reasoning, &part.id);
                Out::ReasoningEnd(part)
            }
            part => return self.push_whole(part),
        })
    }

    /// Records a part that is no block.
    fn push_whole(&mut self, part: StreamPart) -> Option<TextStreamPart> {
        use TextStreamPart as Out;
        Some(match part {
            StreamPart::ToolInputStart(part) => Out::ToolInputStart(part),
            StreamPart::ToolInputDelta(part) => Out::ToolInputDelta(part),
            StreamPart::ToolInputEnd(part) => Out::ToolInputEnd(part),
            StreamPart::ToolCall(call) => {
                let call = self.tools.read_call(call);
                self.content.push(ContentPart::ToolCall(call.clone()));
                Out::ToolCall(call)
            }
            StreamPart::ToolResult(result) => self.provider_result(result),
            StreamPart::ToolApprovalRequest(part) => {
                self.content.push(ContentPart::ToolApprovalRequest(part.clone()));
                Out::ToolApprovalRequest(part)
            }
            StreamPart::Custom(part) => {
                self.content.push(ContentPart::Custom(part.clone()));
                Out::Custom(part)
            }
            StreamPart::File(part) => {
                self.content.push(ContentPart::File(part.clone()));
                Out::File(part)
            }
            StreamPart::ReasoningFile(part) => {
                self.content.push(ContentPart::ReasoningFile(part.clone()));
                Out::ReasoningFile(part)
            }
            StreamPart::Source(part) => {
                self.content.push(ContentPart::Source(part.clone()));
                Out::Source(part)
            }
            StreamPart::Raw(part) => Out::Raw(part),
            StreamPart::Error(part) => {
                let error = part.to_error();
                self.errors.push(error.clone());
                Out::Error(error)
            }
            StreamPart::Unknown(object) => {
                self.content.push(ContentPart::Unknown(object.clone()));
                Out::Unknown(object)
            }
            _ => return None,
        })
    }

    /// Adds to a block. A block that never began begins here: losing text is worse than a provider's odd order.
    fn write(
        &mut self,
        kind: BlockKind,
        id: &str,
        delta: &str,
        metadata: Option<&ProviderMetadata>,
    ) {
        let open = self.blocks.iter().find(|block| block.kind == kind && block.id == id);
        let position = match open {
            Some(block) => block.position,
            None => {
                let position = self.content.len();
                self.content.push(match kind {
                    BlockKind::Text => ContentPart::Text(Text::new("")),
                    BlockKind::Reasoning => ContentPart::Reasoning(Reasoning::new("")),
                });
                self.blocks.push(Block { kind, id: id.to_owned(), position });
                position
            }
        };
        match self.content.get_mut(position) {
            Some(ContentPart::Text(part)) => {
                part.text.push_str(delta);
                merge(&mut part.provider_metadata, metadata);
            }
            Some(ContentPart::Reasoning(part)) => {
                part.text.push_str(delta);
                merge(&mut part.provider_metadata, metadata);
            }
            _ => {}
        }
    }

    /// Keeps the unknown fields of the block that has just begun.
    fn keep_rest(&mut self, rest: &JsonObject) {
        match self.content.last_mut() {
            Some(ContentPart::Text(part)) => part.rest.extend(rest.clone()),
            Some(ContentPart::Reasoning(part)) => part.rest.extend(rest.clone()),
            _ => {}
        }
    }

    /// Ends a block: an id may be used again.
    fn close(&mut self, kind: BlockKind, id: &str) {
        self.blocks.retain(|block| block.kind != kind || block.id != id);
    }

    fn add_response_metadata(&mut self, metadata: ResponseMetadata) {
        let response = &mut self.response;
        response.id = metadata.id.or(response.id.take());
        response.timestamp = metadata.timestamp.or(response.timestamp.take());
        response.model_id = metadata.model_id.or(response.model_id.take());
    }

    /// Records the result of a tool that the provider ran.
    fn provider_result(&mut self, result: SpecResult) -> TextStreamPart {
        let (input, title) = self.input_of(&result.tool_call_id);
        let tool = self.tools.get(&result.tool_name);
        let dynamic = result.dynamic.unwrap_or_else(|| tool.is_some_and(Tool::is_dynamic));
        if result.is_error.unwrap_or(false) {
            let message = match &result.result {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            let error = ToolError {
                tool_call_id: result.tool_call_id,
                tool_name: result.tool_name,
                input,
                failure: ToolFailure::new(ToolFailureKind::Provider, message),
                model_output: error_output(result.result),
                provider_executed: true,
                dynamic,
                title,
                provider_metadata: result.provider_metadata,
            };
            self.content.push(ContentPart::ToolError(error.clone()));
            return TextStreamPart::ToolError(error);
        }
        let model_output = match tool {
            Some(tool) => tool.model_output(&result.result),
            None => plain_model_output(&result.result),
        };
        let result = ToolResult {
            tool_call_id: result.tool_call_id,
            tool_name: result.tool_name,
            input,
            output: result.result,
            model_output,
            provider_executed: true,
            preliminary: result.preliminary.unwrap_or(false),
            dynamic,
            title,
            provider_metadata: result.provider_metadata,
        };
        if !result.preliminary {
            self.content.push(ContentPart::ToolResult(result.clone()));
        }
        TextStreamPart::ToolResult(result)
    }

    /// The input of a call: a provider may give a result in a later step than the call.
    fn input_of(&self, tool_call_id: &str) -> (Value, Option<String>) {
        let earlier = self.earlier.iter().rev().flat_map(|step| &step.content);
        self.content
            .iter()
            .chain(earlier)
            .find_map(|part| match part {
                ContentPart::ToolCall(call) if call.tool_call_id == tool_call_id => {
                    Some((call.input.clone(), call.title.clone()))
                }
                _ => None,
            })
            .unwrap_or_default()
    }

    /// Ends the record.
    ///
    /// # Errors
    /// `InvalidResponse` if the answer has no end: what was cut off must not pass for complete.
    pub(super) fn into_step(self, model: &dyn LanguageModel) -> Result<Step> {
        let info = model.info();
        let Some((finish_reason, usage)) = self.finish else {
            return Err(self.errors.into_iter().next_back().unwrap_or_else(|| {
                Error::invalid_response("the model's answer ended before it was complete")
                    .with_provider(&info.provider)
                    .with_model(&info.model_id)
            }));
        };
        Ok(Step {
            step_number: self.earlier.len(),
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            content: self.content,
            finish_reason,
            usage,
            warnings: self.warnings,
            request: self.request,
            response: self.response,
            provider_metadata: self.provider_metadata,
            response_messages: Vec::new(),
            errors: self.errors,
        })
    }
}

impl Step {
    /// Adds what came of the caller's tools, and writes the step's messages.
    pub(super) fn complete(&mut self, outcomes: impl IntoIterator<Item = ContentPart>) {
        self.content.extend(outcomes);
        self.response_messages = response_messages(&self.content);
    }
}

fn error_output(value: Value) -> ToolResultOutput {
    match value {
        Value::String(text) => ToolResultOutput::error(text),
        value => ErrorJsonOutput::new(value).into(),
    }
}

fn merge(into: &mut Option<ProviderMetadata>, from: Option<&ProviderMetadata>) {
    if let Some(from) = from {
        into.get_or_insert_default().merge(from.clone());
    }
}
