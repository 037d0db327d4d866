//! A part of an answer, made into a chunk.

use aqueduct_spec::FileData;
use aqueduct_spec::language::{File, ReasoningFile, Source};
use serde_json::Value;

use super::options::{ErrorText, UiMessageOptions};
use super::{
    AbortChunk, CustomChunk, ErrorChunk, FileChunk, FinishChunk, FinishStepChunk,
    ReasoningDeltaChunk, ReasoningEndChunk, ReasoningFileChunk, ReasoningStartChunk,
    SourceDocumentChunk, SourceUrlChunk, StartChunk, StartStepChunk, TextDeltaChunk, TextEndChunk,
    TextStartChunk, ToolApprovalRequestChunk, ToolApprovalResponseChunk, ToolInputAvailableChunk,
    ToolInputDeltaChunk, ToolInputErrorChunk, ToolInputStartChunk, ToolOutputAvailableChunk,
    ToolOutputDeniedChunk, ToolOutputErrorChunk, UiMessageChunk,
};
use crate::text::{TextStreamPart, ToolInputStartPart};
use crate::tool::{
    Tool, ToolApprovalRequest, ToolApprovalResponse, ToolCall, ToolError, ToolResult,
};

/// What a part is translated with.
pub(super) struct Translation<'a> {
    pub(super) options: &'a UiMessageOptions,
    pub(super) tools: &'a [Tool],
    pub(super) message_id: Option<&'a str>,
    /// What the program notes about the message at this part.
    pub(super) metadata: Option<&'a Value>,
}

impl Translation<'_> {
    /// Returns the chunk of a part, if there is one. The end of a tool's input, the provider's own chunks and parts that this
    /// version does not know have none in the protocol.
    pub(super) fn chunk(&self, part: &TextStreamPart) -> Option<UiMessageChunk> {
        use TextStreamPart as Part;
        let is_hidden = match part {
            Part::ReasoningStart(_)
            | Part::ReasoningDelta(_)
            | Part::ReasoningEnd(_)
            | Part::ReasoningFile(_) => !self.options.sends_reasoning,
            Part::Source(_) => !self.options.sends_sources,
            Part::Start => !self.options.sends_start,
            Part::Finish(_) => !self.options.sends_finish,
            _ => false,
        };
        if is_hidden {
            return None;
        }
        Some(match part {
            Part::Start => self.start().into(),
            Part::StartStep(_) => StartStepChunk::default().into(),
            Part::FinishStep(_) => FinishStepChunk::default().into(),
            Part::Finish(part) => {
                let chunk = FinishChunk {
                    finish_reason: Some(part.finish_reason.unified),
                    message_metadata: self.metadata.cloned(),
                    ..FinishChunk::default()
                };
                chunk.into()
            }
            Part::Abort(part) => {
                let mut chunk = AbortChunk::default();
                chunk.reason.clone_from(&part.reason);
                chunk.into()
            }
            Part::Error(error) => ErrorChunk::new(self.error_text()(error)).into(),
            Part::ToolInputStart(part) => self.input_start(part).into(),
            Part::ToolInputDelta(part) => {
                ToolInputDeltaChunk::new(part.id.as_str(), part.delta.as_str()).into()
            }
            Part::ToolCall(call) => self.call(call),
            Part::ToolResult(result) => self.result(result).into(),
            Part::ToolError(error) => self.error(error).into(),
            Part::ToolApprovalRequest(request) => approval_request(request).into(),
            Part::ToolApprovalResponse(response) => approval_response(response).into(),
            Part::ToolOutputDenied(part) => {
                ToolOutputDeniedChunk::new(part.tool_call_id.as_str()).into()
            }
            Part::ToolInputEnd(_) | Part::Raw(_) | Part::Unknown(_) => return None,
            content => return of_content(content),
        })
    }

    fn error_text(&self) -> &ErrorText {
        &self.options.keeping.error_text
    }

    fn start(&self) -> StartChunk {
        StartChunk {
            message_id: self.message_id.map(str::to_owned),
            message_metadata: self.metadata.cloned(),
            ..StartChunk::default()
        }
    }

    /// Whether a tool is dynamic before the page: its own tools know best, also of calls that do not fit them.
    fn dynamic(&self, name: &str, is_dynamic: bool) -> Option<bool> {
        let known = self.tools.iter().find(|tool| tool.name() == name);
        known.map_or(is_dynamic, Tool::is_dynamic).then_some(true)
    }

    fn input_start(&self, part: &ToolInputStartPart) -> ToolInputStartChunk {
        let mut chunk = ToolInputStartChunk::new(part.id.as_str(), part.tool_name.as_str());
        chunk.provider_executed = part.provider_executed.then_some(true);
        chunk.provider_metadata.clone_from(&part.provider_metadata);
        chunk.tool_metadata.clone_from(&part.tool_metadata);
        chunk.dynamic = self.dynamic(&part.tool_name, part.dynamic);
        chunk.title.clone_from(&part.title);
        chunk.input_encoding.clone_from(&part.input_encoding);
        chunk
    }

    fn call(&self, call: &ToolCall) -> UiMessageChunk {
        let (id, name) = (call.tool_call_id.as_str(), call.tool_name.as_str());
        let Some(failure) = &call.failure else {
            let mut chunk = ToolInputAvailableChunk::new(id, name, call.input.clone());
            chunk.provider_executed = call.provider_executed.then_some(true);
            chunk.provider_metadata.clone_from(&call.provider_metadata);
            chunk.tool_metadata.clone_from(&call.tool_metadata);
            chunk.dynamic = self.dynamic(name, call.dynamic);
            chunk.title.clone_from(&call.title);
            return chunk.into();
        };
        let text = self.error_text()(failure);
        let mut chunk = ToolInputErrorChunk::new(id, name, call.input.clone(), text);
        chunk.provider_executed = call.provider_executed.then_some(true);
        chunk.provider_metadata.clone_from(&call.provider_metadata);
        chunk.tool_metadata.clone_from(&call.tool_metadata);
        chunk.dynamic = self.dynamic(name, call.dynamic);
        chunk.title.clone_from(&call.title);
        chunk.into()
    }

    fn result(&self, result: &ToolResult) -> ToolOutputAvailableChunk {
        let id = result.tool_call_id.as_str();
        let mut chunk = ToolOutputAvailableChunk::new(id, result.output.clone());
        chunk.provider_executed = result.provider_executed.then_some(true);
        chunk.provider_metadata.clone_from(&result.provider_metadata);
        chunk.tool_metadata.clone_from(&result.tool_metadata);
        chunk.preliminary = result.preliminary.then_some(true);
        chunk.dynamic = self.dynamic(&result.tool_name, result.dynamic);
        chunk
    }

    fn error(&self, error: &ToolError) -> ToolOutputErrorChunk {
        // What a provider says of its own tool is for the user; what a tool of the program's says may be not.
        let text = match error.provider_executed {
            true => error.failure.message.clone(),
            false => self.error_text()(&error.failure),
        };
        let mut chunk = ToolOutputErrorChunk::new(error.tool_call_id.as_str(), text);
        chunk.provider_executed = error.provider_executed.then_some(true);
        chunk.provider_metadata.clone_from(&error.provider_metadata);
        chunk.tool_metadata.clone_from(&error.tool_metadata);
        chunk.dynamic = self.dynamic(&error.tool_name, error.dynamic);
        chunk
    }
}

