//! What an integration can listen to.

use aqueduct_spec::Error;

use super::{CallEnd, CallStart, OperationEnd, OperationStart, TelemetryCall, Work};
use crate::text::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, Step, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};

/// Declares the hooks that are only told something.
macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident($event:ty);)*) => { $(
        $(#[$doc])*
        fn $name(&self, call: &TelemetryCall, event: $event) {
            let _ = (call, event);
        }
    )* };
}

/// An integration: it is told what happens while requests run.
///
/// Hooks do not wait, so that telemetry never holds up an answer: what takes time belongs in a channel. All that is told of a
/// request comes in order, with the same [`TelemetryCall`]; a request that was told to begin is told to be over, whatever
/// becomes of it ([`Telemetry::on_close`]).
///
/// ```
/// use aqueduct::telemetry::{OperationEnd, Telemetry, TelemetryCall};
///
/// struct Meter;
///
/// impl Telemetry for Meter {
///     fn on_end(&self, call: &TelemetryCall, end: &OperationEnd<'_>) {
///         if let Some(result) = end.answer::<aqueduct::TextResult>() {
///             let tokens = result.total_usage().total_tokens();
///             // Count the tokens of `call.function_id`.
///             # let _ = (tokens, &call.function_id);
///         }
///     }
/// }
///
/// aqueduct::telemetry::register_telemetry(Meter);
/// ```
pub trait Telemetry: Send + Sync {
    hooks! {
        /// A request begins.
        on_start(&OperationStart<'_>);
        /// A step begins.
        on_step_start(&StepStartEvent);
        /// A language model is about to be called; attempts that follow a failure are part of the same call.
        on_model_call_start(&ModelCallStartEvent);
        /// A language model has answered; its tools have not run yet.
        on_model_call_end(&ModelCallEndEvent);
        /// A tool of the caller's is about to run. Tools of a step run side by side.
        on_tool_start(&ToolStartEvent);
        /// A tool of the caller's has run.
        on_tool_end(&ToolEndEvent);
        /// A step is complete.
        on_step_end(&Step);
        /// Something other than a language model is about to be called: an embedding model, an image model, a place for files.
        on_call_start(&CallStart<'_>);
        /// Such a call is over: it was answered, has failed, or was given up on.
        on_call_end(&CallEnd<'_>);
        /// A request has its result.
        on_end(&OperationEnd<'_>);
        /// Somebody gave up on a request, through an [`AbortHandle`](crate::AbortHandle) or by dropping it.
        on_abort(&AbortEvent);
        /// Something failed: what a provider reports within a stream, which may go on, and what ends a request. A request that
        /// is refused before it begins is not reported.
        on_error(&Error);
    }

    /// A request is over: it has ended, failed, or was given up on. Nothing more is told of it.
    fn on_close(&self, call: &TelemetryCall) {
        let _ = call;
    }

    /// Runs a short piece of work, a poll, inside the integration's own context; a span, for instance, so that what the work
    /// does belongs to it. Called over and over while the work is under way. Calls `run` once.
    fn within(&self, call: &TelemetryCall, work: &Work, run: &mut dyn FnMut()) {
        let _ = (call, work);
        run();
    }
}
