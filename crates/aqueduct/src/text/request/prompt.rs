//! What the model is told.

use aqueduct_http::Downloader;
use aqueduct_spec::language::Message;

use super::TextRequest;
use crate::message::{Instructions, PromptInput};
use crate::registry::Registry;

impl<M, O> TextRequest<M, O> {
    /// Sets the registry that finds a model given by name. Default: the providers that the environment has keys for.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.parts.registry = Some(registry.clone());
        self
    }

    /// Sets what the user says: a text, or the messages so far, which are copied if they are borrowed.
    ///
    /// ```no_run
    /// # async fn example(lines: Vec<String>) -> aqueduct::Result<()> {
    /// use aqueduct::{Message, generate_text};
    ///
    /// let mut history = Vec::new();
    /// for line in lines {
    ///     history.push(Message::user(line));
    ///     let answer = generate_text("groq/llama-3.3-70b-versatile").prompt(&history).await?;
    ///     history.extend(answer.response_messages());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn prompt(mut self, prompt: impl Into<PromptInput>) -> Self {
        self.parts.conversation.set_prompt(prompt.into());
        self
    }

    /// Sets the messages so far; either this or [`TextRequest::prompt`].
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.parts.conversation.set_messages(messages.into_iter().collect());
        self
    }

    /// Sets what the model is to keep to.
    pub fn instructions(mut self, instructions: impl Into<Instructions>) -> Self {
        self.parts.conversation.set_instructions(instructions.into());
        self
    }

    /// Another name of [`TextRequest::instructions`].
    pub fn system(self, instructions: impl Into<Instructions>) -> Self {
        self.instructions(instructions)
    }

    /// Accepts system messages among the messages. Without it they are refused, because whoever may add to a conversation
    /// could otherwise rewrite the instructions.
    pub fn allow_system_in_messages(mut self) -> Self {
        self.parts.conversation.allow_system();
        self
    }

    /// Sets what downloads files that the model cannot fetch itself. Default: public hosts only, at most 100 MiB a file.
    pub fn downloader(mut self, downloader: Downloader) -> Self {
        self.parts.downloader = Some(downloader);
        self
    }
}
