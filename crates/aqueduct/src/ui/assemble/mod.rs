//! Chunks, put together to a message again.
//!
//! Source: <https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol>, 2026-08.

mod metadata;
mod tools;

use std::collections::BTreeMap;

use aqueduct_spec::language::UnifiedFinishReason;
use aqueduct_spec::{Error, ProviderMetadata, Result};

use super::{
    CustomUiPart, DataChunk, DataUiPart, FileUiPart, ReasoningDeltaChunk, ReasoningEndChunk,
    ReasoningFileUiPart, ReasoningUiPart, SourceDocumentUiPart, SourceUrlUiPart, StepStartUiPart,
    TextDeltaChunk, TextEndChunk, TextUiPart, UiMessage, UiMessageChunk, UiMessagePart,
    UiPartState, UiRole,
};
use tools::OpenInput;

/// A message that is put together.
pub(super) struct Assembler {
    message: UiMessage,
    /// The blocks that are still written: where they are among the parts.
    open_texts: BTreeMap<String, usize>,
    open_reasoning: BTreeMap<String, usize>,
    /// The tool inputs that are still written.
    open_inputs: BTreeMap<String, OpenInput>,
    finish_reason: Option<UnifiedFinishReason>,
}

impl Assembler {
    /// A new message of the model's.
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self::of(UiMessage::new(id, UiRole::Assistant, Vec::new()))
    }

    /// Goes on with a message, and with the inputs that its last step was still writing.
    pub(super) fn of(message: UiMessage) -> Self {
        let step = message.parts.get(message.last_step_start()..).unwrap_or_default();
        let calls = step.iter().filter_map(UiMessagePart::as_tool);
        let open_inputs = calls
            .filter_map(|part| Some((part.tool_call_id.clone(), OpenInput::of(part)?)))
            .collect();
        Self {
            message,
            open_texts: BTreeMap::new(),
            open_reasoning: BTreeMap::new(),
            open_inputs,
            finish_reason: None,
        }
    }

    pub(super) fn finish_reason(&self) -> Option<UnifiedFinishReason> {
        self.finish_reason
    }

    /// The message so far. Inputs that are still written are read as far as they go.
    pub(super) fn message(&mut self) -> &UiMessage {
        self.read_open_inputs();
        &self.message
    }

    /// Adds a chunk and says whether there is anything new to be seen.
    ///
    /// # Errors
    /// `InvalidResponse` if the chunk belongs to something that did not begin.
    pub(super) fn apply(&mut self, chunk: &UiMessageChunk) -> Result<bool> {
        use UiMessageChunk as Chunk;
        match chunk {
            Chunk::Start(chunk) => {
                if let Some(id) = &chunk.message_id {
                    self.message.id.clone_from(id);
                }
                let is_noted = self.note(chunk.message_metadata.as_ref());
                return Ok(is_noted || chunk.message_id.is_some());
            }
            Chunk::Finish(chunk) => {
                self.finish_reason = chunk.finish_reason.or(self.finish_reason);
                return Ok(self.note(chunk.message_metadata.as_ref()));
            }
            Chunk::MessageMetadata(chunk) => return Ok(self.note(Some(&chunk.message_metadata))),
            Chunk::StartStep(_) => {
                self.push(StepStartUiPart::default());
                return Ok(false);
            }
            // Blocks that are open may go on in the next step.
            Chunk::FinishStep(_) => return Ok(false),
            Chunk::ResetStep(_) => return Ok(self.reset_step()),
            Chunk::TextStart(_)
            | Chunk::TextDelta(_)
            | Chunk::TextEnd(_)
            | Chunk::ReasoningStart(_)
            | Chunk::ReasoningDelta(_)
            | Chunk::ReasoningEnd(_) => self.apply_block(chunk)?,
            Chunk::Data(chunk) => return Ok(self.apply_data(chunk)),
            Chunk::Error(_) | Chunk::Abort(_) | Chunk::Unknown(_) => return Ok(false),
            Chunk::Custom(chunk) => {
                let mut part = CustomUiPart::new(chunk.kind.as_str());
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.push(part);
            }
            Chunk::SourceUrl(chunk) => {
                let mut part = SourceUrlUiPart::new(chunk.source_id.as_str(), chunk.url.as_str());
                part.title.clone_from(&chunk.title);
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.push(part);
            }
            Chunk::SourceDocument(chunk) => {
                let (id, title) = (chunk.source_id.as_str(), chunk.title.as_str());
                let mut part = SourceDocumentUiPart::new(id, chunk.media_type.as_str(), title);
                part.filename.clone_from(&chunk.filename);
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.push(part);
            }
            Chunk::File(chunk) => {
                let mut part = FileUiPart::new(chunk.media_type.as_str(), chunk.url.as_str());
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.push(part);
            }
            Chunk::ReasoningFile(chunk) => {
                let url = chunk.url.as_str();
                let mut part = ReasoningFileUiPart::new(chunk.media_type.as_str(), url);
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.push(part);
            }
            tool => self.apply_tool(tool)?,
        }
        Ok(true)
    }

    fn push(&mut self, part: impl Into<UiMessagePart>) {
        self.message.parts.push(part.into());
    }

    /// What the step has shown is void.
    fn reset_step(&mut self) -> bool {
        self.open_texts.clear();
        self.open_reasoning.clear();
        self.open_inputs.clear();
        let start = self.message.last_step_start();
        let is_new = start < self.message.parts.len();
        self.message.parts.truncate(start);
        is_new
    }

    fn apply_block(&mut self, chunk: &UiMessageChunk) -> Result<()> {
        use UiMessageChunk as Chunk;
        match chunk {
            Chunk::TextStart(chunk) => {
                let mut part = TextUiPart::new("");
                part.state = Some(UiPartState::Streaming);
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.open_texts.insert(chunk.id.clone(), self.message.parts.len());
                self.push(part);
            }
            Chunk::TextDelta(TextDeltaChunk { id, delta, provider_metadata, .. }) => {
                let part = self.text(id).ok_or_else(|| no_block("text", id))?;
                part.text.push_str(delta);
                replace(&mut part.provider_metadata, provider_metadata);
            }
            Chunk::TextEnd(TextEndChunk { id, citations, provider_metadata, .. }) => {
                let part = self.text(id).ok_or_else(|| no_block("text", id))?;
                part.state = Some(UiPartState::Done);
                part.citations = citations.clone().or(part.citations.take());
                replace(&mut part.provider_metadata, provider_metadata);
                self.open_texts.remove(id);
            }
            Chunk::ReasoningStart(chunk) => {
                let mut part = ReasoningUiPart::new("");
                part.id = Some(chunk.id.clone());
                part.state = Some(UiPartState::Streaming);
                part.provider_metadata.clone_from(&chunk.provider_metadata);
                self.open_reasoning.insert(chunk.id.clone(), self.message.parts.len());
                self.push(part);
            }
            Chunk::ReasoningDelta(ReasoningDeltaChunk { id, delta, provider_metadata, .. }) => {
                let part = self.reasoning(id).ok_or_else(|| no_block("reasoning", id))?;
                part.text.push_str(delta);
                replace(&mut part.provider_metadata, provider_metadata);
            }
            Chunk::ReasoningEnd(ReasoningEndChunk { id, provider_metadata, .. }) => {
                let part = self.reasoning(id).ok_or_else(|| no_block("reasoning", id))?;
                part.state = Some(UiPartState::Done);
                replace(&mut part.provider_metadata, provider_metadata);
                self.open_reasoning.remove(id);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, id: &str) -> Option<&mut TextUiPart> {
        match self.message.parts.get_mut(*self.open_texts.get(id)?)? {
            UiMessagePart::Text(part) => Some(part),
            _ => None,
        }
    }

    fn reasoning(&mut self, id: &str) -> Option<&mut ReasoningUiPart> {
        match self.message.parts.get_mut(*self.open_reasoning.get(id)?)? {
            UiMessagePart::Reasoning(part) => Some(part),
            _ => None,
        }
    }

    /// Data of the moment is not kept; data of the same kind and id is replaced.
    fn apply_data(&mut self, chunk: &DataChunk) -> bool {
        if chunk.transient == Some(true) {
            return false;
        }
        let same = self.message.parts.iter_mut().find_map(|part| match part {
            UiMessagePart::Data(part) if part.tag == chunk.tag && part.id == chunk.id => Some(part),
            _ => None,
        });
        match same {
            Some(part) if chunk.id.is_some() => part.data.clone_from(&chunk.data),
            _ => {
                let mut part = DataUiPart::new(chunk.tag.as_str(), chunk.data.clone());
                part.id.clone_from(&chunk.id);
                part.rest.clone_from(&chunk.rest);
                self.push(part);
            }
        }
        true
    }
}

/// What is said later counts, unless nothing is said.
fn replace(old: &mut Option<ProviderMetadata>, new: &Option<ProviderMetadata>) {
    if new.is_some() {
        old.clone_from(new);
    }
}

fn no_block(kind: &str, id: &str) -> Error {
    Error::invalid_response(format!("there is more of {kind} '{id}', which did not begin"))
}
