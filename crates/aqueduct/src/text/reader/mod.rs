//! One answer of a model, read into the parts that a consumer sees.

mod provider;

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_spec::language::{
    FinishReason, RequestInfo, ResponseInfo, ResponseMetadata, StreamPart, ToolInputStart,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, Error, LanguageModel, ProviderMetadata, Result, Warning};

use super::block_ids::BlockIds;
use super::record::{Record, merge};
use super::{ContentPart, Step, TextStreamPart, ToolInputStartPart};
use crate::tool::{Tool, ToolCall, ToolSet};

pub(super) use provider::call_not_found;

/// Reads one answer. Tool calls are not read here, because that may take the caller's help.
pub(in crate::text) struct Reader<'a> {
    tools: &'a ToolSet,
    earlier: &'a [Arc<Step>],
    context: &'a Context,
    ids: BlockIds,
    renamed: BTreeMap<(bool, String), String>,
    pub(in crate::text) record: Record,
    pub(in crate::text) warnings: Vec<Warning>,
    pub(in crate::text) request: RequestInfo,
    pub(in crate::text) response: ResponseInfo,
    errors: Vec<Error>,
    finish: Option<(FinishReason, Usage)>,
    provider_metadata: Option<ProviderMetadata>,
}

impl<'a> Reader<'a> {
    pub(in crate::text) fn new(
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
    pub(in crate::text) fn read(&mut self, part: StreamPart) -> Option<TextStreamPart> {
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
        let provider_executed = part.provider_executed.unwrap_or(false);
        // A tool of the provider's that nobody told us of is dynamic, as its call will be.
        let dynamic = || tool.map_or(provider_executed, Tool::is_dynamic);
        ToolInputStartPart {
            provider_executed,
            dynamic: part.dynamic.unwrap_or_else(dynamic),
            title: tool.and_then(Tool::display_title).map(str::to_owned).or(part.title),
            tool_metadata: tool.and_then(Tool::noted_metadata).cloned(),
            id: part.id,
            tool_name: part.tool_name,
            input_encoding: part.input_encoding,
            provider_metadata: part.provider_metadata,
        }
    }

    fn add_response_metadata(&mut self, metadata: ResponseMetadata) {
        let response = &mut self.response;
        response.id = metadata.id.or(response.id.take());
        response.timestamp = metadata.timestamp.or(response.timestamp.take());
        response.model_id = metadata.model_id.or(response.model_id.take());
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
    pub(in crate::text) fn stop(&mut self) {
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
    pub(in crate::text) fn into_step(mut self, model: &dyn LanguageModel) -> Result<ReadAnswer> {
        let info = model.info();
        let (finish_reason, usage) = match self.finish.take() {
            Some(finish) => finish,
            // Whoever reads the stream has seen why.
            None if !self.errors.is_empty() => {
                (UnifiedFinishReason::Error.into(), Usage::default())
            }
            None => {
                let message = "the model's answer ended before it was complete";
                return Err(Error::invalid_response(message)
                    .with_provider(&info.provider)
                    .with_model(&info.model_id));
            }
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
pub(in crate::text) struct ReadAnswer {
    /// The step so far: everything but its content.
    pub(in crate::text) step: Step,
    /// Its content so far.
    pub(in crate::text) record: Record,
    /// The ids of its blocks and of those before.
    pub(in crate::text) ids: BlockIds,
}
