//! Tools, and the steps that they lead to.

use std::sync::Arc;

use aqueduct_spec::language::ToolCall as SpecCall;
use aqueduct_spec::{Error, Result};
use futures_core::Stream;
use futures_util::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Streamed, TextRequest};
use crate::text::prepare_step::IntoStepChanges;
use crate::text::repair::BrokenToolCall;
use crate::text::{PartStream, Step, StepPlan, TextStreamPart, TransformContext};
use crate::tool::{Tool, ToolCaller};

impl<M, O> TextRequest<M, O> {
    /// Adds a tool.
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.parts.tools.add(tool.into());
        self
    }

    /// Adds tools.
    pub fn tools(self, tools: impl IntoIterator<Item = impl Into<Tool>>) -> Self {
        tools.into_iter().fold(self, Self::tool)
    }

    /// Tells the model of these tools only.
    pub fn active_tools(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.tools.set_active(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names these tools first; the others follow by the alphabet. Providers' prompt caches want the same order every time.
    /// Default: the order in which they were added.
    pub fn tool_order(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.tools.set_order(names.into_iter().map(Into::into).collect());
        self
    }

    /// Limits how many tools run side by side within a step; with 1, each waits for the one before. They begin in the order of
    /// their calls. Default: no limit.
    pub fn tool_call_concurrency(mut self, limit: usize) -> Self {
        match limit {
            0 => self
                .fail(Error::invalid_request("tool_call_concurrency is 0: let one run at least")),
            limit => self.parts.tool_call_concurrency = limit,
        }
        self
    }

    /// Says who may call a tool: the model itself, or the code that another tool runs. A tool that only others may call is not
    /// told to the model. Default: the model.
    pub fn tool_callers(
        mut self,
        tool: impl Into<String>,
        callers: impl IntoIterator<Item = impl Into<ToolCaller>>,
    ) -> Self {
        let callers = callers.into_iter().map(Into::into).collect();
        self.parts.tools.set_callers(tool.into(), callers);
        self
    }

    /// Adds a rule for when to stop; one that holds is enough. The loop also stops when the model calls no tools, or one that
    /// has no function or wants leave. Default: after one step, so that tools run but the model does not see their results.
    pub fn stop_when(
        mut self,
        condition: impl Fn(&[Arc<Step>]) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.parts.stop.push(Arc::new(condition));
        self
    }

    /// Looks at every step before it begins and may change its settings, its model, its tools, and, for the later steps as
    /// well, instructions, messages and contexts.
    ///
    /// ```
    /// # fn example(model: std::sync::Arc<dyn aqueduct::LanguageModel>) {
    /// use aqueduct::text::StepChanges;
    ///
    /// let request = aqueduct::generate_text(model).prompt("Find out.").prepare_step(|step| async move {
    ///     match step.step_number {
    ///         0 => StepChanges::new().active_tools(["search"]),
    ///         _ => StepChanges::new().temperature(0.0),
    ///     }
    /// });
    /// # let _ = request;
    /// # }
    /// ```
    pub fn prepare_step<F, R>(
        mut self,
        prepare: impl Fn(StepPlan) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoStepChanges,
    {
        self.parts.prepare_step = Some(Arc::new(move |plan| {
            let changes = prepare(plan);
            Box::pin(async move { changes.await.into_step_changes() })
        }));
        self
    }

    /// Tries to repair a tool call that cannot be run: gives another call, or `None` if there is no help. If the repair fails
    /// the model is told so.
    pub fn repair_tool_call<F>(
        mut self,
        repair: impl Fn(BrokenToolCall) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Option<SpecCall>>> + Send + 'static,
    {
        self.parts.repair = Some(Arc::new(move |call| Box::pin(repair(call))));
        self
    }

    /// Changes the input of a tool before anything is done with it: checks for leave, callbacks, the record and the tool itself
    /// see what this returns.
    pub fn refine_tool_input<T, F>(
        mut self,
        tool: impl Into<String>,
        refine: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> Self
    where
        T: DeserializeOwned + Serialize + Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let tool = tool.into();
        let name = tool.clone();
        let refine = move |input| {
            let input = serde_path_to_error::deserialize(&input).map(&refine).map_err(|error| {
                Error::invalid_request(format!("invalid input for tool {name}: {error}"))
            });
            let output = async move {
                serde_json::to_value(input?.await).map_err(|error| {
                    Error::internal("cannot write the input of a tool").with_source(error)
                })
            };
            Box::pin(output) as _
        };
        self.parts.refine.insert(tool, Arc::new(refine));
        self
    }
}

impl TextRequest<Streamed> {
    /// Puts something between the stream and its reader; several follow each other. The record of the answer, and with it the
    /// messages of later steps, are what comes out; tools run on what goes in.
    ///
    /// ```
    /// # fn example(model: std::sync::Arc<dyn aqueduct::LanguageModel>) {
    /// use aqueduct::TextStreamPart;
    /// use futures_util::StreamExt as _;
    ///
    /// let request = aqueduct::stream_text(model).prompt("Hello!").transform(|parts, _| {
    ///     parts.map(|part| match part {
    ///         TextStreamPart::TextDelta(mut delta) => {
    ///             delta.delta = delta.delta.to_uppercase();
    ///             TextStreamPart::TextDelta(delta)
    ///         }
    ///         part => part,
    ///     })
    /// });
    /// # let _ = request;
    /// # }
    /// ```
    pub fn transform<S>(
        mut self,
        transform: impl Fn(PartStream, TransformContext) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = TextStreamPart> + Send + 'static,
    {
        self.parts.transforms.push(Arc::new(move |parts, cx| transform(parts, cx).boxed()));
        self
    }
}
