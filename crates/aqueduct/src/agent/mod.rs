//! Agents: a model, its tools and its instructions under one name, to be asked again and again.
//!
//! A [`ToolLoopAgent`] is a request without a prompt. It makes requests, so that whatever can be said about a request can be
//! said about one call of an agent. [`Agent`] is what programs that take any agent ask for.

mod tool_loop_agent;

pub use tool_loop_agent::{AgentBuilder, ToolLoopAgent};

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
}
