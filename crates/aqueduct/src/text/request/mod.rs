//! The request: what a caller asks for, collected and checked.

mod approval;
mod callbacks;
mod contexts;
mod limits;
mod output;
mod prompt;
mod settings;
mod telemetry;
mod tools;
mod verbs;

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

use aqueduct_http::Downloader;
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{BoxFuture, Context, Error, LanguageModel, Result};

use super::callbacks::Callbacks;
use super::emitter::Emitter;
use super::prepare_step::PrepareStep;
use super::repair::{RefineInputs, RepairToolCall};
use super::stop::{StopCondition, step_count_is};
use super::tape::Tape;
use super::tool_loop::{Mode, ToolLoop};
use super::transform::{Transform, TransformContext};
use super::{AbortHandle, TextResult, TextStream, Timeouts};
use crate::message::Conversation;
use crate::model::ModelSource;
use crate::registry::Registry;
use crate::retry::DEFAULT_MAX_RETRIES;
use crate::telemetry::{Recorder, TelemetryOptions};
use crate::tool::{ApprovalRules, Contexts, Tool, ToolSet};

pub use verbs::{generate_text, stream_model_call, stream_text};

/// Marks a request that is awaited for the whole answer.
#[derive(Debug)]
pub struct Whole;

/// Marks a request that is awaited for a stream.
#[derive(Debug)]
pub struct Streamed;

/// Marks what an agent's requests are made from ([`ToolLoopAgent`](crate::agent::ToolLoopAgent)).
#[derive(Debug)]
pub struct Blueprint;

/// A request for text. `M` says what it is awaited for, `O` the form of the answer
/// ([`output`](TextRequest::output)); `()` is any text.
#[must_use = "a request does nothing unless it is awaited or streamed"]
pub struct TextRequest<M, O = ()> {
    parts: Parts,
    output: O,
    mode: PhantomData<fn() -> M>,
}

/// What a request is made of, whatever it is awaited for.
#[derive(Clone)]
struct Parts {
    model: ModelSource<dyn LanguageModel>,
    settings: CallOptions,
    max_retries: u32,
    timeouts: Timeouts,
    aborts: Vec<AbortHandle>,
    context: Context,
    keeps_request_messages: bool,
    registry: Option<Registry>,
    conversation: Conversation,
    downloader: Option<Downloader>,
    tools: ToolSet,
    runs_tools: bool,
    tool_call_concurrency: usize,
    approval: ApprovalRules,
    contexts: Contexts,
    prepare_step: Option<PrepareStep>,
    repair: Option<RepairToolCall>,
    refine: RefineInputs,
    stop: Vec<StopCondition>,
    transforms: Vec<Transform>,
    callbacks: Callbacks,
    telemetry: TelemetryOptions,
    prepare_call: Option<PrepareCall>,
    failure: Option<Error>,
}

/// Changes a request before it starts.
pub(crate) type PrepareCall = Arc<dyn Fn(TextRequest<Blueprint>) -> Prepared + Send + Sync>;
type Prepared = BoxFuture<'static, Result<TextRequest<Blueprint>>>;

impl<M> TextRequest<M> {
    pub(crate) fn new(model: ModelSource<dyn LanguageModel>) -> Self {
        let parts = Parts {
            model,
            settings: CallOptions::default(),
            max_retries: DEFAULT_MAX_RETRIES,
            timeouts: Timeouts::default(),
            aborts: Vec::new(),
            context: Context::default(),
            keeps_request_messages: false,
            registry: None,
            conversation: Conversation::default(),
            downloader: None,
            tools: ToolSet::default(),
            runs_tools: true,
            tool_call_concurrency: usize::MAX,
            approval: ApprovalRules::default(),
            contexts: Contexts::default(),
            prepare_step: None,
            repair: None,
            refine: RefineInputs::default(),
            stop: Vec::new(),
            transforms: Vec::new(),
            callbacks: Callbacks::default(),
            telemetry: TelemetryOptions::default(),
            prepare_call: None,
            failure: None,
        };
        Self { parts, output: (), mode: PhantomData }
    }

