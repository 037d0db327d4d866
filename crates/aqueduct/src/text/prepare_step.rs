//! Other settings for a step.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{BoxFuture, Error, LanguageModel, ProviderOptions, Result};

use super::Step;
use super::call_settings::call_settings;
use crate::message::Instructions;
use crate::model::{IntoModel, ModelSource};
use crate::provider_options::merge_deep;
use crate::tool::{Contexts, Sandbox};

/// A step that is about to begin. The `initial` fields are what the request was given.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StepPlan {
    /// Which step, counted from 0.
    pub step_number: usize,
    /// The steps so far.
    pub steps: Vec<Arc<Step>>,
    /// The provider of the request's model.
    pub provider: String,
    /// The request's model.
    pub model_id: String,
    /// What the model will be told to keep to.
    pub instructions: Instructions,
    /// What the request was given to keep to.
    pub initial_instructions: Instructions,
    /// The messages that the model will be sent.
    pub messages: Arc<[Message]>,
    /// The messages that the request was given.
    pub initial_messages: Arc<[Message]>,
    /// The messages that came of the steps so far.
    pub response_messages: Vec<Message>,
    /// What the program passes along.
    pub contexts: Contexts,
}

/// What is different in a step.
///
/// Instructions, messages and contexts stay changed for the steps that follow; everything else is for this step alone.
/// Provider options are added to those of the request.
#[derive(Default)]
#[must_use = "changes do nothing unless they are returned"]
pub struct StepChanges {
    pub(super) settings: CallOptions,
    pub(super) model: Option<ModelSource<dyn LanguageModel>>,
    pub(super) active_tools: Option<Vec<String>>,
    pub(super) tool_order: Option<Vec<String>>,
    pub(super) instructions: Option<Instructions>,
    pub(super) messages: Option<Vec<Message>>,
    runtime: Option<Arc<dyn Any + Send + Sync>>,
    tools: Vec<(String, Arc<dyn Any + Send + Sync>)>,
    pub(super) sandbox: Option<Arc<dyn Sandbox>>,
    failure: Option<Error>,
}

impl StepChanges {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    call_settings!();

    /// Asks another model.
    pub fn model<K>(mut self, model: impl IntoModel<dyn LanguageModel, K>) -> Self {
        self.model = Some(model.into_model());
        self
    }

    /// Tells the model of these tools only.
    pub fn active_tools(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.active_tools = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names these tools first; the others follow by the alphabet.
    pub fn tool_order(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tool_order = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces what the model is to keep to, from this step on.
    pub fn instructions(mut self, instructions: impl Into<Instructions>) -> Self {
        self.instructions = Some(instructions.into());
        self
    }

    /// Replaces the messages, from this step on: what the step adds is put behind these.
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.messages = Some(messages.into_iter().collect());
        self
    }

    /// Replaces the value of the whole run, from this step on.
    pub fn runtime_context(mut self, value: impl Any + Send + Sync) -> Self {
        self.runtime = Some(Arc::new(value));
        self
    }

    /// Replaces the value of a tool, from this step on.
    pub fn tool_context(mut self, tool: impl Into<String>, value: impl Any + Send + Sync) -> Self {
        self.tools.push((tool.into(), Arc::new(value)));
        self
    }

    /// Lets the tools of this step work in another sandbox.
    pub fn sandbox(mut self, sandbox: Arc<dyn Sandbox>) -> Self {
        self.sandbox = Some(sandbox);
        self
    }

    fn call_settings(&mut self) -> &mut CallOptions {
        &mut self.settings
    }

    fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }

    pub(super) fn check(&mut self) -> Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }

    pub(super) fn change_contexts(&mut self, contexts: &mut Contexts) {
        if let Some(value) = self.runtime.take() {
            contexts.set_runtime(value);
        }
        for (tool, value) in self.tools.drain(..) {
            contexts.set_tool(tool, value);
        }
    }

    /// The request's settings with those of this step in their places.
    pub(super) fn change_settings(&mut self, settings: &CallOptions) -> CallOptions {
        let mut changed = settings.clone();
        let mine = std::mem::take(&mut self.settings);
        macro_rules! replace {
            ($($field:ident)*) => { $(
                if mine.$field.is_some() {
                    changed.$field = mine.$field;
                }
            )* };
        }
        replace! {
            max_output_tokens temperature top_p top_k presence_penalty frequency_penalty
            stop_sequences seed reasoning tool_choice
        }
        if let Some(headers) = mine.headers {
            changed.headers.get_or_insert_default().extend(headers);
        }
        if let Some(options) = mine.provider_options {
            merge_options(changed.provider_options.get_or_insert_default(), &options);
        }
        changed
    }
}

fn merge_options(into: &mut ProviderOptions, options: &ProviderOptions) {
    for (provider, object) in options.iter() {
        merge_deep(into.entry(provider), object.clone());
    }
}

impl fmt::Debug for StepChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepChanges").field("model", &self.model).finish_non_exhaustive()
    }
}

/// What a preparation may return: changes, maybe changes, or a failure that ends the request.
pub trait IntoStepChanges {
    /// Returns the changes.
    ///
    /// # Errors
    /// What went wrong with the preparation.
    fn into_step_changes(self) -> Result<StepChanges>;
}

impl IntoStepChanges for StepChanges {
    fn into_step_changes(self) -> Result<StepChanges> {
        Ok(self)
    }
}

impl IntoStepChanges for Option<StepChanges> {
    fn into_step_changes(self) -> Result<StepChanges> {
        Ok(self.unwrap_or_default())
    }
}

impl IntoStepChanges for Result<StepChanges> {
    fn into_step_changes(self) -> Result<StepChanges> {
        self
    }
}

/// Prepares steps.
pub(crate) type PrepareStep =
    Arc<dyn Fn(StepPlan) -> BoxFuture<'static, Result<StepChanges>> + Send + Sync>;
