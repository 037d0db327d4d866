//! What may be given as a prompt and as instructions.

use aqueduct_spec::language::{Message, SystemMessage, UserMessage, UserPart};

/// A prompt: a text of the user's, or the messages so far.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PromptInput {
    /// A text of the user's.
    Text(String),
    /// The messages so far.
    Messages(Vec<Message>),
}

impl From<&str> for PromptInput {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for PromptInput {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for PromptInput {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Message> for PromptInput {
    fn from(message: Message) -> Self {
        Self::Messages(vec![message])
    }
}

impl From<Vec<Message>> for PromptInput {
    fn from(messages: Vec<Message>) -> Self {
        Self::Messages(messages)
    }
}

impl From<&[Message]> for PromptInput {
    fn from(messages: &[Message]) -> Self {
        Self::Messages(messages.to_vec())
    }
}

/// A history that is kept: `prompt(&history)`.
impl From<&Vec<Message>> for PromptInput {
    fn from(messages: &Vec<Message>) -> Self {
        Self::from(messages.as_slice())
    }
}

impl<const N: usize> From<[Message; N]> for PromptInput {
    fn from(messages: [Message; N]) -> Self {
        Self::Messages(messages.into())
    }
}

/// The parts of one message of the user's: text and files.
impl From<Vec<UserPart>> for PromptInput {
    fn from(parts: Vec<UserPart>) -> Self {
        Self::Messages(vec![UserMessage::new(parts).into()])
    }
}

/// What the model is to keep to: a text, or system messages, which may hold options for a provider's cache.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instructions(pub(super) Vec<SystemMessage>);

impl Instructions {
    /// The instructions as messages; none if there are no instructions.
    pub fn messages(&self) -> &[SystemMessage] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Instructions {
    fn from(text: &str) -> Self {
        Self(vec![SystemMessage::new(text)])
    }
}

impl From<String> for Instructions {
    fn from(text: String) -> Self {
        Self(vec![SystemMessage::new(text)])
    }
}

impl From<&String> for Instructions {
    fn from(text: &String) -> Self {
        Self(vec![SystemMessage::new(text.as_str())])
    }
}

impl From<SystemMessage> for Instructions {
    fn from(message: SystemMessage) -> Self {
        Self(vec![message])
    }
}

impl From<Vec<SystemMessage>> for Instructions {
    fn from(messages: Vec<SystemMessage>) -> Self {
        Self(messages)
    }
}
