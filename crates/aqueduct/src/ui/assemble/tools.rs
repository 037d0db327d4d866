//! Tool calls of a message that is put together.

use aqueduct_spec::language::InputEncoding;
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Result};
use serde_json::Value;

use super::Assembler;
use crate::output::PartialText;
use crate::ui::{
    ToolApprovalResponseChunk, ToolInputAvailableChunk, ToolInputDeltaChunk, ToolInputErrorChunk,
    ToolInputStartChunk, ToolUiApproval, ToolUiPart, ToolUiState, UiMessageChunk, UiMessagePart,
};

/// An input that is still written.
pub(super) struct OpenInput {
    text: PartialText,
    encoding: Option<InputEncoding>,
    tool_name: String,
    is_dynamic: bool,
    /// Whether there is more of it than the message shows.
    is_ahead: bool,
}

impl OpenInput {
    /// Goes on with the input of a call that a message holds, if it was still written.
    pub(super) fn of(part: &ToolUiPart) -> Option<Self> {
        if part.state != ToolUiState::InputStreaming {
            return None;
        }
        let mut text = PartialText::default();
        text.push(part.raw_input.as_ref().and_then(Value::as_str).unwrap_or_default());
        let (tool_name, is_dynamic) = (part.name().to_owned(), part.is_dynamic());
        let encoding = part.input_encoding.clone();
        Some(Self { text, encoding, tool_name, is_dynamic, is_ahead: false })
    }

    /// The input as far as it is written.
    fn input(&mut self) -> Option<Value> {
        match self.encoding {
            Some(InputEncoding::Text) => Some(self.text.text().into()),
            _ => self.text.json().value,
        }
    }
}

/// What is new about a call.
struct Update<'a> {
    state: ToolUiState,
    input: Option<Value>,
    raw_input: Option<Value>,
    input_encoding: Option<InputEncoding>,
    output: Option<Value>,
    error_text: Option<&'a str>,
    preliminary: Option<bool>,
    provider_executed: Option<bool>,
    provider_metadata: &'a Option<ProviderMetadata>,
    tool_metadata: &'a Option<JsonObject>,
    title: &'a Option<String>,
}

impl<'a> Update<'a> {
    fn to(state: ToolUiState) -> Self {
        Self {
            state,
            input: None,
            raw_input: None,
            input_encoding: None,
            output: None,
            error_text: None,
            preliminary: None,
            provider_executed: None,
            provider_metadata: &None,
            tool_metadata: &None,
            title: &None,
        }
    }

    /// Changes a call. What it is called, who runs it and what is known of it stays unless there is news.
    fn apply(self, part: &mut ToolUiPart) {
        part.state = self.state;
        part.input = self.input;
        part.raw_input = self.raw_input;
        part.input_encoding = self.input_encoding;
        part.output = self.output;
        part.error_text = self.error_text.map(str::to_owned);
        part.preliminary = self.preliminary;
        part.provider_executed = self.provider_executed.or(part.provider_executed);
        if self.title.is_some() {
            part.title.clone_from(self.title);
        }
        if self.tool_metadata.is_some() {
            part.tool_metadata.clone_from(self.tool_metadata);
        }
        if self.provider_metadata.is_some() {
            let is_result =
                matches!(self.state, ToolUiState::OutputAvailable | ToolUiState::OutputError);
            let place = match is_result {
                true => &mut part.result_provider_metadata,
                false => &mut part.call_provider_metadata,
            };
            place.clone_from(self.provider_metadata);
        }
    }
}