fn approval_request(request: &ToolApprovalRequest) -> ToolApprovalRequestChunk {
    let call_id = request.tool_call.tool_call_id.as_str();
    let mut chunk = ToolApprovalRequestChunk::new(request.approval_id.as_str(), call_id);
    chunk.reason.clone_from(&request.reason);
    chunk.is_automatic = request.is_automatic.then_some(true);
    chunk.signature.clone_from(&request.signature);
    chunk
}

fn approval_response(response: &ToolApprovalResponse) -> ToolApprovalResponseChunk {
    let id = response.approval_id.as_str();
    let mut chunk = ToolApprovalResponseChunk::new(id, response.approved);
    chunk.reason.clone_from(&response.reason);
    chunk.provider_executed = response.provider_executed.then_some(true);
    chunk
}

fn of_content(part: &TextStreamPart) -> Option<UiMessageChunk> {
    Some(match part {
        TextStreamPart::TextStart(part) => {
            let mut chunk = TextStartChunk::new(part.id.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::TextDelta(part) => {
            let mut chunk = TextDeltaChunk::new(part.id.as_str(), part.delta.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::TextEnd(part) => {
            let mut chunk = TextEndChunk::new(part.id.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            let citations = part.rest.get("citations").cloned();
            chunk.citations = citations.and_then(|list| serde_json::from_value(list).ok());
            chunk.into()
        }
        TextStreamPart::ReasoningStart(part) => {
            let mut chunk = ReasoningStartChunk::new(part.id.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::ReasoningDelta(part) => {
            let mut chunk = ReasoningDeltaChunk::new(part.id.as_str(), part.delta.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::ReasoningEnd(part) => {
            let mut chunk = ReasoningEndChunk::new(part.id.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::Custom(part) => {
            let mut chunk = CustomChunk::new(part.kind.as_str());
            chunk.provider_metadata.clone_from(&part.provider_metadata);
            chunk.into()
        }
        TextStreamPart::File(file) => of_file(file)?.into(),
        TextStreamPart::ReasoningFile(file) => of_reasoning_file(file)?.into(),
        TextStreamPart::Source(source) => return of_source(source),
        _ => return None,
    })
}

fn of_file(file: &File) -> Option<FileChunk> {
    let mut chunk = FileChunk::new(url(&file.data, &file.media_type)?, file.media_type.as_str());
    chunk.provider_metadata.clone_from(&file.provider_metadata);
    Some(chunk)
}

fn of_reasoning_file(file: &ReasoningFile) -> Option<ReasoningFileChunk> {
    let url = url(&file.data, &file.media_type)?;
    let mut chunk = ReasoningFileChunk::new(url, file.media_type.as_str());
    chunk.provider_metadata.clone_from(&file.provider_metadata);
    Some(chunk)
}

/// Where a page finds a file. What only a provider can find has no place in the protocol.
fn url(data: &FileData, media_type: &str) -> Option<String> {
    match data {
        FileData::Data(inline) => Some(inline.data.to_data_url(media_type)),
        FileData::Url(url) => Some(url.url.clone()),
        FileData::Text(text) => {
            let data = aqueduct_spec::Data::Bytes(text.text.clone().into());
            Some(data.to_data_url(media_type))
        }
        _ => None,
    }
}

fn of_source(source: &Source) -> Option<UiMessageChunk> {
    Some(match source {
        Source::Url(source) => {
            let mut chunk = SourceUrlChunk::new(source.id.as_str(), source.url.as_str());
            chunk.title.clone_from(&source.title);
            chunk.provider_metadata.clone_from(&source.provider_metadata);
            chunk.into()
        }
        Source::Document(source) => {
            let (id, title) = (source.id.as_str(), source.title.as_str());
            let mut chunk = SourceDocumentChunk::new(id, source.media_type.as_str(), title);
            chunk.filename.clone_from(&source.filename);
            chunk.provider_metadata.clone_from(&source.provider_metadata);
            chunk.into()
        }
        _ => return None,
    })
}