    /// Gives the answer in parts. Nothing is done before the stream is polled; whatever is wrong with the request is the
    /// stream's first item.
    pub fn stream(self) -> TextStream {
        match self.parts.prepare_call {
            None => self.start_stream().unwrap_or_else(TextStream::failed),
            Some(_) => {
                let request = self.into_mode::<Streamed>();
                TextStream::preparing(async move { request.prepared().await?.start_stream() })
            }
        }
    }

    /// The request as an agent wants it.
    async fn prepared(mut self) -> Result<Self> {
        match self.parts.prepare_call.take() {
            Some(prepare) => Ok(prepare(self.into_mode()).await?.into_mode()),
            None => Ok(self),
        }
    }

    /// The tools.
    pub(crate) fn tool_list(&self) -> &[Tool] {
        self.parts.tools.all()
    }

    /// Stops after so many steps, unless there are other rules.
    pub(crate) fn stop_after(mut self, steps: usize) -> Self {
        if self.parts.stop.is_empty() {
            self.parts.stop.push(Arc::new(step_count_is(steps)));
        }
        self
    }

    pub(crate) fn prepare_call(mut self, prepare: Option<PrepareCall>) -> Self {
        self.parts.prepare_call = prepare;
        self
    }

    fn start_stream(mut self) -> Result<TextStream> {
        let transforms = std::mem::take(&mut self.parts.transforms);
        let mut run = self.check(Mode::Stream)?;
        run.tape = (!transforms.is_empty()).then(Tape::default);
        let context = TransformContext::new(run.tools.all(), &run.stopped);
        Ok(TextStream::new(run, &transforms, &context))
    }

    fn check(self, mode: Mode) -> Result<ToolLoop> {
        let parts = self.parts;
        if let Some(failure) = parts.failure {
            return Err(failure);
        }
        let allows_system = parts.conversation.allows_system();
        let (instructions, messages) = parts.conversation.check()?;
        parts.tools.check()?;
        let model = parts.model.resolve(parts.registry.as_ref())?;
        let mut stop = parts.stop;
        if stop.is_empty() {
            stop.push(Arc::new(step_count_is(1)));
        }
        Ok(ToolLoop {
            model,
            registry: parts.registry,
            mode,
            instructions,
            messages: messages.into(),
            allows_system,
            settings: parts.settings,
            max_retries: parts.max_retries,
            timeouts: parts.timeouts,
            aborts: parts.aborts,
            context: parts.context,
            keeps_request_messages: parts.keeps_request_messages,
            downloader: parts.downloader,
            tools: parts.tools,
            runs_tools: parts.runs_tools,
            tool_call_concurrency: parts.tool_call_concurrency,
            approval: parts.approval,
            contexts: parts.contexts,
            prepare_step: parts.prepare_step,
            repair: parts.repair,
            refine: parts.refine,
            stop,
            callbacks: parts.callbacks,
            telemetry: parts.telemetry,
            recorder: Recorder::default(),
            tape: None,
            stopped: AbortHandle::new(),
        })
    }
}

impl<M, O> TextRequest<M, O> {
    /// The same request, awaited for something else.
    pub(crate) fn into_mode<N>(self) -> TextRequest<N, O> {
        TextRequest { parts: self.parts, output: self.output, mode: PhantomData }
    }

    /// Remembers the first thing that is wrong with the request.
    fn fail(&mut self, error: Error) {
        self.parts.failure.get_or_insert(error);
    }
}

impl IntoFuture for TextRequest<Whole> {
    type Output = Result<TextResult>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let run = self.prepared().await?.check(Mode::Generate)?;
            run.run(Emitter::unheard()).await.result
        })
    }
}

impl IntoFuture for TextRequest<Streamed> {
    type Output = Result<TextStream>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.prepared().await?.start_stream() })
    }
}

impl<M, O: Clone> Clone for TextRequest<M, O> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), output: self.output.clone(), mode: PhantomData }
    }
}

/// The prompt is the user's and stays out.
impl<M, O> fmt::Debug for TextRequest<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextRequest")
            .field("model", &self.parts.model)
            .field("tools", &self.parts.tools)
            .finish_non_exhaustive()
    }
}
