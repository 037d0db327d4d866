//! A checked request, and the ways in which it may end.

use std::pin::pin;
use std::sync::Arc;

use aqueduct_http::Downloader;
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{Context, Error, ErrorKind, LanguageModel, Result};
use futures_util::future::{Either, select};

use super::callbacks::Callbacks;
use super::emitter::Emitter;
use super::event::AbortEvent;
use super::prepare_step::PrepareStep;
use super::repair::{RefineInputs, RepairToolCall};
use super::run::Run;
use super::stop::StopCondition;
use super::tape::Tape;
use super::timeouts::Limit;
use super::{AbortHandle, AbortPart, FinishPart, Step, TextResult, TextStreamPart, Timeouts};
use crate::message::Instructions;
use crate::registry::Registry;
use crate::telemetry::{Operation, Recorder, Session, TelemetryOptions};
use crate::tool::{ApprovalRules, Contexts, ToolSet};

/// How the model is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For a whole answer.
    Generate,
    /// For an answer in parts.
    Stream,
}

impl Mode {
    fn operation(self) -> Operation {
        match self {
            Self::Generate => Operation::GenerateText,
            Self::Stream => Operation::StreamText,
        }
    }
}

/// A checked request, ready to run.
pub(crate) struct ToolLoop {
    pub(super) model: Arc<dyn LanguageModel>,
    pub(super) registry: Option<Registry>,
    pub(super) mode: Mode,
    pub(super) instructions: Instructions,
    pub(super) messages: Arc<[Message]>,
    /// Whether messages may hold instructions.
    pub(super) allows_system: bool,
    pub(super) settings: CallOptions,
    pub(super) max_retries: u32,
    pub(super) timeouts: Timeouts,
    pub(super) aborts: Vec<AbortHandle>,
    pub(super) context: Context,
    pub(super) keeps_request_messages: bool,
    pub(super) downloader: Option<Downloader>,
    pub(super) tools: ToolSet,
    /// Whether tools run at all. A single call only reads what the model asks for.
    pub(super) runs_tools: bool,
    /// How many tools run side by side, one at least.
    pub(super) tool_call_concurrency: usize,
    pub(super) approval: ApprovalRules,
    pub(super) contexts: Contexts,
    pub(super) prepare_step: Option<PrepareStep>,
    pub(super) repair: Option<RepairToolCall>,
    pub(super) refine: RefineInputs,
    pub(super) stop: Vec<StopCondition>,
    pub(super) callbacks: Callbacks,
    pub(super) telemetry: TelemetryOptions,
    /// Who runs work inside the contexts of telemetry; nobody before the run.
    pub(super) recorder: Recorder,
    /// Where the parts are noted that transforms let pass; `None` if there are no transforms.
    pub(super) tape: Option<Tape>,
    /// What a transform stops the stream with.
    pub(super) stopped: AbortHandle,
}

pub(super) type Emit = Emitter<TextStreamPart>;

/// How a request ended.
pub(crate) struct End {
    /// What came of it.
    pub(super) result: Result<TextResult>,
    /// Whether the consumer of a stream has seen a failure as a part already.
    pub(super) is_told: bool,
}

impl ToolLoop {
    /// Runs all steps.
    pub(crate) async fn run(mut self, emitter: Emit) -> End {
        let call_id = self.context.generate_id();
        // Whatever becomes of this future, the session's end is told.
        let session =
            Session::of_text(&self.telemetry, self.mode.operation(), &call_id, &mut self.callbacks);
        self.recorder = session.recorder().clone();
        let mut run = Run::new(&self, &emitter, call_id);
        let result = {
            let driven = pin!(Limit::Total.hold(self.timeouts.total, run.drive()));
            match select(pin!(self.aborted()), driven).await {
                Either::Left((reason, _)) => Err(reason),
                Either::Right((result, _)) => Ok(result),
            }
        };
        match result {
            Ok(Ok(result)) => Self::finished(&emitter, result).await,
            Ok(Err(error)) => {
                session.recorder().settle();
                self.report(&error).await;
                End { result: Err(error), is_told: false }
            }
            Err(reason) => {
                let (call_id, steps, initial) = run.into_parts();
                self.give_up(&emitter, call_id, reason, steps, initial).await
            }
        }
    }

    /// Waits until somebody gives up on the request.
    async fn aborted(&self) -> Option<String> {
        if self.aborts.is_empty() {
            return std::future::pending().await;
        }
        let waits = self.aborts.iter().map(|abort| Box::pin(abort.aborted()));
        futures_util::future::select_all(waits).await.0
    }

    /// Hands out the last part: who has seen it can give up no more.
    async fn finished(emitter: &Emit, result: TextResult) -> End {
        let finish = FinishPart {
            finish_reason: result.finish_reason().clone(),
            total_usage: result.total_usage().clone(),
        };
        emitter.emit(TextStreamPart::Finish(finish)).await;
        match result.last_step().failure().cloned() {
            Some(error) => End { result: Err(error), is_told: true },
            None => End { result: Ok(result), is_told: true },
        }
    }

    async fn give_up(
        &self,
        emitter: &Emit,
        call_id: String,
        reason: Option<String>,
        steps: Vec<Arc<Step>>,
        initial: Vec<Message>,
    ) -> End {
        let event = || AbortEvent { call_id, reason: reason.clone(), steps: steps.clone() };
        self.callbacks.abort.call(event).await;
        emitter.emit(TextStreamPart::Abort(AbortPart { reason: reason.clone() })).await;
        let message = match reason {
            Some(reason) => format!("the request was aborted: {reason}"),
            None => "the request was aborted".to_owned(),
        };
        let result = match self.mode {
            Mode::Stream if !steps.is_empty() => TextResult::new(steps, initial),
            _ => Err(Error::new(ErrorKind::Cancelled, message)),
        };
        End { result, is_told: true }
    }

    /// Tells of a failure. That of a stream is logged if nobody wants to be told: its reader may look at the text alone.
    pub(super) async fn report(&self, error: &Error) {
        if !self.callbacks.error.is_set() && self.mode == Mode::Stream {
            let kind = error.kind();
            tracing::error!(%error, ?kind, "a streamed answer failed");
        }
        self.callbacks.error.call(|| error.clone()).await;
    }
}
