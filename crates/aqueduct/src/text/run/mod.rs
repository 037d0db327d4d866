//! One run of a request: what changes from step to step.

mod answer;
mod approve;
mod calls;
mod choice;
mod replay;
mod step;
mod tools;

use std::collections::BTreeSet;
use std::sync::Arc;

use aqueduct_spec::Result;
use aqueduct_spec::language::Message;

use super::block_ids::BlockIds;
use super::event::StartEvent;
use super::timeouts::Limit;
use super::tool_loop::{Emit, Mode, ToolLoop};
use super::{ContentPart, Step, TextResult, TextStreamPart};
use crate::message::{Files, Instructions};
use crate::tool::{Contexts, Tool, ToolCall};

/// What changes from step to step.
pub(super) struct Run<'a> {
    config: &'a ToolLoop,
    emitter: &'a Emit,
    call_id: String,
    instructions: Instructions,
    messages: Arc<[Message]>,
    contexts: Contexts,
    steps: Vec<Arc<Step>>,
    /// What arose before the first step: results of tools that the request's messages allow or refuse.
    initial_response: Vec<Message>,
    /// The calls of the provider's tools whose results are still to come.
    deferred: BTreeSet<String>,
    ids: BlockIds,
    files: Files,
}

impl<'a> Run<'a> {
    pub(super) fn new(config: &'a ToolLoop, emitter: &'a Emit, call_id: String) -> Self {
        Self {
            config,
            emitter,
            call_id,
            instructions: config.instructions.clone(),
            messages: Arc::clone(&config.messages),
            contexts: config.contexts.clone(),
            steps: Vec::new(),
            initial_response: Vec::new(),
            deferred: BTreeSet::new(),
            ids: BlockIds::default(),
            files: Files::default(),
        }
    }

    /// What there is if the run is given up: its id, its steps, and the messages before them.
    pub(super) fn into_parts(self) -> (String, Vec<Arc<Step>>, Vec<Message>) {
        (self.call_id, self.steps, self.initial_response)
    }

    /// Runs to the end; the last part is the caller's to hand out.
    pub(super) async fn drive(&mut self) -> Result<TextResult> {
        self.emitter.emit(TextStreamPart::Start).await;
        self.config.callbacks.start.call(|| self.start_event()).await;
        self.replay_approvals().await?;
        while Limit::Step.hold(self.config.timeouts.step, self.step()).await? {}
        let result = TextResult::new(self.steps.clone(), self.initial_response.clone())?;
        // Before the last part: whoever has seen that may stop reading.
        self.config.callbacks.end.call(|| result.clone()).await;
        Ok(result)
    }

    fn start_event(&self) -> StartEvent {
        let info = self.config.model.info();
        StartEvent {
            call_id: self.call_id.clone(),
            is_stream: self.config.mode == Mode::Stream,
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            instructions: self.instructions.clone(),
            messages: Arc::clone(&self.messages),
            settings: Arc::new(self.config.settings.clone()),
            max_retries: self.config.max_retries,
            tools: self.config.tools.all().iter().map(|tool| tool.name().to_owned()).collect(),
            contexts: self.contexts.clone(),
        }
    }

    /// Whether there is another step after this one, were there no rule to stop.
    fn goes_on(&mut self, step: &Step) -> bool {
        self.track_deferred(step);
        let is_open = step.client_calls().next().is_some() || !self.deferred.is_empty();
        step.is_answered() && is_open && self.config.runs_tools && !self.config.stopped.is_aborted()
    }

    /// Keeps count of the provider's tools whose results are still to come in a later step.
    fn track_deferred(&mut self, step: &Step) {
        for part in &step.content {
            match part {
                ContentPart::ToolCall(call) if self.is_deferred(call) => {
                    self.deferred.insert(call.tool_call_id.clone());
                }
                ContentPart::ToolResult(result) => drop(self.deferred.remove(&result.tool_call_id)),
                ContentPart::ToolError(error) => drop(self.deferred.remove(&error.tool_call_id)),
                // What was refused has no result to wait for.
                ContentPart::ToolApprovalResponse(response) if !response.approved => {
                    self.deferred.remove(&response.tool_call.tool_call_id);
                }
                _ => {}
            }
        }
    }

    fn is_deferred(&self, call: &ToolCall) -> bool {
        let tool = self.config.tools.get(&call.tool_name);
        call.provider_executed && tool.is_some_and(Tool::has_deferred_results)
    }
}
