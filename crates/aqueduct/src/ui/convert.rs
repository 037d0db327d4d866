//! Messages of a user interface, made into messages for a model.

use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CustomPart, DeniedOutput, ErrorJsonOutput, FilePart, Message,
    ReasoningFilePart, ReasoningPart, SystemMessage, TextPart, ToolApprovalRequestPart,
    ToolApprovalResponsePart, ToolCallPart, ToolMessage, ToolPart, ToolResultOutput,
    ToolResultPart, UserMessage, UserPart,
};
use aqueduct_spec::{Error, FileData, ProviderMetadata, ProviderOptions, Result};
use serde_json::{Map, Value};
use url::Url;

use super::{
    DataUiPart, FileUiPart, TextUiPart, ToolUiPart, ToolUiState, UiMessage, UiMessagePart, UiRole,
};
use crate::tool::{Tool, plain_model_output};

type ConvertData = Arc<dyn Fn(&DataUiPart) -> Option<UserPart> + Send + Sync>;

/// How messages of a user interface become messages for a model.
#[derive(Clone, Default)]
pub struct ModelMessageOptions {
    tools: Vec<Tool>,
    ignores_incomplete_tool_calls: bool,
    convert_data: Option<ConvertData>,
}

impl ModelMessageOptions {
    /// Results of tools go to the model as they are, and data parts do not.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tools, which may say how the model sees their results.
    #[must_use]
    pub fn tools(mut self, tools: impl IntoIterator<Item = impl Into<Tool>>) -> Self {
        self.tools.extend(tools.into_iter().map(Into::into));
        self
    }

    /// Leaves out tool calls that have no outcome yet.
    #[must_use]
    pub fn ignore_incomplete_tool_calls(mut self, ignores: bool) -> Self {
        self.ignores_incomplete_tool_calls = ignores;
        self
    }

    /// Makes data of the program's own a text or a file for the model.
    #[must_use]
    pub fn convert_data_part(
        mut self,
        convert: impl Fn(&DataUiPart) -> Option<UserPart> + Send + Sync + 'static,
    ) -> Self {
        self.convert_data = Some(Arc::new(convert));
        self
    }

    fn keeps(&self, part: &UiMessagePart) -> bool {
        let Some(tool) = part.as_tool().filter(|_| self.ignores_incomplete_tool_calls) else {
            return true;
        };
        match tool.state {
            ToolUiState::ApprovalResponded
            | ToolUiState::OutputError
            | ToolUiState::OutputDenied => true,
            ToolUiState::OutputAvailable => tool.preliminary != Some(true),
            _ => false,
        }
    }

    fn data(&self, part: &DataUiPart) -> Option<UserPart> {
        self.convert_data.as_ref().and_then(|convert| convert(part))
    }

    fn output(&self, part: &ToolUiPart) -> ToolResultOutput {
        let output = part.output.as_ref().unwrap_or(&Value::Null);
        match self.tools.iter().find(|tool| tool.name() == part.name()) {
            Some(tool) => tool.model_output(output),
            None => plain_model_output(output),
        }
    }
}

impl fmt::Debug for ModelMessageOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelMessageOptions").field("tools", &self.tools).finish_non_exhaustive()
    }
}

/// Makes messages of a user interface messages for a model: each step of the model's becomes a message of its own, with the
/// results of its tools behind it. Sources, and data that nobody converts, are for the reader alone.
///
/// # Errors
/// `InvalidPrompt` if the URL of a file is none.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/convert-to-model-messages> (2026-08).
pub fn convert_to_model_messages(
    messages: &[UiMessage],
    options: &ModelMessageOptions,
) -> Result<Vec<Message>> {
    let mut converted = Vec::new();
    let last_user = messages.iter().rposition(|message| message.role == UiRole::User);
    for (position, message) in messages.iter().enumerate() {
        // What the user said since stands in for an answer: no call may be left without one.
        let is_void = |part: &UiMessagePart| last_user > Some(position) && is_question(part);
        match message.role {
            UiRole::System => converted.push(system(message).into()),
            UiRole::User => converted.push(user(message, options)?.into()),
            UiRole::Assistant => {
                let is_mark = |part: &UiMessagePart| matches!(part, UiMessagePart::StepStart(_));
                for step in message.parts.split(is_mark) {
                    let step: Vec<_> =
                        step.iter().filter(|part| options.keeps(part) && !is_void(part)).collect();
                    append_step(&mut converted, &step, options)?;
                }
            }
        }
    }
    Ok(converted)
}

