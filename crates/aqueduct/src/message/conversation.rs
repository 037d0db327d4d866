//! The checks that make messages a conversation.

use aqueduct_spec::language::Message;
use aqueduct_spec::{Error, Result};

use super::prompt::check_tool_results;
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

    pub(crate) fn allows_system(&self) -> bool {
        self.allows_system
    }

    /// Returns what the model is to keep to and what was said, checked.
    ///
    /// # Errors
    /// `InvalidPrompt` if there is no prompt or two, if it is empty, if it holds system messages that nobody allowed, or if a
    /// tool call lacks its result.
    pub(crate) fn check(self) -> Result<(Instructions, Vec<Message>)> {
        let messages = match (self.prompt, self.messages) {
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
        if messages.is_empty() {
            return Err(Error::invalid_prompt("messages must not be empty"));
        }
        if !self.allows_system {
            refuse_system(&messages)?;
        }
        check_tool_results(&messages)?;
        Ok((self.instructions, messages))
    }
}

/// Refuses instructions among the messages.
///
/// # Errors
/// `InvalidPrompt` if there is a system message.
pub(crate) fn refuse_system(messages: &[Message]) -> Result<()> {
    if messages.iter().any(|message| matches!(message, Message::System(_))) {
        return Err(Error::invalid_prompt(
            "system messages are not allowed in the prompt or messages: use instructions, or \
             allow_system_in_messages",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(messages: Vec<Message>) -> Result<Vec<Message>> {
        let mut conversation = Conversation::default();
        conversation.set_messages(messages);
        conversation.check().map(|(_, messages)| messages)
    }

    fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
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
        assert_eq!(conversation.check().unwrap(), ("be kind".into(), messages));
    }
}
