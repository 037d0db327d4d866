//! The one loop: model, tools, model, … until there is nothing left to answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Downloader;
use aqueduct_spec::language::{CallOptions, Message, UnifiedFinishReason};
use aqueduct_spec::{Context, Error, ErrorKind, LanguageModel, Result};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::answer::Answer;
use super::callbacks::Callbacks;
use super::emitter::Emitter;
use super::model_call;
use super::stop::StopCondition;
use super::{
    ContentPart, FinishPart, FinishStepPart, StartStepPart, Step, TextResult, TextStreamPart,
};
use crate::message::resolve_files;
use crate::tool::{Tool, ToolCall, ToolContext, ToolOutcome, ToolSet};

/// How the model is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For a whole answer.
    Generate,
    /// For an answer in parts.
    Stream,
}

/// A checked request, ready to run.
pub(crate) struct ToolLoop {
    pub(super) model: Arc<dyn LanguageModel>,
    pub(super) mode: Mode,
    pub(super) messages: Vec<Message>,
    pub(super) settings: CallOptions,
    pub(super) max_retries: u32,
    pub(super) timeout: Option<Duration>,
    pub(super) context: Context,
    pub(super) downloader: Option<Downloader>,
    pub(super) tools: ToolSet,
    pub(super) stop: Vec<StopCondition>,
    pub(super) callbacks: Callbacks,
}

type Emit = Emitter<TextStreamPart>;

impl ToolLoop {
    /// Runs all steps.
    pub(crate) async fn run(mut self, emitter: &Emit) -> Result<TextResult> {
        let messages = std::mem::take(&mut self.messages);
        let steps = self.steps(messages, emitter);
        let result = match self.timeout {
            None => steps.await,
            Some(limit) => tokio::time::timeout(limit, steps).await.unwrap_or_else(|_| {
                let message = format!("the request took longer than its limit of {limit:?}");
                Err(Error::new(ErrorKind::Timeout, message).with_retryable(false))
            }),
        };
        if let Err(error) = &result {
            self.callbacks.error.call(|| error.clone()).await;
        }
        result
    }

    async fn steps(&self, mut messages: Vec<Message>, emitter: &Emit) -> Result<TextResult> {
        self.emit(emitter, TextStreamPart::Start).await;
        let mut prompt = self.resolve(messages.clone()).await?;
        let mut steps = Vec::new();
        let mut deferred = BTreeSet::new();
        loop {
            let step = self.step(&steps, &messages, prompt.clone(), emitter).await?;
            let new_messages = step.response_messages.clone();
            self.track_deferred(&step, &mut deferred);
            let is_open = step.client_calls().next().is_some() || !deferred.is_empty();
            let may_go_on = step.is_answered() && is_open;
            steps.push(step);
            if !may_go_on || self.stop.iter().any(|is_enough| is_enough(&steps)) {
                break;
            }
            prompt.extend(self.resolve(new_messages.clone()).await?);
            messages.extend(new_messages);
        }
        let result = TextResult::new(steps)?;
        // Before the last part: whoever has seen that may stop reading.
        self.callbacks.end.call(|| result.clone()).await;
        let finish = FinishPart {
            finish_reason: result.finish_reason().clone(),
            total_usage: result.total_usage().clone(),
        };
        self.emit(emitter, TextStreamPart::Finish(finish)).await;
        Ok(result)
    }

    /// Runs one step: the model's answer, then the tools it calls.
    async fn step(
        &self,
        earlier: &[Step],
        messages: &[Message],
        prompt: Vec<Message>,
        emitter: &Emit,
    ) -> Result<Step> {
        self.callbacks.step_start.call(|| earlier.len()).await;
        let mut step = self.answer(earlier, prompt, emitter).await?;
        let outcomes = self.run_tools(&step, messages, emitter).await;
        step.complete(outcomes);
        self.callbacks.step_end.call(|| step.clone()).await;
        let finish = FinishStepPart {
            step_number: step.step_number,
            finish_reason: step.finish_reason.clone(),
            usage: step.usage.clone(),
            response: step.response.clone(),
            provider_metadata: step.provider_metadata.clone(),
        };
        self.emit(emitter, TextStreamPart::FinishStep(finish)).await;
        Ok(step)
    }

