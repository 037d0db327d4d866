//! What the caller wants to be told while a request runs. The request waits for every callback.

use std::sync::Arc;

use aqueduct_spec::{BoxFuture, Error};

use super::event::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};
use super::{Step, TextResult, TextStreamPart};

/// A callback that may wait, and observers, which may not and are told before it.
pub(crate) struct Callback<T> {
    call: Option<Arc<dyn Fn(T) -> BoxFuture<'static, ()> + Send + Sync>>,
    observer: Option<Observer<T>>,
}

type Observer<T> = Arc<dyn Fn(&T) + Send + Sync>;

impl<T> Callback<T> {
    /// Adds a callback after those that are already there.
    pub(crate) fn add<F>(&mut self, call: impl Fn(T) -> F + Send + Sync + 'static)
    where
        T: Clone + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let earlier = self.call.take();
        self.call = Some(match earlier {
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

    /// Adds an observer.
    pub(crate) fn observe(&mut self, observer: impl Fn(&T) + Send + Sync + 'static)
    where
        T: 'static,
    {
        let earlier = self.observer.take();
        self.observer = Some(match earlier {
            None => Arc::new(observer),
            Some(earlier) => Arc::new(move |value| {
                earlier(value);
                observer(value);
            }),
        });
    }

    /// Whether the caller wants to be told; observers do not count.
    pub(crate) fn is_set(&self) -> bool {
        self.call.is_some()
    }

    /// Tells whoever wants to be told, and waits. The value is made only for them.
    pub(crate) async fn call(&self, value: impl FnOnce() -> T) {
        if self.call.is_none() && self.observer.is_none() {
            return;
        }
        let value = value();
        if let Some(observe) = &self.observer {
            observe(&value);
        }
        if let Some(call) = &self.call {
            call(value).await;
        }
    }
}

impl<T> Clone for Callback<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), observer: self.observer.clone() }
    }
}

impl<T> Default for Callback<T> {
    fn default() -> Self {
        Self { call: None, observer: None }
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
