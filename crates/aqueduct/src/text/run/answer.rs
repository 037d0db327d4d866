//! The model's answer, read to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::language::{StreamPart, StreamResult};
use aqueduct_spec::{Result, Warning};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use tokio::time::{Instant, timeout_at};

use super::Run;
use super::step::Plan;
use crate::telemetry::Work;
use crate::text::block_ids::BlockIds;
use crate::text::event::{ModelCallEndEvent, ModelCallStartEvent};
use crate::text::performance::{Stopwatch, is_output};
use crate::text::reader::Reader;
use crate::text::record::Record;
use crate::text::timeouts::{Limit, Timeouts};
use crate::text::tool_loop::Mode;
use crate::text::{StartStepPart, Step, TextStreamPart, model_call};

/// An answer, and what is known of its tool calls.
pub(super) struct Answered {
    pub(super) step: Step,
    pub(super) record: Record,
    pub(super) ids: BlockIds,
    /// The calls that must not run: they wait for leave or were refused.
    pub(super) blocked: BTreeSet<String>,
    /// Whether the model called a tool that it must not call.
    pub(super) has_withheld_call: bool,
}

/// An answer that is being read.
pub(super) struct Reading<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) blocked: BTreeSet<String>,
    /// The tools whose input is being written, by the ids of their calls.
    pub(super) announced: BTreeMap<String, String>,
    pub(super) has_withheld_call: bool,
}

impl Run<'_> {
    /// Reads the model's answer to its end.
    pub(super) async fn answer(&self, plan: &Plan, ids: BlockIds) -> Result<Answered> {
        let config = self.config;
        let info = plan.model.info();
        let start_event = || ModelCallStartEvent {
            call_id: self.call_id.clone(),
            step_number: self.steps.len(),
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            options: Arc::clone(&plan.options),
        };
        config.callbacks.model_call_start.call(start_event).await;
        let answered = if config.recorder.is_active() {
            let answer = Box::pin(self.read_answer(plan, ids));
            config.recorder.within(Work::ModelCall, answer).await?
        } else {
            self.read_answer(plan, ids).await?
        };
        let end_event = || call_end_event(&answered.step, &answered.record);
        config.callbacks.model_call_end.call(end_event).await;
        Ok(answered)
    }

    async fn read_answer(&self, plan: &Plan, ids: BlockIds) -> Result<Answered> {
        let config = self.config;
        let (options, retries) = (&plan.options, config.max_retries);
        let (mut result, start) =
            model_call::call(&*plan.model, options, config.mode, retries, &config.context).await?;
        let reader = Reader::new(&plan.tools, &self.steps, &config.context, ids);
        let mut reading = Reading {
            reader,
            blocked: BTreeSet::new(),
            announced: BTreeMap::new(),
            has_withheld_call: false,
        };
        self.note_exchange(&mut reading.reader, &mut result);
        let mut watch = Stopwatch::new(start, config.mode == Mode::Stream);
        self.read_parts(plan, &mut reading, &mut watch, result).await?;
        let read = reading.reader.into_step(&*plan.model)?;
        let mut step = read.step;
        step.call_id.clone_from(&self.call_id);
        step.performance = watch.read(&step.usage);
        if config.keeps_request_messages {
            step.request_messages = Some(plan.messages.to_vec());
        }
        let Reading { blocked, has_withheld_call, .. } = reading;
        Ok(Answered { step, record: read.record, ids: read.ids, blocked, has_withheld_call })
    }

    /// Notes what is known of the exchange before the first part.
    fn note_exchange(&self, reader: &mut Reader<'_>, result: &mut StreamResult) {
        let include = self.config.context.include;
        reader.request = result.request.take().unwrap_or_default();
        reader.response = result.response.take().unwrap_or_default();
        if !include.request_body {
            reader.request.body = None;
        }
        if !include.response_body {
            reader.response.body = None;
        }
        if self.config.mode == Mode::Generate && self.steps.is_empty() {
            reader.warnings.extend(unused_limits(&self.config.timeouts));
        }
    }

    async fn read_parts(
        &self,
        plan: &Plan,
        reading: &mut Reading<'_>,
        watch: &mut Stopwatch,
        mut result: StreamResult,
    ) -> Result<()> {
        let mut pace = Pace::new(&self.config.timeouts, self.config.mode);
        let mut has_started = false;
        loop {
            let Some(part) = self.next_part(&pace, &mut result).await else {
                // The model is left before the rest is told.
                drop(result);
                self.stop_reading(reading).await;
                return Ok(());
            };
            let Some(part) = part? else { return Ok(()) };
            watch.see(&part);
            let is_output = is_output(&part);
            if !has_started && !matches!(part, StreamPart::StreamStart(_)) {
                has_started = true;
                self.start_step(plan, &reading.reader).await;
            }
            self.take(plan, reading, part).await?;
            if is_output {
                pace.restart();
            }
        }
    }

    /// The next part; `None` if a transform has stopped the stream.
    async fn next_part(
        &self,
        pace: &Pace,
        result: &mut StreamResult,
    ) -> Option<Result<Option<StreamPart>>> {
        if self.config.tape.is_none() {
            // Without transforms there is nobody to stop it.
            return Some(pace.hold(result.stream.next()).await.and_then(Option::transpose));
        }
        let stopped = pin!(self.config.stopped.aborted());
        let next = pin!(pace.hold(result.stream.next()));
        match select(stopped, next).await {
            Either::Left(_) => None,
            Either::Right((part, _)) => Some(part.and_then(Option::transpose)),
        }
    }

    async fn start_step(&self, plan: &Plan, reader: &Reader<'_>) {
        let start = StartStepPart {
            step_number: self.steps.len(),
            request: reader.request.clone(),
            request_messages: self.config.keeps_request_messages.then(|| plan.messages.to_vec()),
            warnings: reader.warnings.clone(),
        };
        self.emitter.emit(TextStreamPart::StartStep(start)).await;
    }

    /// Takes a part of the model's.
    async fn take(&self, plan: &Plan, reading: &mut Reading<'_>, part: StreamPart) -> Result<()> {
        match part {
            part if plan.withholds(&part) => {
                reading.has_withheld_call |= matches!(part, StreamPart::ToolCall(_));
            }
            StreamPart::ToolCall(call) => return self.take_call(plan, reading, call).await,
            // Some providers have them whether or not anybody asked.
            StreamPart::Raw(_) if plan.options.include_raw_chunks != Some(true) => {}
            StreamPart::ToolInputStart(part) => {
                reading.announced.insert(part.id.clone(), part.tool_name.clone());
                let (id, name) = (part.id.clone(), part.tool_name.clone());
                self.pass(reading, part.into()).await;
                if let Some(tool) = plan.tools.get(&name) {
                    tool.hooks().input_start(|| plan.tool_context(&name, &id)).await;
                }
            }
            StreamPart::ToolInputDelta(part) => {
                let (id, delta) = (part.id.clone(), part.delta.clone());
                self.pass(reading, part.into()).await;
                if let Some(tool) = reading.announced.get(&id).and_then(|name| plan.tools.get(name))
                {
                    let cx = || plan.tool_context(tool.name(), &id);
                    tool.hooks().input_delta(&delta, cx).await;
                }
            }
            part => self.pass(reading, part).await,
        }
        Ok(())
    }

    /// Reads a part that needs no help, and hands it out.
    async fn pass(&self, reading: &mut Reading<'_>, part: StreamPart) {
        let Some(part) = reading.reader.read(part) else { return };
        if let TextStreamPart::Error(error) = &part {
            self.config.report(error).await;
        }
        self.hand_out(reading, part).await;
    }

    /// Records a part and hands it out.
    pub(super) async fn hand_out(&self, reading: &mut Reading<'_>, part: TextStreamPart) {
        reading.reader.record.push(&part);
        self.emitter.emit(part).await;
    }

    /// Ends the answer because a transform says so.
    async fn stop_reading(&self, reading: &mut Reading<'_>) {
        for part in reading.reader.record.ends() {
            self.hand_out(reading, part).await;
        }
        reading.reader.stop();
    }
}

