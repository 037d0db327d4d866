//! The conversation that a model is asked to go on with.

use serde_json::Value;

use crate::data::FileData;
use crate::json::{JsonObject, shape, tagged};
use crate::metadata::ProviderOptions;

/// The conversation so far.
pub type Prompt = Vec<Message>;

tagged! {
    /// A message of the conversation.
    pub enum Message by "role" {
        /// Instructions.
        System(SystemMessage) = "system",
        /// What the user says.
        User(UserMessage) = "user",
        /// What the model said.
        Assistant(AssistantMessage) = "assistant",
        /// Results of tools.
        Tool(ToolMessage) = "tool",
    }
}

shape! {
    /// Instructions.
    SystemMessage {
        /// The instructions.
        content: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// What the user says.
    UserMessage {
        /// The parts, in order.
        content: Vec<UserPart>,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// What the model said.
    AssistantMessage {
        /// The parts, in order.
        content: Vec<AssistantPart>,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Results of tools.
    ToolMessage {
        /// The parts, in order.
        content: Vec<ToolPart>,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}

impl Message {
    /// Instructions.
    pub fn system(content: impl Into<String>) -> Self {
        SystemMessage::new(content).into()
    }

    /// A text of the user's. With files beside it: [`Message::user_parts`].
    pub fn user(text: impl Into<String>) -> Self {
        Self::user_parts([TextPart::new(text).into()])
    }

    /// Texts and files of the user's.
    ///
    /// ```
    /// use aqueduct_spec::FileData;
    /// use aqueduct_spec::language::{FilePart, Message, TextPart};
    ///
    /// let png: Vec<u8> = vec![0x89, b'P', b'N', b'G'];
    /// let message = Message::user_parts([
    ///     TextPart::new("What differs between these?").into(),
    ///     FilePart::new(png, "image/png").into(),
    ///     FilePart::new(FileData::url("https://example.com/cat.png"), "image/png").into(),
    /// ]);
    /// assert_eq!(message.text(), "What differs between these?");
    /// ```
    pub fn user_parts(parts: impl IntoIterator<Item = UserPart>) -> Self {
        UserMessage::new(parts.into_iter().collect::<Vec<_>>()).into()
    }

    /// A text of the model's.
    pub fn assistant(text: impl Into<String>) -> Self {
        AssistantMessage::new(vec![TextPart::new(text).into()]).into()
    }

    /// Who says it, in JSON's word: `system`, `user`, `assistant` or `tool`.
    pub fn role(&self) -> &str {
        match self {
            Self::System(_) => "system",
            Self::User(_) => "user",
            Self::Assistant(_) => "assistant",
            Self::Tool(_) => "tool",
            Self::Unknown(object) => object.get("role").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// The text parts, joined; without thoughts, files and results of tools.
    pub fn text(&self) -> String {
        match self {
            Self::System(message) => message.content.clone(),
            Self::User(message) => message.content.iter().filter_map(UserPart::as_text).collect(),
            Self::Assistant(message) => {
                message.content.iter().filter_map(AssistantPart::as_text).collect()
            }
            Self::Tool(_) | Self::Unknown(_) => String::new(),
        }
    }

    /// Options of the message that only some providers know.
    pub fn provider_options(&self) -> Option<&ProviderOptions> {
        match self {
            Self::System(message) => message.provider_options.as_ref(),
            Self::User(message) => message.provider_options.as_ref(),
            Self::Assistant(message) => message.provider_options.as_ref(),
            Self::Tool(message) => message.provider_options.as_ref(),
            Self::Unknown(_) => None,
        }
    }
}

tagged! {
    /// A part of a user's message.
    pub enum UserPart by "type" {
        /// Text.
        Text(TextPart) = "text",
        /// A file.
        File(FilePart) = "file",
    }
}

impl UserPart {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }
}

tagged! {
    /// A part of a model's message.
    pub enum AssistantPart by "type" {
        /// Text.
        Text(TextPart) = "text",
        /// A file.
        File(FilePart) = "file",
        /// Something only its provider has.
        Custom(CustomPart) = "custom",
        /// What the model thought.
        Reasoning(ReasoningPart) = "reasoning",
        /// A file that belongs to the reasoning.
        ReasoningFile(ReasoningFilePart) = "reasoning-file",
        /// A tool call.
        ToolCall(ToolCallPart) = "tool-call",
        /// The result of a tool that the provider ran.
        ToolResult(ToolResultPart) = "tool-result",
        /// A tool call waits for somebody's leave. It is part of a kept conversation and is never sent to a model.
        ToolApprovalRequest(ToolApprovalRequestPart) = "tool-approval-request",
    }
}

impl AssistantPart {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }
}

tagged! {
    /// A part of a tool message.
    pub enum ToolPart by "type" {
        /// The result of a tool.
        ToolResult(ToolResultPart) = "tool-result",
        /// Whether a tool may run. A model is sent only those about tools that the provider runs.
        ToolApprovalResponse(ToolApprovalResponsePart) = "tool-approval-response",
    }
}

shape! {
    /// Text.
    TextPart {
        /// The text.
        text: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A file.
    FilePart {
        /// The content.
        data: FileData,
        /// The media type: whole (`image/png`), a wildcard (`image/*`) or only its first half (`image`).
        media_type: String,
    } {
        /// The file's name.
        filename: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Something only its provider has; its content is in the options.
    CustomPart {
        /// What it is: `<provider>.<kind>`.
        kind: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// What the model thought.
    ReasoningPart {
        /// The thought.
        text: String,
    } {
        /// Options that only some providers know, such as the thought's signature.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A file that belongs to the reasoning.
    ReasoningFilePart {
        /// The content.
        data: FileData,
        /// The media type.
        media_type: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A tool call.
    ToolCallPart {
        /// The id of the call.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// The input: any JSON value.
        input: Value,
    } {
        /// Whether the provider ran the tool.
        provider_executed: bool,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// The result of a tool.
    ToolResultPart {
        /// The call it belongs to.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// What the tool gave.
        output: ToolResultOutput,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A tool call waits for somebody's leave.
    ///
    /// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message> (`ToolApprovalRequest`, 2026-08).
    ToolApprovalRequestPart {
        /// The id of the question.
        approval_id: String,
        /// The call in question.
        tool_call_id: String,
    } {
        /// Why leave is needed, for who is asked.
        reason: String,
        /// Whether a rule has answered already, so that nobody needs to be asked.
        is_automatic: bool,
        /// What proves that the question was asked here and about this very input.
        signature: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Whether a tool may run.
    ToolApprovalResponsePart {
        /// The id of the question.
        approval_id: String,
        /// The answer.
        approved: bool,
    } {
        /// Why.
        reason: String,
        /// Whether it is the provider's tool, so that the answer is for the provider. It is never sent to a model.
        provider_executed: bool,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}

tagged! {
    /// What a tool gave.
    pub enum ToolResultOutput by "type" {
        /// Text.
        Text(TextOutput) = "text",
        /// JSON.
        Json(JsonOutput) = "json",
        /// The user did not allow the call.
        ExecutionDenied(DeniedOutput) = "execution-denied",
        /// A failure, as text.
        ErrorText(ErrorTextOutput) = "error-text",
        /// A failure, as JSON.
        ErrorJson(ErrorJsonOutput) = "error-json",
        /// Text and files.
        Content(ContentOutput) = "content",
    }
}

shape! {
    /// Text.
    TextOutput {
        /// The text.
        value: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// JSON.
    JsonOutput {
        /// The value.
        value: Value,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// The user did not allow the call.
    #[derive(Default)]
    DeniedOutput {} {
        /// Why.
        reason: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A failure, as text.
    ErrorTextOutput {
        /// The text.
        value: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A failure, as JSON.
    ErrorJsonOutput {
        /// The value.
        value: Value,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Text and files.
    ContentOutput {
        /// The parts, in order.
        value: Vec<OutputPart>,
    } {}
}

tagged! {
    /// A part of a tool's result.
    pub enum OutputPart by "type" {
        /// Text.
        Text(TextPart) = "text",
        /// A file.
        File(FilePart) = "file",
        /// Something only one provider has.
        Custom(CustomOutputPart) = "custom",
    }
}

shape! {
    /// Something only one provider has; its content is in the options.
    #[derive(Default)]
    CustomOutputPart {} {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}

impl ToolResultOutput {
    /// Text.
    pub fn text(value: impl Into<String>) -> Self {
        TextOutput::new(value).into()
    }

    /// JSON.
    pub fn json(value: impl Into<Value>) -> Self {
        JsonOutput::new(value).into()
    }

    /// A failure.
    pub fn error(value: impl Into<String>) -> Self {
        ErrorTextOutput::new(value).into()
    }

    /// The value of an output whose kind this version does not know.
    pub fn unknown(object: JsonObject) -> Self {
        Self::Unknown(object)
    }
}
