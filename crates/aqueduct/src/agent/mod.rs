//! Agents: a model, its tools and its instructions under one name, to be asked again and again.
//!
//! A [`ToolLoopAgent`] is a request without a prompt. It makes requests, so that whatever can be said about a request can be
//! said about one call of an agent. [`Agent`] is what programs that take any agent ask for. Behind a chat in the browser it is
//! asked with [`stream_ui`](Agent::stream_ui).

mod tool_loop_agent;
mod ui;

pub use tool_loop_agent::{AgentBuilder, ToolLoopAgent};
pub use ui::AgentUiRequest;

use serde_json::Value;

use crate::message::PromptInput;
use crate::text::{Streamed, TextRequest, Whole};
use crate::tool::Tool;

/// Something that answers prompts with the help of tools. `O` are the options of a call.
pub trait Agent<O = ()>: Send + Sync + 'static {
    /// The agent's name, if it has one.
    fn id(&self) -> Option<&str>;

    /// The tools that it may use.
    fn tools(&self) -> &[Tool];

    /// Makes a request for a whole answer.
    fn generate(&self, options: O, prompt: PromptInput) -> TextRequest<Whole>;

    /// Makes a request for an answer in parts.
    fn stream(&self, options: O, prompt: PromptInput) -> TextRequest<Streamed>;

    /// Makes a request for an answer to the messages of a page, as a message that goes on with them: they are checked, also
    /// against the agent's tools, converted, and sent. `messages` are JSON as it came
    /// ([`ChatRequest::messages`](crate::ui::ChatRequest)); those of a store are made JSON with [`json!`](serde_json::json).
    ///
    /// Awaited, it fails with `InvalidRequest` and the path of what is wrong if the messages are, and with what is wrong with
    /// the request. What goes wrong later is a chunk of the message.
    ///
    /// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/create-agent-ui-stream> (2026-11).
    fn stream_ui<'a>(&'a self, options: O, messages: Value) -> AgentUiRequest<'a>
    where
        O: Send + 'a,
    {
        let ask = move |prompt| self.stream(options, prompt);
        AgentUiRequest::new(messages, self.tools(), Box::new(ask))
    }
}