fn call_end_event(step: &Step, record: &Record) -> ModelCallEndEvent {
    ModelCallEndEvent {
        call_id: step.call_id.clone(),
        step_number: step.step_number,
        provider: step.provider.clone(),
        model_id: step.model_id.clone(),
        content: record.content().to_vec(),
        finish_reason: step.finish_reason.clone(),
        usage: step.usage.clone(),
        response: step.response.clone(),
        provider_metadata: step.provider_metadata.clone(),
        performance: step.performance.clone(),
    }
}

/// The limits that a whole answer has no use for.
fn unused_limits(timeouts: &Timeouts) -> impl Iterator<Item = Warning> {
    let limits = [(timeouts.first_chunk, "timeout.first_chunk"), (timeouts.chunk, "timeout.chunk")];
    limits.into_iter().filter(|(limit, _)| limit.is_some()).map(|(_, setting)| {
        Warning::unsupported_because(setting, "only a streamed answer has chunks to wait for")
    })
}

/// The limits between the pieces of a stream.
struct Pace {
    limit: Option<(Limit, Duration)>,
    next: Option<Duration>,
    since: Instant,
}

impl Pace {
    fn new(timeouts: &Timeouts, mode: Mode) -> Self {
        let (first, next) = match mode {
            Mode::Stream => (timeouts.first_chunk, timeouts.chunk),
            Mode::Generate => (None, None),
        };
        Self { limit: first.map(|first| (Limit::FirstChunk, first)), next, since: Instant::now() }
    }

    /// Counts anew after a piece. The time that the reader took for the last one is not the model's.
    fn restart(&mut self) {
        self.limit = self.next.map(|next| (Limit::Chunk, next));
        self.since = Instant::now();
    }

    async fn hold<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        match self.limit {
            None => Ok(future.await),
            Some((limit, after)) => {
                timeout_at(self.since + after, future).await.map_err(|_| limit.error(after))
            }
        }
    }
}
