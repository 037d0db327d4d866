//! How an answer becomes a message for a user interface.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::UnifiedFinishReason;
use serde::Serialize;
use serde_json::Value;

use super::{UiMessage, UiRole};
use crate::text::{Callback, TextStreamPart};

/// A message is complete, as far as it will ever be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UiMessageEnd {
    /// The conversation, with the message at its end.
    pub messages: Vec<UiMessage>,
    /// Whether the message goes on with the last one of the conversation, which it replaces.
    pub is_continuation: bool,
    /// Whether somebody gave up on it.
    pub is_aborted: bool,
    /// The message.
    pub response_message: UiMessage,
    /// Why the model stopped, if the stream said so.
    pub finish_reason: Option<UnifiedFinishReason>,
}

/// A step of a message is complete.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UiStepEnd {
    /// The conversation, with the message so far at its end.
    pub messages: Vec<UiMessage>,
    /// Whether the message goes on with the last one of the conversation, which it replaces.
    pub is_continuation: bool,
    /// The message so far.
    pub response_message: UiMessage,
}

/// What a failure is called before the user.
pub(super) type ErrorText = Arc<dyn Fn(&(dyn StdError + 'static)) -> String + Send + Sync>;

/// Errors may tell of the inside of a server, so that nobody sees them unless the program says so.
pub(super) fn masked() -> ErrorText {
    Arc::new(|_| "An error occurred.".to_owned())
}

/// How an answer becomes a message for a user interface: what is sent of it, under which id, and who is told in the end.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/stream-text> (`toUIMessageStream`, 2026-08).
#[derive(Clone)]
pub struct UiMessageOptions {
    pub(super) sends_reasoning: bool,
    pub(super) sends_sources: bool,
    pub(super) sends_start: bool,
    pub(super) sends_finish: bool,
    pub(super) metadata: Option<Metadata>,
    pub(super) keeping: Keeping,
}

pub(super) type Metadata = Arc<dyn Fn(&TextStreamPart) -> Option<Value> + Send + Sync>;

/// What is needed to keep a message beyond its stream.
#[derive(Clone)]
pub(super) struct Keeping {
    pub(super) error_text: ErrorText,
    pub(super) generate_id: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    pub(super) original_messages: Vec<UiMessage>,
    pub(super) on_step_end: Callback<UiStepEnd>,
    pub(super) on_end: Callback<UiMessageEnd>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            error_text: masked(),
            generate_id: None,
            original_messages: Vec::new(),
            on_step_end: Callback::default(),
            on_end: Callback::default(),
        }
    }
}

impl Keeping {
    /// The message that is gone on with, if the last one is the model's.
    pub(super) fn continued(&self) -> Option<&UiMessage> {
        self.original_messages.last().filter(|message| message.role == UiRole::Assistant)
    }

    /// The id of the message, if it is not left to the reader.
    pub(super) fn message_id(&self) -> Option<String> {
        match self.continued() {
            Some(message) => Some(message.id.clone()),
            None => self.generate_id.as_ref().map(|generate| generate()),
        }
    }
}

impl Default for UiMessageOptions {
    fn default() -> Self {
        Self {
            sends_reasoning: true,
            sends_sources: false,
            sends_start: true,
            sends_finish: true,
            metadata: None,
            keeping: Keeping::default(),
        }
    }
}

impl UiMessageOptions {
    /// Reasoning is sent, sources are not, and errors are masked.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to send reasoning; it is sent otherwise.
    #[must_use]
    pub fn send_reasoning(mut self, sends: bool) -> Self {
        self.sends_reasoning = sends;
        self
    }

    /// Whether to send sources; they are not sent otherwise.
    #[must_use]
    pub fn send_sources(mut self, sends: bool) -> Self {
        self.sends_sources = sends;
        self
    }

    /// Whether to send the beginning of the message; it is sent otherwise. Leave it out of a stream that is merged behind another.
    #[must_use]
    pub fn send_start(mut self, sends: bool) -> Self {
        self.sends_start = sends;
        self
    }

    /// Whether to send the end of the message; it is sent otherwise. Leave it out of a stream that another is merged behind.
    #[must_use]
    pub fn send_finish(mut self, sends: bool) -> Self {
        self.sends_finish = sends;
        self
    }

    /// Says what is noted about the message at each part; what serde cannot write, and `null`, is nothing.
    #[must_use]
    pub fn message_metadata<T: Serialize>(
        mut self,
        note: impl Fn(&TextStreamPart) -> Option<T> + Send + Sync + 'static,
    ) -> Self {
        self.metadata = Some(Arc::new(move |part| {
            let value = serde_json::to_value(note(part)?).ok()?;
            (!value.is_null()).then_some(value)
        }));
        self
    }

    /// Says what a failure is called before the user. Without it all are called “An error occurred.”, those of tools as well,
    /// because their texts may tell of the inside of the server. What is given is an [`Error`](crate::Error) or a
    /// [`ToolFailure`](crate::tool::ToolFailure).
    #[must_use]
    pub fn on_error(
        mut self,
        text: impl Fn(&(dyn StdError + 'static)) -> String + Send + Sync + 'static,
    ) -> Self {
        self.keeping.error_text = Arc::new(text);
        self
    }

    /// Makes the id of the message, for programs that keep it. Otherwise the reader makes one.
    #[must_use]
    pub fn generate_message_id(
        mut self,
        generate: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        self.keeping.generate_id = Some(Arc::new(generate));
        self
    }

    /// The conversation so far. If its last message is the model's, the answer goes on with that message, under its id.
    #[must_use]
    pub fn original_messages(mut self, messages: impl Into<Vec<UiMessage>>) -> Self {
        self.keeping.original_messages = messages.into();
        self
    }

    /// Calls a function with the message so far after each step, and waits for it.
    #[must_use]
    pub fn on_step_end<F>(mut self, call: impl Fn(UiStepEnd) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.keeping.on_step_end.add(call);
        self
    }

    /// Calls a function with the whole message behind its last chunk, and waits for it: the place to store it. Without
    /// [`generate_message_id`](Self::generate_message_id) its id is empty, since the reader makes one.
    ///
    /// A stream that is dropped before its end calls nobody. To store answers whose readers leave, read them on behind the
    /// reader's back: see [`ResumableStreams`](super::ResumableStreams).
    #[must_use]
    pub fn on_end<F>(mut self, call: impl Fn(UiMessageEnd) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.keeping.on_end.add(call);
        self
    }
}

impl fmt::Debug for UiMessageOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UiMessageOptions")
            .field("sends_reasoning", &self.sends_reasoning)
            .field("sends_sources", &self.sends_sources)
            .field("sends_start", &self.sends_start)
            .field("sends_finish", &self.sends_finish)
            .finish_non_exhaustive()
    }
}
