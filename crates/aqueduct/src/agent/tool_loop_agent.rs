//! The agent that runs tools in a loop.

use std::fmt;
use std::sync::Arc;

use aqueduct_spec::{BoxFuture, Error, LanguageModel, Result};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{Agent, AgentUiRequest};
use crate::message::PromptInput;
use crate::model::IntoModel;
use crate::text::{
    Blueprint, PrepareCall, Streamed, TextRequest, TextStream, TextStreamPart, Whole,
};
use crate::tool::Tool;

/// An agent stops after so many steps unless it has a rule of its own.
const DEFAULT_STEPS: usize = 20;

/// An agent that runs tools in a loop: until the model calls none, calls one that has no function or wants leave, or a rule
/// says so. Default rule: 20 steps.
///
/// ```no_run
/// # async fn example(search: aqueduct::Tool) -> aqueduct::Result<()> {
/// use aqueduct::ToolLoopAgent;
///
/// let librarian = ToolLoopAgent::builder("groq/llama-3.3-70b-versatile")
///     .instructions("You find books.")
///     .tool(search)
///     .build();
/// let answer = librarian.generate("A book about bees?").await?;
/// let stream = librarian.stream("And one about wasps?").max_retries(0).await?;
/// # let _ = (answer, stream);
/// # Ok(())
/// # }
/// ```
///
/// A call may have options, of any type `O`; [`TextRequest::build_with`] says what they change.
pub struct ToolLoopAgent<O = ()> {
    id: Option<String>,
    request: TextRequest<Blueprint>,
    prepare: Option<Prepare<O>>,
}

/// What an agent is built from: a request without a prompt.
pub type AgentBuilder = TextRequest<Blueprint>;

type Prepare<O> =
    Arc<dyn Fn(O, AgentBuilder) -> BoxFuture<'static, Result<AgentBuilder>> + Send + Sync>;

impl TextRequest<Blueprint> {
    /// Builds an agent.
    pub fn build(self) -> ToolLoopAgent {
        ToolLoopAgent { id: None, request: self, prepare: None }
    }

    /// Builds an agent whose calls have options. `prepare` is given those of a call and the request with its prompt, and
    /// returns the request as it is to be sent: with other instructions, another model, a context for tools, ….
    ///
    /// ```
    /// # fn example(model: std::sync::Arc<dyn aqueduct::LanguageModel>) {
    /// #[derive(Clone)]
    /// struct Reader {
    ///     age: u8,
    /// }
    ///
    /// let storyteller = aqueduct::ToolLoopAgent::builder(model).build_with(
    ///     |reader: Reader, request| async move {
    ///         Ok(request.instructions(format!("Tell stories for {} year olds.", reader.age)))
    ///     },
    /// );
    /// let request = storyteller.generate_with(Reader { age: 7 }, "Tell me a story.");
    /// # let _ = request;
    /// # }
    /// ```
    pub fn build_with<O, F>(
        self,
        prepare: impl Fn(O, Self) -> F + Send + Sync + 'static,
    ) -> ToolLoopAgent<O>
    where
        F: Future<Output = Result<Self>> + Send + 'static,
    {
        let prepare: Prepare<O> =
            Arc::new(move |options, request| Box::pin(prepare(options, request)));
        ToolLoopAgent { id: None, request: self, prepare: Some(prepare) }
    }
}

impl ToolLoopAgent {
    /// Begins an agent that asks this model. All that can be said about a request can be said about it.
    pub fn builder<K>(model: impl IntoModel<dyn LanguageModel, K>) -> AgentBuilder {
        TextRequest::new(model.into_model())
    }

    /// Makes a request for a whole answer, which may be changed before it is awaited.
    pub fn generate(&self, prompt: impl Into<PromptInput>) -> TextRequest<Whole> {
        self.generate_with((), prompt)
    }

    /// Makes a request for an answer in parts, which may be changed before it is awaited.
    pub fn stream(&self, prompt: impl Into<PromptInput>) -> TextRequest<Streamed> {
        self.stream_with((), prompt)
    }