/// Whether a call waits for leave.
fn is_question(part: &UiMessagePart) -> bool {
    part.as_tool().is_some_and(|tool| tool.state == ToolUiState::ApprovalRequested)
}

fn system(message: &UiMessage) -> SystemMessage {
    let mut system = SystemMessage::new(message.text());
    let mut noted = ProviderOptions::new();
    for part in &message.parts {
        if let UiMessagePart::Text(TextUiPart { provider_metadata: Some(metadata), .. }) = part {
            for (provider, object) in metadata.iter() {
                noted.insert(provider, object.clone());
            }
        }
    }
    system.provider_options = (!noted.is_empty()).then_some(noted);
    system
}

fn user(message: &UiMessage, options: &ModelMessageOptions) -> Result<UserMessage> {
    let mut content = Vec::new();
    for part in &message.parts {
        match part {
            UiMessagePart::Text(part) => content.push(text(part).into()),
            UiMessagePart::File(part) => content.push(file(part)?.into()),
            UiMessagePart::Data(part) => content.extend(options.data(part)),
            _ => {}
        }
    }
    Ok(UserMessage::new(content))
}

fn text(part: &TextUiPart) -> TextPart {
    let mut text = TextPart::new(part.text.as_str());
    text.provider_options.clone_from(&part.provider_metadata);
    text
}

fn file(part: &FileUiPart) -> Result<FilePart> {
    let data = match &part.provider_reference {
        Some(reference) => FileData::reference(reference.clone()),
        None => url(&part.url)?,
    };
    let mut file = FilePart::new(data, part.media_type.as_str());
    file.filename.clone_from(&part.filename);
    file.provider_options.clone_from(&part.provider_metadata);
    Ok(file)
}

fn url(url: &str) -> Result<FileData> {
    match Url::parse(url) {
        Ok(_) => Ok(FileData::url(url)),
        Err(_) => Err(Error::invalid_prompt("the URL of a file in a message is not a URL")),
    }
}

fn append_step(
    messages: &mut Vec<Message>,
    step: &[&UiMessagePart],
    options: &ModelMessageOptions,
) -> Result<()> {
    let mut said: Vec<AssistantPart> = Vec::new();
    let mut results: Vec<ToolPart> = Vec::new();
    for part in step {
        match part {
            UiMessagePart::Text(part) => said.push(text(part).into()),
            UiMessagePart::File(part) => said.push(file(part)?.into()),
            UiMessagePart::Custom(part) => {
                let mut custom = CustomPart::new(part.kind.as_str());
                custom.provider_options.clone_from(&part.provider_metadata);
                said.push(custom.into());
            }
            UiMessagePart::Reasoning(part) => {
                let mut thought = ReasoningPart::new(part.text.as_str());
                thought.provider_options.clone_from(&part.provider_metadata);
                said.push(thought.into());
            }
            UiMessagePart::ReasoningFile(part) => {
                let data = url(&part.url)?;
                let mut file = ReasoningFilePart::new(data, part.media_type.as_str());
                file.provider_options.clone_from(&part.provider_metadata);
                said.push(file.into());
            }
            UiMessagePart::Data(part) => said.extend(match options.data(part) {
                Some(UserPart::Text(text)) => Some(AssistantPart::from(text)),
                Some(UserPart::File(file)) => Some(file.into()),
                _ => None,
            }),
            UiMessagePart::Tool(part) => {
                append_call(&mut said, part, options);
                append_outcome(&mut results, part, options);
            }
            _ => {}
        }
    }
    if !said.is_empty() {
        messages.push(AssistantMessage::new(said).into());
    }
    if !results.is_empty() {
        messages.push(ToolMessage::new(results).into());
    }
    Ok(())
}

