//! The request: what a caller asks for, collected and checked.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Downloader;
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{BoxFuture, Context, Error, LanguageModel, Result};

use super::callbacks::Callbacks;
use super::emitter::Emitter;
use super::stop::{StopCondition, step_count_is};
use super::tool_loop::{Mode, ToolLoop};
use super::{Step, TextResult, TextStream, TextStreamPart};
use crate::message::{Conversation, Instructions, PromptInput};
use crate::model::{IntoModel, ModelSource};
use crate::registry::Registry;
use crate::retry::DEFAULT_MAX_RETRIES;
use crate::tool::{Tool, ToolCall, ToolOutcome, ToolSet};

/// Asks a language model for text. Awaiting the request gives the whole answer, [`TextRequest::stream`] gives it in parts.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_text("groq/llama-3.3-70b-versatile")
///     .instructions("Answer in one sentence.")
///     .prompt("Why is the sky blue?")
///     .await?;
/// assert!(!answer.text().is_empty());
/// # Ok(())
/// # }
/// ```
pub fn generate_text<K>(model: impl IntoModel<dyn LanguageModel, K>) -> TextRequest<Whole> {
    TextRequest::new(model.into_model())
}

/// Asks a language model for text in parts, as they arise. Awaiting the request checks it and gives the stream; the model is
/// called when the stream is first polled.
///
/// ```no_run
/// use futures_util::StreamExt as _;
///
/// # async fn example() -> aqueduct::Result<()> {
/// let mut stream = aqueduct::stream_text("ollama/llama3.2").prompt("Write a haiku.").await?;
/// let mut text = stream.text_stream();
/// while let Some(delta) = text.next().await {
///     let delta = delta?;
///     # let _ = delta;
/// }
/// let answer = stream.collect().await?;
/// # let _ = answer.total_usage();
/// # Ok(())
/// # }
/// ```
pub fn stream_text<K>(model: impl IntoModel<dyn LanguageModel, K>) -> TextRequest<Streamed> {
    TextRequest::new(model.into_model())
}

/// Marks a request that is awaited for the whole answer.
#[derive(Debug)]
pub struct Whole;

/// Marks a request that is awaited for a stream.
#[derive(Debug)]
pub struct Streamed;

/// A request for text.
#[must_use = "a request does nothing unless it is awaited or streamed"]
pub struct TextRequest<M> {
    pub(super) model: ModelSource<dyn LanguageModel>,
    pub(super) settings: CallOptions,
    pub(super) max_retries: u32,
    pub(super) timeout: Option<Duration>,
    pub(super) context: Context,
    registry: Option<Registry>,
    conversation: Conversation,
    downloader: Option<Downloader>,
    tools: ToolSet,
    stop: Vec<StopCondition>,
    callbacks: Callbacks,
    failure: Option<Error>,
    mode: PhantomData<fn() -> M>,
}

impl<M> TextRequest<M> {
    fn new(model: ModelSource<dyn LanguageModel>) -> Self {
        Self {
            model,
            settings: CallOptions::default(),
            max_retries: DEFAULT_MAX_RETRIES,
            timeout: None,
            context: Context::default(),
            registry: None,
            conversation: Conversation::default(),
            downloader: None,
            tools: ToolSet::default(),
            stop: Vec::new(),
            callbacks: Callbacks::default(),
            failure: None,
            mode: PhantomData,
        }
    }

    /// Sets the registry that finds a model given by name. Default: the providers that the environment has keys for.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// Sets what the user says: a text, or the messages so far.
    pub fn prompt(mut self, prompt: impl Into<PromptInput>) -> Self {
        self.conversation.set_prompt(prompt.into());
        self
    }

