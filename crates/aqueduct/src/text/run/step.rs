//! One step: its plan, the model's answer, the tools, and the record of all that.

use std::sync::Arc;

use aqueduct_spec::language::{CallOptions, Message, ToolChoice};
use aqueduct_spec::{LanguageModel, Result};
use tokio::time::Instant;

use super::Run;
use super::answer::Answered;
use crate::message::{Instructions, build_prompt, refuse_system};
use crate::text::event::StepStartEvent;
use crate::text::prepare_step::{StepChanges, StepPlan};
use crate::text::{FinishStepPart, Step, TextStreamPart};
use crate::tool::{Contexts, ToolSet};

/// What one step is done with.
pub(super) struct Plan {
    pub(super) model: Arc<dyn LanguageModel>,
    pub(super) instructions: Instructions,
    pub(super) messages: Arc<[Message]>,
    pub(super) tools: ToolSet,
    pub(super) options: Arc<CallOptions>,
    pub(super) contexts: Contexts,
}

impl Run<'_> {
    /// Runs one step and says whether another one follows.
    pub(super) async fn step(&mut self) -> Result<bool> {
        let config = self.config;
        let plan = self.plan().await?;
        config.callbacks.step_start.call(|| self.step_start_event(&plan)).await;
        let start = Instant::now();
        let ids = std::mem::take(&mut self.ids);
        let mut answered = self.answer(&plan, ids).await?;
        self.enforce_tool_choice(&plan, &mut answered).await?;
        let Answered { mut step, mut record, ids, blocked, .. } = answered;
        self.ids = ids;
        self.run_tools(&plan, &mut step, &mut record, &blocked).await?;
        step.complete(record.into_content());
        let goes_on = self.goes_on(&step);
        if let Some(tape) = &config.tape {
            step.complete(tape.take());
        }
        step.performance.step_time = start.elapsed();
        step.contexts = plan.contexts;
        self.close(Arc::new(step)).await;
        let goes_on = goes_on && !config.stop.iter().any(|is_enough| is_enough(&self.steps));
        if goes_on {
            self.instructions = plan.instructions;
            let new = self.steps.last().into_iter().flat_map(|step| &step.response_messages);
            self.messages = plan.messages.iter().chain(new).cloned().collect();
        }
        Ok(goes_on)
    }

    /// Keeps a step and tells of it.
    async fn close(&mut self, step: Arc<Step>) {
        self.steps.push(Arc::clone(&step));
        self.config.callbacks.step_end.call(|| Arc::clone(&step)).await;
        let finish = FinishStepPart {
            step_number: step.step_number,
            finish_reason: step.finish_reason.clone(),
            usage: step.usage.clone(),
            performance: step.performance.clone(),
            response: step.response.clone(),
            provider_metadata: step.provider_metadata.clone(),
        };
        self.emitter.emit(TextStreamPart::FinishStep(Box::new(finish))).await;
    }

    /// Decides what the step is done with: what the request says, what earlier steps changed, what this one changes.
    async fn plan(&mut self) -> Result<Plan> {
        let config = self.config;
        let mut changes = match &config.prepare_step {
            Some(prepare) => prepare(self.step_plan()).await?,
            None => StepChanges::new(),
        };
        changes.check()?;
        let model = match changes.model.take() {
            Some(model) => model.resolve(config.registry.as_ref())?,
            None => Arc::clone(&config.model),
        };
        changes.change_contexts(&mut self.contexts);
        let mut contexts = self.contexts.clone();
        if let Some(sandbox) = changes.sandbox.take() {
            contexts.set_sandbox(sandbox);
        }
        let mut tools = config.tools.clone();
        if let Some(names) = changes.active_tools.take() {
            tools.set_active(names);
            tools.check()?;
        }
        if let Some(names) = changes.tool_order.take() {
            tools.set_order(names);
        }
        let tools = tools.for_step();
        let instructions = changes.instructions.take().unwrap_or_else(|| self.instructions.clone());
        let messages: Arc<[Message]> = match changes.messages.take() {
            Some(messages) => {
                if !config.allows_system {
                    refuse_system(&messages)?;
                }
                messages.into()
            }
            None => Arc::clone(&self.messages),
        };
        let mut prompt = build_prompt(&instructions, &messages)?;
        let profile = &model.info().profile;
        self.files.resolve(&mut prompt, profile, config.downloader.as_ref()).await?;
        let mut options = changes.change_settings(&config.settings);
        options.prompt = prompt;
        options.tools = tools.definitions(&contexts);
        if options.tools.is_some() {
            options.tool_choice.get_or_insert_with(ToolChoice::auto);
        }
        Ok(Plan { model, instructions, messages, tools, options: Arc::new(options), contexts })
    }

    fn step_plan(&self) -> StepPlan {
        let info = self.config.model.info();
        let steps = self.steps.iter().flat_map(|step| &step.response_messages);
        StepPlan {
            step_number: self.steps.len(),
            steps: self.steps.clone(),
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            instructions: self.instructions.clone(),
            initial_instructions: self.config.instructions.clone(),
            messages: Arc::clone(&self.messages),
            initial_messages: Arc::clone(&self.config.messages),
            response_messages: self.initial_response.iter().chain(steps).cloned().collect(),
            contexts: self.contexts.clone(),
        }
    }

    fn step_start_event(&self, plan: &Plan) -> StepStartEvent {
        let info = plan.model.info();
        StepStartEvent {
            call_id: self.call_id.clone(),
            step_number: self.steps.len(),
            provider: info.provider.clone(),
            model_id: info.model_id.clone(),
            instructions: plan.instructions.clone(),
            messages: Arc::clone(&plan.messages),
            options: Arc::clone(&plan.options),
            steps: self.steps.clone(),
            contexts: plan.contexts.clone(),
        }
    }
}