    /// Reads the model's answer to its end.
    async fn answer(&self, earlier: &[Step], prompt: Vec<Message>, emitter: &Emit) -> Result<Step> {
        let options = model_call::options(&self.settings, prompt, &self.tools);
        let mut answer = Answer::new(&self.tools, earlier);
        let mut result =
            model_call::call(&*self.model, options, self.mode, self.max_retries, &self.context)
                .await?;
        answer.set_exchange(result.request.take(), result.response.take());
        let mut has_started = false;
        while let Some(part) = result.stream.next().await {
            let part = answer.push(part?);
            if !has_started {
                has_started = true;
                let start = StartStepPart {
                    step_number: earlier.len(),
                    request: answer.request().clone(),
                    warnings: answer.warnings().to_vec(),
                };
                self.emit(emitter, TextStreamPart::StartStep(start)).await;
            }
            if let Some(part) = part {
                if let TextStreamPart::Error(error) = &part {
                    self.callbacks.error.call(|| error.clone()).await;
                }
                self.emit(emitter, part).await;
            }
        }
        answer.into_step(&*self.model)
    }

    /// Runs the caller's tools side by side. Their results are emitted as they come and returned in the order of the calls.
    ///
    /// An answer that was cut off or filtered runs nothing: its calls may be half of what the model meant.
    async fn run_tools(
        &self,
        step: &Step,
        messages: &[Message],
        emitter: &Emit,
    ) -> Vec<ContentPart> {
        let reason = step.finish_reason.unified;
        if !matches!(reason, UnifiedFinishReason::Stop | UnifiedFinishReason::ToolCalls) {
            return Vec::new();
        }
        let messages: Arc<[Message]> = match step.client_calls().next() {
            Some(_) => messages.into(),
            None => return Vec::new(),
        };
        let mut running = FuturesUnordered::new();
        for (position, call) in step.client_calls().enumerate() {
            let mut cx = ToolContext::new(call.tool_call_id.as_str(), []);
            cx.messages = Arc::clone(&messages);
            if let Some(future) = self.tools.start(call, cx) {
                if !call.is_invalid() {
                    self.callbacks.tool_start.call(|| call.clone()).await;
                }
                running.push(async move { (position, future.await) });
            }
        }
        let mut outcomes = Vec::with_capacity(running.len());
        while let Some((position, outcome)) = running.next().await {
            let part = match &outcome {
                ToolOutcome::Result(result) => TextStreamPart::ToolResult(result.clone()),
                ToolOutcome::Error(error) => TextStreamPart::ToolError(error.clone()),
            };
            self.callbacks.tool_end.call(|| outcome.clone()).await;
            self.emit(emitter, part).await;
            outcomes.push((position, outcome));
        }
        outcomes.sort_by_key(|(position, _)| *position);
        outcomes.into_iter().map(|(_, outcome)| outcome.into()).collect()
    }

    /// Keeps count of the provider's tools whose results are still to come in a later step.
    fn track_deferred(&self, step: &Step, deferred: &mut BTreeSet<String>) {
        for part in &step.content {
            match part {
                ContentPart::ToolCall(call) if self.is_deferred(call) => {
                    deferred.insert(call.tool_call_id.clone());
                }
                ContentPart::ToolResult(result) => drop(deferred.remove(&result.tool_call_id)),
                ContentPart::ToolError(error) => drop(deferred.remove(&error.tool_call_id)),
                _ => {}
            }
        }
    }

    fn is_deferred(&self, call: &ToolCall) -> bool {
        let tool = self.tools.get(&call.tool_name);
        call.provider_executed && tool.is_some_and(Tool::has_deferred_results)
    }

    async fn resolve(&self, messages: Vec<Message>) -> Result<Vec<Message>> {
        resolve_files(messages, &self.model.info().profile, self.downloader.as_ref()).await
    }

    async fn emit(&self, emitter: &Emit, part: TextStreamPart) {
        if emitter.is_heard() {
            self.callbacks.chunk.call(|| part.clone()).await;
            emitter.emit(part).await;
        }
    }
}
