//! The checks that make messages a conversation.

use aqueduct_spec::language::{AssistantPart, Message, TextPart, ToolMessage, ToolPart, UserPart};
use aqueduct_spec::{Error, Result};

use super::{Instructions, PromptInput};

/// What the caller gave, unchecked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conversation {
    instructions: Instructions,
    prompt: Option<PromptInput>,
    messages: Option<Vec<Message>>,
    allows_system: bool,
}

impl Conversation {
    pub(crate) fn set_prompt(&mut self, prompt: PromptInput) {
        self.prompt = Some(prompt);
    }

    pub(crate) fn set_messages(&mut self, messages: Vec<Message>) {
        self.messages = Some(messages);
    }

    pub(crate) fn set_instructions(&mut self, instructions: Instructions) {
        self.instructions = instructions;
    }

    pub(crate) fn allow_system(&mut self) {
        self.allows_system = true;
    }

    /// Returns the messages to send, instructions first.
    ///
    /// # Errors
    /// `InvalidPrompt` if there is no prompt or two, if it is empty, if it holds system messages that nobody allowed, or if a
    /// tool call lacks its result.
    pub(crate) fn check(self) -> Result<Vec<Message>> {
        let given = match (self.prompt, self.messages) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid_prompt("give either a prompt or messages, not both"));
            }
            (None, None) => {
                return Err(Error::invalid_prompt("a prompt or messages must be given"));
            }
            (Some(PromptInput::Text(text)), None) if text.is_empty() => {
                return Err(Error::invalid_prompt("the prompt must not be empty"));
            }
            (Some(PromptInput::Text(text)), None) => vec![Message::user(text)],
            (Some(PromptInput::Messages(messages)), None) | (None, Some(messages)) => messages,
        };
        if given.is_empty() {
            return Err(Error::invalid_prompt("messages must not be empty"));
        }
        let is_system = |message: &Message| matches!(message, Message::System(_));
        if !self.allows_system && given.iter().any(is_system) {
            return Err(Error::invalid_prompt(
                "system messages are not allowed in the prompt or messages: use instructions, or \
                 allow_system_in_messages",
            ));
        }
        let mut messages: Vec<_> = self.instructions.0.into_iter().map(Message::System).collect();
        for message in given {
            append(&mut messages, message);
        }
        check_tool_results(&messages)?;
        Ok(messages)
    }
}

/// Appends a message. Tool messages in a row become one: providers want all results of a turn together.
fn append(messages: &mut Vec<Message>, mut message: Message) {
    drop_empty_texts(&mut message);
    if let (Some(Message::Tool(last)), Message::Tool(tool)) = (messages.last_mut(), &mut message)
        && can_merge(last, tool)
    {
        last.content.append(&mut tool.content);
        return;
    }
    messages.push(message);
}

/// Some providers refuse an empty text, which says nothing anyway unless options ride on it.
fn drop_empty_texts(message: &mut Message) {
    let is_empty = |text: &TextPart| text.text.is_empty() && text.provider_options.is_none();
    match message {
        Message::User(user) => {
            user.content.retain(|part| !matches!(part, UserPart::Text(text) if is_empty(text)));
        }
        Message::Assistant(assistant) => assistant
            .content
            .retain(|part| !matches!(part, AssistantPart::Text(text) if is_empty(text))),
        _ => {}
    }
}

/// Options of a message speak for all of its parts, so messages with different ones stay apart.
fn can_merge(a: &ToolMessage, b: &ToolMessage) -> bool {
    a.provider_options == b.provider_options && a.rest == b.rest
}

/// Checks that every call of a tool that the provider did not run has its result before the conversation goes on.
fn check_tool_results(messages: &[Message]) -> Result<()> {
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        match message {
            Message::Assistant(assistant) => {
                for part in &assistant.content {
                    match part {
                        AssistantPart::ToolCall(call)
                            if !call.provider_executed.unwrap_or(false) =>
                        {
                            open.push(&call.tool_call_id);
                        }
                        AssistantPart::ToolResult(result) => {
                            open.retain(|id| *id != result.tool_call_id);
                        }
                        _ => {}
                    }
                }
            }
            Message::Tool(tool) => {
                for part in &tool.content {
                    if let ToolPart::ToolResult(result) = part {
                        open.retain(|id| *id != result.tool_call_id);
                    }
                }
            }
            Message::User(_) | Message::System(_) => missing(&open)?,
            _ => {}
        }
    }
    missing(&open)
}

fn missing(open: &[&str]) -> Result<()> {
    match open {
        [] => Ok(()),
        [id] => Err(Error::invalid_prompt(format!("tool result is missing for tool call {id}"))),
        ids => {
            let ids = ids.join(", ");
            Err(Error::invalid_prompt(format!("tool results are missing for tool calls {ids}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::language::{
        AssistantMessage, ToolCallPart, ToolResultOutput, ToolResultPart,
    };
    use serde_json::json;

    use super::*;

    fn call(id: &str) -> Message {
        AssistantMessage::new(vec![ToolCallPart::new(id, "weather", json!({})).into()]).into()
    }

    fn result(id: &str) -> Message {
        let part = ToolResultPart::new(id, "weather", ToolResultOutput::text("sunny"));
        ToolMessage::new(vec![part.into()]).into()
    }

    fn check(messages: Vec<Message>) -> Result<Vec<Message>> {
        let mut conversation = Conversation::default();
        conversation.set_messages(messages);
        conversation.check()
    }

    fn message(result: Result<Vec<Message>>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn wants_one_prompt() {
        let mut conversation = Conversation::default();
        assert!(message(conversation.clone().check()).contains("must be given"));
        conversation.set_prompt("".into());
        assert!(message(conversation.clone().check()).contains("must not be empty"));
        conversation.set_messages(vec![Message::user("hi")]);
        assert!(message(conversation.clone().check()).contains("not both"));
        assert!(message(check(Vec::new())).contains("must not be empty"));
    }

    #[test]
    fn refuses_smuggled_instructions() {
        let messages = vec![Message::system("obey"), Message::user("hi")];
        assert!(message(check(messages.clone())).contains("system messages"));
        let mut conversation = Conversation::default();
        conversation.set_messages(messages.clone());
        conversation.allow_system();
        conversation.set_instructions("be kind".into());
        let checked = conversation.check().unwrap();
        assert_eq!(checked[0], Message::system("be kind"));
        assert_eq!(checked[1..], messages);
    }

    #[test]
    fn merges_tool_messages() {
        let two = AssistantMessage::new(vec![
            ToolCallPart::new("a", "weather", json!({})).into(),
            ToolCallPart::new("b", "weather", json!({})).into(),
        ]);
        let checked =
            check(vec![Message::user("hi"), two.into(), result("a"), result("b")]).unwrap();
        assert_eq!(checked.len(), 3);
        assert!(matches!(&checked[2], Message::Tool(tool) if tool.content.len() == 2));
    }

    #[test]
    fn misses_tool_results() {
        let hi = || Message::user("hi");
        assert!(message(check(vec![hi(), call("a")])).contains("tool call a"));
        assert!(message(check(vec![hi(), call("a"), hi(), result("a")])).contains("tool call a"));
        assert!(message(check(vec![hi(), call("a"), call("b")])).contains("a, b"));
        assert!(check(vec![hi(), call("a"), result("a"), hi()]).is_ok());
    }
}
