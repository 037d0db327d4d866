//! One request, as its integrations are told of it.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aqueduct_spec::Result;

use super::call::CallWatch;
use super::within::Within;
use super::{
    CallStart, Operation, OperationEnd, OperationStart, Telemetry, TelemetryCall, TelemetryOptions,
    Work,
};
use crate::text::{AbortEvent, Callbacks, Step};

/// Tells the integrations of one request; nothing if there are none.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Option<Arc<Listeners>>);

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

pub(super) struct Listeners {
    call: TelemetryCall,
    integrations: Vec<Arc<dyn Telemetry>>,
    state: Mutex<State>,
    n_calls: AtomicUsize,
}

#[derive(Default)]
struct State {
    stage: Stage,
    steps: Vec<Arc<Step>>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Stage {
    #[default]
    Waiting,
    Running,
    /// It is known what came of the request.
    Settled,
}

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

impl Recorder {
    pub(crate) fn is_active(&self) -> bool {
        self.0.is_some()
    }

    /// Tells all integrations, if there are any.
    pub(crate) fn tell(&self, tell: impl Fn(&dyn Telemetry, &TelemetryCall)) {
        let Some(listeners) = &self.0 else { return };
        for integration in &listeners.integrations {
            tell(&**integration, &listeners.call);
        }
    }

    /// Tells that the request begins.
    pub(crate) fn start(&self, start: &OperationStart<'_>) {
        self.enter(Stage::Running);
        self.tell(|integration, call| integration.on_start(call, start));
    }

    /// Tells of the result.
    fn end(&self, answer: &dyn Any) {
        self.settle();
        let end = OperationEnd { answer };
        self.tell(|integration, call| integration.on_end(call, &end));
    }

    /// Notes that what came of the request has been told.
    pub(crate) fn settle(&self) {
        self.enter(Stage::Settled);
    }

    fn enter(&self, stage: Stage) {
        if let Some(listeners) = &self.0 {
            listeners.state().stage = stage;
        }
    }

    /// Tells that a call begins, which is numbered here. What is returned tells of its end.
    pub(crate) fn start_call(&self, mut start: CallStart<'_>) -> CallWatch {
        let Some(listeners) = &self.0 else { return CallWatch::default() };
        start.call_number = listeners.n_calls.fetch_add(1, Ordering::Relaxed);
        self.tell(|integration, call| integration.on_call_start(call, &start));
        CallWatch::new(self.clone(), &start)
    }

    /// Runs a piece of work inside the contexts of all integrations.
    pub(crate) fn within<F>(&self, work: Work, inner: F) -> Within<F> {
        Within::new(self.0.clone(), work, inner)
    }

    /// Listens to the callbacks of a request for text.
    fn observe(&self, callbacks: &mut Callbacks) {
        /// Has integrations hear what a callback hears.
        macro_rules! forward {
            ($($callback:ident => $hook:ident;)*) => { $(
                let recorder = self.clone();
                callbacks.$callback.observe(move |event| {
                    recorder.tell(|integration, call| integration.$hook(call, event));
                });
            )* };
        }
        let recorder = self.clone();
        callbacks.start.observe(move |event| {
            recorder.start(&OperationStart {
                provider: &event.provider,
                model_id: Some(&event.model_id),
                max_retries: event.max_retries,
                input: event,
            });
        });
        forward! {
            step_start => on_step_start;
            model_call_start => on_model_call_start;
            model_call_end => on_model_call_end;
            tool_start => on_tool_start;
            tool_end => on_tool_end;
            step_end => on_step_end;
            error => on_error;
        }
        let recorder = self.clone();
        callbacks.step_end.observe(move |step| {
            if let Some(listeners) = &recorder.0 {
                listeners.state().steps.push(Arc::clone(step));
            }
        });
        let recorder = self.clone();
        callbacks.end.observe(move |result| recorder.end(result));
        let recorder = self.clone();
        callbacks.abort.observe(move |event| {
            recorder.settle();
            recorder.tell(|integration, call| integration.on_abort(call, event));
        });
    }
}

impl Listeners {
    /// Runs `run` inside the contexts of all integrations, the first one outermost.
    pub(super) fn run_within(&self, work: &Work, run: &mut dyn FnMut()) {
        self.nest(&self.integrations, work, run);
    }

    fn nest(&self, integrations: &[Arc<dyn Telemetry>], work: &Work, run: &mut dyn FnMut()) {
        match integrations.split_first() {
            None => run(),
            Some((first, rest)) => {
                first.within(&self.call, work, &mut || self.nest(rest, work, run));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The life of one request. Dropped before the request has settled, it tells that somebody gave up on it.
pub(crate) struct Session(Recorder);

impl Session {
    /// Looks who listens; the id is made only if somebody does.
    pub(crate) fn new(
        options: &TelemetryOptions,
        operation: Operation,
        call_id: impl FnOnce() -> String,
    ) -> Self {
        let integrations = options.listeners();
        if integrations.is_empty() {
            return Self(Recorder::default());
        }
        let call = TelemetryCall {
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            call_id: call_id(),
            operation,
            function_id: options.function_id.clone(),
            record_inputs: options.record_inputs,
            record_outputs: options.record_outputs,
            included: options.included.clone(),
        };
        let (state, n_calls) = (Mutex::default(), AtomicUsize::new(0));
        Self(Recorder(Some(Arc::new(Listeners { call, integrations, state, n_calls }))))
    }

    /// Does the work of the request and tells what came of it.
    pub(crate) async fn watch<T: Any>(self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let result = work.await;
        self.finish(&result);
        result
    }

    /// Tells what came of the request.
    pub(crate) fn finish<T: Any>(self, result: &Result<T>) {
        match result {
            Ok(answer) => self.0.end(answer),
            Err(error) => {
                self.0.settle();
                self.0.tell(|integration, call| integration.on_error(call, error));
            }
        }
    }

    /// Begins with a request for text, whose callbacks say what happens.
    pub(crate) fn of_text(
        options: &TelemetryOptions,
        operation: Operation,
        call_id: &str,
        callbacks: &mut Callbacks,
    ) -> Self {
        let session = Self::new(options, operation, || call_id.to_owned());
        if session.0.is_active() {
            session.0.observe(callbacks);
        }
        session
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.0
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(listeners) = &self.0.0 else { return };
        let State { stage, steps } = std::mem::take(&mut *listeners.state());
        if stage == Stage::Waiting {
            return;
        }
        if stage == Stage::Running {
            let event = AbortEvent {
                call_id: listeners.call.call_id.clone(),
                reason: Some("the request was dropped".to_owned()),
                steps,
            };
            self.0.tell(|integration, call| integration.on_abort(call, &event));
        }
        self.0.tell(|integration, call| integration.on_close(call));
    }
}