/// The call, the question about it, and what came of it if the provider ran it.
fn append_call(said: &mut Vec<AssistantPart>, part: &ToolUiPart, options: &ModelMessageOptions) {
    if part.state == ToolUiState::InputStreaming {
        return;
    }
    let id = part.tool_call_id.as_str();
    let mut call = ToolCallPart::new(id, part.name(), input(part));
    call.provider_executed = part.provider_executed;
    call.provider_options = call_metadata(part).cloned();
    said.push(call.into());
    if let Some(approval) = &part.approval {
        let mut request = ToolApprovalRequestPart::new(approval.id.as_str(), id);
        request.reason.clone_from(&approval.request_reason);
        request.is_automatic = approval.is_automatic;
        request.signature.clone_from(&approval.signature);
        said.push(request.into());
    }
    if !part.is_provider_executed() {
        return;
    }
    let output = match part.state {
        ToolUiState::OutputAvailable => options.output(part),
        ToolUiState::OutputError => {
            ErrorJsonOutput::new(part.error_text.clone().unwrap_or_default()).into()
        }
        _ => return,
    };
    let mut result = ToolResultPart::new(id, part.name(), output);
    result.provider_options =
        part.result_provider_metadata.clone().or_else(|| part.call_provider_metadata.clone());
    said.push(result.into());
}

/// What the provider said of the call; that of one that could not be run came with its failure.
fn call_metadata(part: &ToolUiPart) -> Option<&ProviderMetadata> {
    let of_failure = part.result_provider_metadata.as_ref();
    let of_failure = of_failure.filter(|_| part.state == ToolUiState::OutputError);
    part.call_provider_metadata.as_ref().or(of_failure)
}

/// The input; of a call that failed, what the model wrote in its place.
fn input(part: &ToolUiPart) -> Value {
    let raw = part.raw_input.as_ref().filter(|_| part.state == ToolUiState::OutputError);
    let written = part.input.as_ref().filter(|input| !input.is_null()).or(raw);
    written.or(part.input.as_ref()).cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

/// The answer to the question, and what came of the call if the program ran it.
fn append_outcome(results: &mut Vec<ToolPart>, part: &ToolUiPart, options: &ModelMessageOptions) {
    if let Some(approval) = &part.approval
        && let Some(approved) = approval.approved
    {
        let mut response = ToolApprovalResponsePart::new(approval.id.as_str(), approved);
        response.reason.clone_from(&approval.reason);
        response.provider_executed = part.provider_executed;
        results.push(response.into());
        if !approved && part.state == ToolUiState::ApprovalResponded {
            let mut denied = DeniedOutput::default();
            denied.reason.clone_from(&approval.reason);
            results.push(result(part, denied.into()).into());
        }
    }
    if part.is_provider_executed() {
        return;
    }
    let output = match part.state {
        ToolUiState::OutputDenied => {
            let reason = part.approval.as_ref().and_then(|approval| approval.reason.as_deref());
            ToolResultOutput::error(reason.unwrap_or("Tool call execution denied."))
        }
        ToolUiState::OutputError => {
            ToolResultOutput::error(part.error_text.as_deref().unwrap_or_default())
        }
        ToolUiState::OutputAvailable => options.output(part),
        _ => return,
    };
    results.push(result(part, output).into());
}

fn result(part: &ToolUiPart, output: ToolResultOutput) -> ToolResultPart {
    let mut result = ToolResultPart::new(part.tool_call_id.as_str(), part.name(), output);
    result.provider_options.clone_from(&part.call_provider_metadata);
    result
}
