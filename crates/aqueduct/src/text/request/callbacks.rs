//! What a caller wants to be told. The request waits for every callback; several of a kind are told one after the other.

use std::sync::Arc;

use aqueduct_spec::Error;

use super::TextRequest;
use crate::text::event::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};
use crate::text::{Step, TextResult, TextStreamPart};

impl<M, O> TextRequest<M, O> {
    /// Is told that the request begins.
    pub fn on_start<F>(mut self, call: impl Fn(StartEvent) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.start.add(call);
        self
    }

    /// Is told when a step starts, and what with.
    pub fn on_step_start<F>(
        mut self,
        call: impl Fn(StepStartEvent) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.step_start.add(call);
        self
    }

    /// Is told when a model is about to be called; attempts that follow a failure are part of the same call.
    pub fn on_model_call_start<F>(
        mut self,
        call: impl Fn(ModelCallStartEvent) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.model_call_start.add(call);
        self
    }

    /// Is told when a model has answered, before its tools run.
    pub fn on_model_call_end<F>(
        mut self,
        call: impl Fn(ModelCallEndEvent) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.model_call_end.add(call);
        self
    }

    /// Is told of every part of a stream before the consumer gets it. A unary request has no parts.
    pub fn on_chunk<F>(mut self, call: impl Fn(TextStreamPart) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.chunk.add(call);
        self
    }

    /// Is told when a tool of the caller's is about to run.
    pub fn on_tool_start<F>(
        mut self,
        call: impl Fn(ToolStartEvent) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.tool_start.add(call);
        self
    }

    /// Is told what came of a tool of the caller's.
    pub fn on_tool_end<F>(
        mut self,
        call: impl Fn(ToolEndEvent) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.tool_end.add(call);
        self
    }

    /// Is told of every complete step.
    pub fn on_step_end<F>(mut self, call: impl Fn(Arc<Step>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.step_end.add(call);
        self
    }

    /// Is told of the result.
    pub fn on_end<F>(mut self, call: impl Fn(TextResult) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.end.add(call);
        self
    }

    /// Is told that somebody gave up on the request through an [`AbortHandle`](crate::AbortHandle). A request that is dropped tells
    /// nobody.
    pub fn on_abort<F>(mut self, call: impl Fn(AbortEvent) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.abort.add(call);
        self
    }

    /// Is told of every failure: those that the provider reports within a stream, and the one that ends the request. A request
    /// that is refused before it starts is not reported. If nobody wants to be told, failures of streams are logged.
    pub fn on_error<F>(mut self, call: impl Fn(Error) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.parts.callbacks.error.add(call);
        self
    }
}