    /// Makes a request for an answer to the messages of a page; see [`Agent::stream_ui`].
    ///
    /// ```no_run
    /// # async fn example(agent: aqueduct::ToolLoopAgent) -> aqueduct::Result<()> {
    /// use aqueduct::ui::{ChatRequest, UiMessageOptions};
    ///
    /// # let chat: ChatRequest = serde_json::from_str("{}").unwrap();
    /// let options = UiMessageOptions::new().send_sources(true);
    /// let message = agent.stream_ui(chat.messages).options(options).await?;
    /// let response = message.into_response();
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream_ui(&self, messages: Value) -> AgentUiRequest<'_> {
        Agent::stream_ui(self, (), messages)
    }

    /// Makes a tool of the agent, so that another one may send it tasks: the input is a `prompt`, the result the agent's last
    /// text, and the texts on the way are preliminary results. Giving up on the call gives up on the agent.
    pub fn into_tool(self, name: impl Into<String>, description: impl Into<String>) -> Tool {
        let schema = json!({
            "type": "object",
            "properties": {
                "prompt": { "type": "string", "description": "The task, with all that is needed to do it" },
            },
            "required": ["prompt"],
            "additionalProperties": false,
        });
        let tool = Tool::new(name).description(description).schema(schema);
        tool.execute_stream(move |input, _| match input.get("prompt").and_then(Value::as_str) {
            Some(prompt) => texts(self.stream(prompt).stream()).boxed(),
            None => {
                let error = Error::invalid_request("the task has no prompt");
                stream::once(std::future::ready(Err(error))).boxed()
            }
        })
    }
}

impl<O> ToolLoopAgent<O> {
    /// Names the agent.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The agent's name, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The tools that it may use.
    pub fn tools(&self) -> &[Tool] {
        self.request.tool_list()
    }
}

impl<O: Clone + Send + Sync + 'static> ToolLoopAgent<O> {
    /// Makes a request for a whole answer, with options.
    pub fn generate_with(&self, options: O, prompt: impl Into<PromptInput>) -> TextRequest<Whole> {
        self.request(options, prompt.into()).into_mode()
    }

    /// Makes a request for an answer in parts, with options.
    pub fn stream_with(&self, options: O, prompt: impl Into<PromptInput>) -> TextRequest<Streamed> {
        self.request(options, prompt.into()).into_mode()
    }

    fn request(&self, options: O, prompt: PromptInput) -> AgentBuilder {
        let prepare = self.prepare.clone().map(|prepare| {
            let prepare: PrepareCall = Arc::new(move |request| prepare(options.clone(), request));
            prepare
        });
        self.request.clone().prompt(prompt).stop_after(DEFAULT_STEPS).prepare_call(prepare)
    }
}

impl<O: Clone + Send + Sync + 'static> Agent<O> for ToolLoopAgent<O> {
    fn id(&self) -> Option<&str> {
        self.id()
    }

    fn tools(&self) -> &[Tool] {
        self.tools()
    }

    fn generate(&self, options: O, prompt: PromptInput) -> TextRequest<Whole> {
        self.generate_with(options, prompt)
    }

    fn stream(&self, options: O, prompt: PromptInput) -> TextRequest<Streamed> {
        self.stream_with(options, prompt)
    }
}

/// The texts of an answer: as far as it is after each of them, and at the end the last step's.
fn texts(answer: TextStream) -> impl Stream<Item = Result<String>> + Send + 'static {
    stream::unfold(Some((answer, String::new())), |state| async move {
        let (mut answer, mut text) = state?;
        loop {
            match answer.next().await {
                Some(Ok(TextStreamPart::TextDelta(part))) => text.push_str(&part.delta),
                Some(Ok(TextStreamPart::TextEnd(_))) => {
                    return Some((Ok(text.clone()), Some((answer, text))));
                }
                Some(Ok(TextStreamPart::StartStep(_))) => text.clear(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Some((Err(error), None)),
                None => return Some((answer.collect().await.map(|answer| answer.text()), None)),
            }
        }
    })
}

impl<O> Clone for ToolLoopAgent<O> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), request: self.request.clone(), prepare: self.prepare.clone() }
    }
}

impl<O> fmt::Debug for ToolLoopAgent<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolLoopAgent")
            .field("id", &self.id)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
