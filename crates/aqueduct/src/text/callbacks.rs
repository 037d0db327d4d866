//! What the caller wants to be told while a request runs. The request waits for every callback.

use std::sync::Arc;

use aqueduct_spec::{BoxFuture, Error};

use super::event::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};
use super::{Step, TextResult, TextStreamPart};

/// A callback that may wait.
pub(crate) struct Callback<T>(Option<Arc<dyn Fn(T) -> BoxFuture<'static, ()> + Send + Sync>>);

impl<T> Callback<T> {
    /// Adds a callback after those that are already there.
    pub(crate) fn add<F>(&mut self, call: impl Fn(T) -> F + Send + Sync + 'static)
    where
        T: Clone + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let earlier = self.0.take();
        self.0 = Some(match earlier {
            None => Arc::new(move |value| Box::pin(call(value))),
            Some(earlier) => Arc::new(move |value: T| {
                let first = earlier(value.clone());
                let second = call(value);
                Box::pin(async move {
                    first.await;
                    second.await;
                })
            }),
        });
    }

    /// Whether anybody wants to be told.
    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Calls it, if there is one, and waits. The value is made only then.
    pub(crate) async fn call(&self, value: impl FnOnce() -> T) {
        if let Some(call) = &self.0 {
            call(value()).await;
        }
    }
}

impl<T> Clone for Callback<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Callback<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// All callbacks of a request.
#[derive(Clone, Default)]
pub(crate) struct Callbacks {
    pub(crate) start: Callback<StartEvent>,
    pub(crate) step_start: Callback<StepStartEvent>,
    pub(crate) model_call_start: Callback<ModelCallStartEvent>,
    pub(crate) model_call_end: Callback<ModelCallEndEvent>,
    pub(crate) chunk: Callback<TextStreamPart>,
    pub(crate) tool_start: Callback<ToolStartEvent>,
    pub(crate) tool_end: Callback<ToolEndEvent>,
    pub(crate) step_end: Callback<Arc<Step>>,
    pub(crate) end: Callback<TextResult>,
    pub(crate) abort: Callback<AbortEvent>,
    pub(crate) error: Callback<Error>,
}