    /// Sets the messages so far; either this or [`TextRequest::prompt`].
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.conversation.set_messages(messages.into_iter().collect());
        self
    }

    /// Sets what the model is to keep to.
    pub fn instructions(mut self, instructions: impl Into<Instructions>) -> Self {
        self.conversation.set_instructions(instructions.into());
        self
    }

    /// Another name of [`TextRequest::instructions`].
    pub fn system(self, instructions: impl Into<Instructions>) -> Self {
        self.instructions(instructions)
    }

    /// Accepts system messages among the messages. Without it they are refused, because whoever may add to a conversation
    /// could otherwise rewrite the instructions.
    pub fn allow_system_in_messages(mut self) -> Self {
        self.conversation.allow_system();
        self
    }

    /// Sets what downloads files that the model cannot fetch itself. Default: public hosts only, at most 100 MiB a file.
    pub fn downloader(mut self, downloader: Downloader) -> Self {
        self.downloader = Some(downloader);
        self
    }

    /// Adds a tool.
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.tools.add(tool.into());
        self
    }

    /// Adds tools.
    pub fn tools(self, tools: impl IntoIterator<Item = impl Into<Tool>>) -> Self {
        tools.into_iter().fold(self, Self::tool)
    }

    /// Tells the model of these tools only.
    pub fn active_tools(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tools.set_active(names.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a rule for when to stop; one that holds is enough. The loop also stops when the model calls no tools, or one that
    /// has no function. Default: after one step, so that tools run but the model does not see their results.
    pub fn stop_when(
        mut self,
        condition: impl Fn(&[Step]) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.stop.push(Arc::new(condition));
        self
    }

    /// Is told when a step starts, by its number from 0.
    pub fn on_step_start<F>(mut self, call: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.step_start.add(call);
        self
    }

    /// Is told of every part of a stream before the consumer gets it. A unary request has no parts.
    pub fn on_chunk<F>(mut self, call: impl Fn(TextStreamPart) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.chunk.add(call);
        self
    }

    /// Is told when a tool of the caller's is about to run.
    pub fn on_tool_start<F>(mut self, call: impl Fn(ToolCall) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.tool_start.add(call);
        self
    }

    /// Is told what came of a tool of the caller's.
    pub fn on_tool_end<F>(mut self, call: impl Fn(ToolOutcome) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.tool_end.add(call);
        self
    }

    /// Is told of every complete step.
    pub fn on_step_end<F>(mut self, call: impl Fn(Step) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.step_end.add(call);
        self
    }

    /// Is told of the result.
    pub fn on_end<F>(mut self, call: impl Fn(TextResult) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.end.add(call);
        self
    }

    /// Is told of every failure: those that the provider reports within a stream, and the one that ends the request. A request
    /// that is refused before it starts is not reported.
    pub fn on_error<F>(mut self, call: impl Fn(Error) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.callbacks.error.add(call);
        self
    }

    /// Gives the answer in parts. Nothing is done before the stream is polled; whatever is wrong with the request is the
    /// stream's first item.
    pub fn stream(self) -> TextStream {
        match self.check(Mode::Stream) {
            Ok(run) => TextStream::new(run),
            Err(error) => TextStream::failed(error),
        }
    }

    /// Remembers the first thing that is wrong with the request.
    pub(super) fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }

    fn check(self, mode: Mode) -> Result<ToolLoop> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let messages = self.conversation.check()?;
        self.tools.check()?;
        let model = self.model.resolve(self.registry.as_ref())?;
        let mut stop = self.stop;
        if stop.is_empty() {
            stop.push(Arc::new(step_count_is(1)));
        }
        Ok(ToolLoop {
            model,
            mode,
            messages,
            settings: self.settings,
            max_retries: self.max_retries,
            timeout: self.timeout,
            context: self.context,
            downloader: self.downloader,
            tools: self.tools,
            stop,
            callbacks: self.callbacks,
        })
    }
}

impl IntoFuture for TextRequest<Whole> {
    type Output = Result<TextResult>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.check(Mode::Generate)?.run(&Emitter::unheard()).await })
    }
}

impl IntoFuture for TextRequest<Streamed> {
    type Output = Result<TextStream>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.check(Mode::Stream).map(TextStream::new) })
    }
}

/// The prompt is the user's and stays out.
impl<M> fmt::Debug for TextRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextRequest")
            .field("model", &self.model)
            .field("tools", &self.tools)
            .finish_non_exhaustive()
    }
}
