//! The conversation.

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, Message, ToolCallPart, ToolMessage, ToolPart,
    ToolResultOutput, UserMessage, UserPart,
};
use aqueduct_spec::{Error, ProviderOptions, Result, Warning};
use serde::Serialize;
use serde_json::Value;

use super::files::{FileKinds, file};
use super::spread;
use super::wire::{self, Content, ContentPart, ExtraContent, TextPart};
use crate::openai_compatible::options::SHARED_KEY;

/// How a host wants its messages.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MessageRules<'a> {
    /// Under which key a tool call keeps the signature of its thought; `None` if the host knows no signatures.
    pub metadata_key: Option<&'a str>,
    /// Whether `providerOptions.openaiCompatible` of messages and parts is copied into them.
    pub copies_options: bool,
    /// Where the thoughts of earlier turns go.
    pub reasoning: ReasoningField,
    /// Whether the content of a message with nothing but tool calls is `null` and not empty.
    pub null_content: bool,
    /// Which files the host takes.
    pub files: FileKinds,
}

/// The field for the thoughts of earlier turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReasoningField {
    /// `reasoning_content`
    ReasoningContent,
    /// `reasoning`
    Reasoning,
}

impl<'a> MessageRules<'a> {
    /// The rules of the plain protocol.
    pub fn new() -> Self {
        Self {
            metadata_key: None,
            copies_options: true,
            reasoning: ReasoningField::ReasoningContent,
            null_content: true,
            files: FileKinds::All,
        }
    }

    /// Sets under which key signatures of thoughts are kept.
    #[must_use]
    pub fn with_metadata_key(mut self, key: &'a str) -> Self {
        self.metadata_key = Some(key);
        self
    }

    /// Copies no options into messages and parts.
    #[must_use]
    pub fn without_copied_options(mut self) -> Self {
        self.copies_options = false;
        self
    }

    /// Lays the options of a message or part over it.
    fn copied<T>(&self, value: T, options: Option<&ProviderOptions>) -> Result<T>
    where
        T: Serialize + serde::de::DeserializeOwned,
    {
        let shared = options.and_then(|options| options.get(SHARED_KEY));
        match shared.filter(|shared| self.copies_options && !shared.is_empty()) {
            Some(shared) => spread(&value, shared.clone()),
            None => Ok(value),
        }
    }
}

