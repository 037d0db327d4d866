//! The caller's tools, run side by side.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::language::{Message, UnifiedFinishReason};
use aqueduct_spec::{BoxStream, Result};
use futures_util::StreamExt as _;
use futures_util::stream::SelectAll;

use super::Run;
use super::step::Plan;
use crate::telemetry::Work;
use crate::text::event::{ToolEndEvent, ToolStartEvent};
use crate::text::record::Record;
use crate::text::{ContentPart, Step, TextStreamPart};
use crate::tool::{Contexts, ToolCall, ToolContext, ToolEvent, ToolOutcome, ToolSet};

/// What tools are run with.
pub(super) struct Workshop<'a> {
    pub(super) tools: &'a ToolSet,
    pub(super) contexts: &'a Contexts,
    pub(super) messages: &'a Arc<[Message]>,
}

impl Run<'_> {
    /// Runs the tools that the answer calls.
    ///
    /// An answer that was cut off or filtered runs nothing: its calls may be half of what the model meant.
    pub(super) async fn run_tools(
        &self,
        plan: &Plan,
        step: &mut Step,
        record: &mut Record,
        blocked: &BTreeSet<String>,
    ) -> Result<()> {
        let reason = step.finish_reason.unified;
        let may_run = matches!(reason, UnifiedFinishReason::Stop | UnifiedFinishReason::ToolCalls);
        if !may_run || !self.config.runs_tools {
            return Ok(());
        }
        let calls = record.content().iter().filter_map(|part| match part {
            ContentPart::ToolCall(call) => Some(call.clone()),
            _ => None,
        });
        let calls: Vec<_> = calls
            .filter(|call| !call.provider_executed && !call.is_invalid())
            .filter(|call| !blocked.contains(&call.tool_call_id))
            .collect();
        let workshop =
            Workshop { tools: &plan.tools, contexts: &plan.contexts, messages: &plan.messages };
        for (outcome, duration) in self.execute(&workshop, calls, Some(record)).await? {
            let id = outcome.tool_call_id().to_owned();
            step.performance.tool_execution.insert(id, duration);
        }
        Ok(())
    }

    /// Runs calls side by side, as many as may. Their results are handed out as they come and returned in that order; those of
    /// tools that somebody else runs are passed over.
    ///
    /// # Errors
    /// `InvalidRequest` if a tool lacks the context that it cannot do without.
    pub(super) async fn execute(
        &self,
        workshop: &Workshop<'_>,
        calls: Vec<ToolCall>,
        mut record: Option<&mut Record>,
    ) -> Result<Vec<(ToolOutcome, Duration)>> {
        let mut waiting = VecDeque::with_capacity(calls.len());
        for call in calls {
            let Some(tool) = workshop.tools.get(&call.tool_name) else { continue };
            if !tool.is_executable() {
                continue;
            }
            let surroundings = workshop.contexts.of_tool(&call.tool_name);
            tool.check_context(&surroundings)?;
            let cx = ToolContext {
                tool_call_id: call.tool_call_id.clone(),
                messages: Arc::clone(workshop.messages),
                surroundings,
            };
            waiting.push_back((tool, call, cx));
        }
        let mut outcomes = Vec::with_capacity(waiting.len());
        let (mut running, mut n_running) = (SelectAll::new(), 0);
        loop {
            while n_running < self.config.tool_call_concurrency
                && let Some((tool, call, cx)) = waiting.pop_front()
            {
                n_running += 1;
                self.tell_start(workshop, &call).await;
                let limit = self.config.timeouts.of_tool(&call.tool_name);
                let work = Work::Tool { tool_call_id: call.tool_call_id.clone() };
                running.extend(tool.run(call, cx, limit).map(|events| self.watched(work, events)));
            }
            match running.next().await {
                None if waiting.is_empty() => break,
                None => n_running = 0,
                Some(ToolEvent::Preliminary(result)) => {
                    self.emitter.emit(TextStreamPart::ToolResult(result)).await;
                }
                Some(ToolEvent::Done(outcome, duration)) => {
                    n_running -= 1;
                    self.tell_end(workshop, &outcome, duration).await;
                    let part = TextStreamPart::from(outcome.clone());
                    if let Some(record) = &mut record {
                        record.push(&part);
                    }
                    self.emitter.emit(part).await;
                    outcomes.push((outcome, duration));
                }
            }
        }
        Ok(outcomes)
    }

    /// A running tool, inside the contexts of telemetry.
    fn watched(
        &self,
        work: Work,
        events: BoxStream<'static, ToolEvent>,
    ) -> BoxStream<'static, ToolEvent> {
        match self.config.recorder.is_active() {
            true => self.config.recorder.within(work, events).boxed(),
            false => events,
        }
    }

    async fn tell_start(&self, workshop: &Workshop<'_>, call: &ToolCall) {
        let event = || ToolStartEvent {
            call_id: self.call_id.clone(),
            tool_call: call.clone(),
            messages: Arc::clone(workshop.messages),
            contexts: workshop.contexts.clone(),
        };
        self.config.callbacks.tool_start.call(event).await;
    }

    async fn tell_end(&self, workshop: &Workshop<'_>, outcome: &ToolOutcome, duration: Duration) {
        let event = || ToolEndEvent {
            call_id: self.call_id.clone(),
            outcome: outcome.clone(),
            duration,
            messages: Arc::clone(workshop.messages),
            contexts: workshop.contexts.clone(),
        };
        self.config.callbacks.tool_end.call(event).await;
    }
}
