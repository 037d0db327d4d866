//! An agent behind a chat in the browser.

use std::fmt;
use std::future::IntoFuture;

use aqueduct_spec::language::UserPart;
use aqueduct_spec::{BoxFuture, Result};
use serde_json::Value;

use crate::message::PromptInput;
use crate::text::{Streamed, TextRequest};
use crate::tool::Tool;
use crate::ui::{
    DataUiPart, ModelMessageOptions, UiMessageChecks, UiMessageOptions, UiMessageStream,
    convert_to_model_messages, validate_ui_messages,
};

type Ask<'a> = Box<dyn FnOnce(PromptInput) -> TextRequest<Streamed> + Send + 'a>;

/// A request for an agent's answer to the messages of a page; see [`Agent::stream_ui`](super::Agent::stream_ui).
///
/// It is awaited for the answer as a message of the user interface.
#[must_use = "a request does nothing unless it is awaited"]
pub struct AgentUiRequest<'a> {
    ask: Ask<'a>,
    messages: Value,
    checks: UiMessageChecks,
    conversion: ModelMessageOptions,
    options: UiMessageOptions,
}

impl<'a> AgentUiRequest<'a> {
    pub(super) fn new(messages: Value, tools: &[Tool], ask: Ask<'a>) -> Self {
        Self {
            ask,
            messages,
            checks: UiMessageChecks::new().tools(tools.iter().cloned()),
            conversion: ModelMessageOptions::new().tools(tools.iter().cloned()),
            options: UiMessageOptions::new(),
        }
    }

    /// Says how the answer becomes a message. Its original messages are those of the page.
    pub fn options(mut self, options: UiMessageOptions) -> Self {
        self.options = options;
        self
    }

    /// Says what else the messages have to keep to: their metadata and their data. That their tool calls fit the agent's tools
    /// is checked in any case.
    pub fn check(mut self, check: impl FnOnce(UiMessageChecks) -> UiMessageChecks) -> Self {
        self.checks = check(self.checks);
        self
    }

    /// Makes data of the program's own a text or a file for the model; it sees none of it otherwise.
    pub fn convert_data_part(
        mut self,
        convert: impl Fn(&DataUiPart) -> Option<UserPart> + Send + Sync + 'static,
    ) -> Self {
        self.conversion = self.conversion.convert_data_part(convert);
        self
    }

    /// Changes the request to the model: an abort handle, callbacks, provider options, ….
    pub fn request(
        mut self,
        change: impl FnOnce(TextRequest<Streamed>) -> TextRequest<Streamed> + Send + 'a,
    ) -> Self {
        let ask = self.ask;
        self.ask = Box::new(move |prompt| change(ask(prompt)));
        self
    }

    /// The request to the model, and how its answer becomes a message.
    fn checked(self) -> Result<(TextRequest<Streamed>, UiMessageOptions)> {
        let messages = validate_ui_messages(self.messages, &self.checks)?;
        let prompt = convert_to_model_messages(&messages, &self.conversion)?;
        Ok(((self.ask)(prompt.into()), self.options.original_messages(messages)))
    }
}

impl<'a> IntoFuture for AgentUiRequest<'a> {
    type Output = Result<UiMessageStream>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (request, options) = self.checked()?;
            Ok(request.await?.into_ui_messages(options))
        })
    }
}

impl fmt::Debug for AgentUiRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentUiRequest").field("options", &self.options).finish_non_exhaustive()
    }
}