impl Default for MessageRules<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes the conversation.
///
/// # Errors
/// `Unsupported` for content that the host cannot take.
pub fn messages(
    prompt: &[Message],
    rules: &MessageRules<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<wire::Message>> {
    let mut out = Vec::with_capacity(prompt.len());
    for message in prompt {
        let options = message.provider_options();
        match message {
            Message::System(message) => {
                let plain = wire::Message::new("system", message.content.as_str());
                out.push(rules.copied(plain, options)?);
            }
            Message::User(message) => out.push(user(message, rules)?),
            Message::Assistant(message) => {
                out.push(rules.copied(assistant(message, rules, warnings)?, options)?);
            }
            Message::Tool(message) => tool(message, rules, &mut out)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    Ok(out)
}

fn user(message: &UserMessage, rules: &MessageRules<'_>) -> Result<wire::Message> {
    if let [UserPart::Text(part)] = message.content.as_slice() {
        let plain = wire::Message::new("user", part.text.as_str());
        return rules.copied(plain, part.provider_options.as_ref());
    }
    let mut parts = Vec::with_capacity(message.content.len());
    for part in &message.content {
        parts.push(match part {
            UserPart::Text(part) => {
                let plain = ContentPart::Text(TextPart::new(part.text.as_str()));
                rules.copied(plain, part.provider_options.as_ref())?
            }
            UserPart::File(part) => {
                rules.copied(file(part, rules.files)?, part.provider_options.as_ref())?
            }
            other => {
                return Err(Error::unsupported(format_args!("user parts of type {}", other.tag())));
            }
        });
    }
    rules.copied(wire::Message::new("user", parts), message.provider_options.as_ref())
}

/// Writes what the model said.
pub(crate) fn assistant(
    message: &AssistantMessage,
    rules: &MessageRules<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<wire::Message> {
    let (mut text, mut reasoning, mut calls) = (String::new(), String::new(), Vec::new());
    for part in &message.content {
        match part {
            AssistantPart::Text(part) => text.push_str(&part.text),
            AssistantPart::Reasoning(part) => reasoning.push_str(&part.text),
            // A call that another host ran and answered itself would wait for its result here.
            AssistantPart::ToolCall(part) if part.provider_executed != Some(true) => {
                calls.push(tool_call(part, rules)?);
            }
            other => {
                let warning =
                    Warning::unsupported(format!("assistant parts of type {}", other.tag()));
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
    }
    let is_null = rules.null_content && text.is_empty() && !calls.is_empty();
    let reasoning = (!reasoning.is_empty()).then_some(reasoning);
    let (reasoning_content, reasoning) = match rules.reasoning {
        ReasoningField::ReasoningContent => (reasoning, None),
        ReasoningField::Reasoning => (None, reasoning),
    };
    Ok(wire::Message {
        role: Some("assistant".to_owned()),
        content: (!is_null).then_some(Content::Text(text)),
        reasoning_content,
        reasoning,
        tool_calls: (!calls.is_empty()).then_some(calls),
        ..wire::Message::default()
    })
}

/// Writes a tool call.
pub(crate) fn tool_call(part: &ToolCallPart, rules: &MessageRules<'_>) -> Result<wire::ToolCall> {
    let options = part.provider_options.as_ref();
    let plain = wire::ToolCall::new(&*part.tool_call_id, &*part.tool_name, part.input.to_string());
    let mut call = rules.copied(plain, options)?;
    if let Some(key) = rules.metadata_key {
        let signature = |key| options?.get(key)?.get("thoughtSignature").filter(|v| !v.is_null());
        let signature = signature(key).or_else(|| signature("google"));
        let signature = signature.map(as_text).filter(|text| !text.is_empty());
        if let Some(signature) = signature {
            call.extra_content = Some(ExtraContent::thought_signature(signature));
        }
    }
    Ok(call)
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Writes results of tools, a message each.
pub(crate) fn tool(
    message: &ToolMessage,
    rules: &MessageRules<'_>,
    out: &mut Vec<wire::Message>,
) -> Result<()> {
    for part in &message.content {
        match part {
            ToolPart::ToolResult(part) => {
                let mut plain = wire::Message::new("tool", output(&part.output)?);
                plain.tool_call_id = Some(part.tool_call_id.clone());
                out.push(rules.copied(plain, part.provider_options.as_ref())?);
            }
            // The answer to a question that this protocol has no place for.
            ToolPart::ToolApprovalResponse(_) => {}
            other => {
                return Err(Error::unsupported(format_args!("tool parts of type {}", other.tag())));
            }
        }
    }
    Ok(())
}

/// The result of a tool as text.
pub(crate) fn output(output: &ToolResultOutput) -> Result<String> {
    let written = match output {
        ToolResultOutput::Text(output) => return Ok(output.value.clone()),
        ToolResultOutput::ErrorText(output) => return Ok(output.value.clone()),
        ToolResultOutput::ExecutionDenied(output) => {
            let reason = output.reason.clone();
            return Ok(reason.unwrap_or_else(|| "Tool call execution denied.".to_owned()));
        }
        ToolResultOutput::Json(output) => Ok(output.value.to_string()),
        ToolResultOutput::ErrorJson(output) => Ok(output.value.to_string()),
        ToolResultOutput::Content(output) => serde_json::to_string(&output.value),
        ToolResultOutput::Unknown(object) => serde_json::to_string(object),
        other => serde_json::to_string(other),
    };
    written.map_err(|error| {
        Error::invalid_prompt("the result of a tool cannot be written as JSON").with_source(error)
    })
}