impl Assembler {
    pub(super) fn apply_tool(&mut self, chunk: &UiMessageChunk) -> Result<()> {
        use UiMessageChunk as Chunk;
        match chunk {
            Chunk::ToolInputStart(chunk) => self.begin_input(chunk),
            Chunk::ToolInputDelta(chunk) => self.add_to_input(chunk)?,
            Chunk::ToolInputAvailable(chunk) => self.whole_input(chunk),
            Chunk::ToolInputError(chunk) => self.broken_input(chunk),
            Chunk::ToolApprovalRequest(chunk) => {
                let part = self.call(&chunk.tool_call_id)?;
                part.state = ToolUiState::ApprovalRequested;
                let mut approval = ToolUiApproval::new(chunk.approval_id.as_str());
                approval.descriptor = chunk.approval_descriptor.clone().filter(|it| !it.is_null());
                approval.input_schema_input.clone_from(&chunk.input_schema_input);
                approval.request_reason.clone_from(&chunk.reason);
                approval.is_automatic = chunk.is_automatic.filter(|is| *is);
                approval.signature.clone_from(&chunk.signature);
                part.approval = Some(approval);
            }
            Chunk::ToolApprovalResponse(chunk) => self.answer_approval(chunk)?,
            Chunk::ToolOutputAvailable(chunk) => {
                let part = self.call(&chunk.tool_call_id)?;
                let update = Update {
                    input: part.input.take(),
                    output: Some(chunk.output.clone()),
                    preliminary: chunk.preliminary,
                    provider_executed: chunk.provider_executed,
                    provider_metadata: &chunk.provider_metadata,
                    tool_metadata: &chunk.tool_metadata,
                    ..Update::to(ToolUiState::OutputAvailable)
                };
                update.apply(part);
            }
            Chunk::ToolOutputError(chunk) => {
                let part = self.call(&chunk.tool_call_id)?;
                let raw_input = part.raw_input.take();
                let update = Update {
                    input: part.input.take(),
                    raw_input: raw_input.filter(|_| !part.is_dynamic()),
                    error_text: Some(&chunk.error_text),
                    provider_executed: chunk.provider_executed,
                    provider_metadata: &chunk.provider_metadata,
                    tool_metadata: &chunk.tool_metadata,
                    ..Update::to(ToolUiState::OutputError)
                };
                update.apply(part);
            }
            Chunk::ToolOutputDenied(chunk) => {
                self.call(&chunk.tool_call_id)?.state = ToolUiState::OutputDenied;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_input(&mut self, chunk: &ToolInputStartChunk) {
        let is_dynamic = chunk.dynamic == Some(true);
        let open = OpenInput {
            text: PartialText::default(),
            encoding: chunk.input_encoding.clone(),
            tool_name: chunk.tool_name.clone(),
            is_dynamic,
            is_ahead: false,
        };
        self.open_inputs.insert(chunk.tool_call_id.clone(), open);
        let update = Update {
            input_encoding: chunk.input_encoding.clone(),
            provider_executed: chunk.provider_executed,
            provider_metadata: &chunk.provider_metadata,
            tool_metadata: &chunk.tool_metadata,
            title: &chunk.title,
            ..Update::to(ToolUiState::InputStreaming)
        };
        self.update(&chunk.tool_call_id, &chunk.tool_name, is_dynamic, update);
    }

    fn add_to_input(&mut self, chunk: &ToolInputDeltaChunk) -> Result<()> {
        let id = &chunk.tool_call_id;
        let open = self.open_inputs.get_mut(id).ok_or_else(|| {
            let message = format!("there is more of the input of call '{id}', which did not begin");
            Error::invalid_response(message)
        })?;
        open.text.push(&chunk.input_text_delta);
        open.is_ahead = true;
        Ok(())
    }

    /// Reads the inputs that are still written: only when somebody looks, not at every piece.
    pub(super) fn read_open_inputs(&mut self) {
        let mut inputs = std::mem::take(&mut self.open_inputs);
        for (id, open) in &mut inputs {
            if std::mem::take(&mut open.is_ahead) {
                let update = Update {
                    input: open.input(),
                    raw_input: Some(Value::from(open.text.text())),
                    input_encoding: open.encoding.clone(),
                    ..Update::to(ToolUiState::InputStreaming)
                };
                self.update(id, &open.tool_name, open.is_dynamic, update);
            }
        }
        self.open_inputs = inputs;
    }

    /// The input is whole: what was written of it is not looked at any more.
    fn close_input(&mut self, id: &str) {
        if let Some(open) = self.open_inputs.get_mut(id) {
            open.is_ahead = false;
        }
    }

    fn whole_input(&mut self, chunk: &ToolInputAvailableChunk) {
        self.close_input(&chunk.tool_call_id);
        let update = Update {
            input: Some(chunk.input.clone()),
            provider_executed: chunk.provider_executed,
            provider_metadata: &chunk.provider_metadata,
            tool_metadata: &chunk.tool_metadata,
            title: &chunk.title,
            ..Update::to(ToolUiState::InputAvailable)
        };
        let is_dynamic = chunk.dynamic == Some(true);
        self.update(&chunk.tool_call_id, &chunk.tool_name, is_dynamic, update);
    }

    fn broken_input(&mut self, chunk: &ToolInputErrorChunk) {
        self.close_input(&chunk.tool_call_id);
        // What began as a dynamic tool stays one.
        let is_dynamic = match self.in_step(|part| part.tool_call_id == chunk.tool_call_id) {
            Some(part) => part.is_dynamic(),
            None => chunk.dynamic == Some(true),
        };
        let update = Update {
            input: Some(chunk.input.clone()),
            error_text: Some(&chunk.error_text),
            provider_executed: chunk.provider_executed,
            provider_metadata: &chunk.provider_metadata,
            tool_metadata: &chunk.tool_metadata,
            ..Update::to(ToolUiState::OutputError)
        };
        self.update(&chunk.tool_call_id, &chunk.tool_name, is_dynamic, update);
    }

    fn answer_approval(&mut self, chunk: &ToolApprovalResponseChunk) -> Result<()> {
        let id = &chunk.approval_id;
        let asked = |part: &ToolUiPart| part.approval.as_ref().is_some_and(|asked| asked.id == *id);
        let mut calls = self.message.parts.iter_mut().filter_map(UiMessagePart::as_tool_mut);
        let part = calls.find(|part| asked(part)).ok_or_else(|| {
            Error::invalid_response(format!("an answer to question '{id}', which nobody asked"))
        })?;
        part.state = ToolUiState::ApprovalResponded;
        if let Some(approval) = &mut part.approval {
            approval.approved = Some(chunk.approved);
            approval.reason = chunk.reason.clone().or(approval.reason.take());
        }
        part.provider_executed = chunk.provider_executed.or(part.provider_executed);
        super::replace(&mut part.call_provider_metadata, &chunk.provider_metadata);
        Ok(())
    }

    /// Changes a call of this step, or adds it.
    fn update(&mut self, id: &str, name: &str, is_dynamic: bool, update: Update<'_>) {
        let part = self.in_step(|part| part.tool_call_id == id && part.is_dynamic() == is_dynamic);
        if let Some(part) = part {
            part.rename(name);
            update.apply(part);
            return;
        }
        let mut part = match is_dynamic {
            true => ToolUiPart::dynamic(name, id, update.state),
            false => ToolUiPart::known(name, id, update.state),
        };
        update.apply(&mut part);
        self.push(part);
    }

    fn in_step(&mut self, is_it: impl Fn(&ToolUiPart) -> bool) -> Option<&mut ToolUiPart> {
        let start = self.message.last_step_start();
        let parts = self.message.parts.get_mut(start..)?;
        parts.iter_mut().filter_map(UiMessagePart::as_tool_mut).find(|part| is_it(part))
    }

    /// The call of an id: one of this step, else the last one before.
    fn call(&mut self, id: &str) -> Result<&mut ToolUiPart> {
        self.read_open_inputs();
        let start = self.message.last_step_start();
        let is_it = |part: &UiMessagePart| part.as_tool().is_some_and(|t| t.tool_call_id == id);
        let parts = &mut self.message.parts;
        let (before, step) = parts.split_at_mut_checked(start).unwrap_or_default();
        let found = match step.iter_mut().find(|part| is_it(part)) {
            Some(part) => Some(part),
            None => before.iter_mut().rfind(|part| is_it(part)),
        };
        found.and_then(UiMessagePart::as_tool_mut).ok_or_else(|| {
            Error::invalid_response(format!("there is news of call '{id}', which nobody made"))
        })
    }
}
