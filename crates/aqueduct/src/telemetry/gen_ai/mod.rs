//! Spans as the semantic conventions for generative AI want them.

mod kinds;
mod messages;
mod names;
mod open;
mod record;
mod spans;
mod supplement;
mod view;

pub use supplement::Supplement;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct_spec::Error;
use tracing::Span;

use self::open::OpenSpans;
use self::spans::About;
use self::view::{Settings, View};
use super::{CallEnd, CallStart, OperationEnd, OperationStart, Telemetry, TelemetryCall, Work};
use crate::text::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, StartEvent, Step, StepStartEvent,
    TextResult, ToolEndEvent, ToolStartEvent,
};

/// An integration that makes spans of [`tracing`], with the names and attributes that OpenTelemetry's semantic conventions give
/// to generative AI. The [module](crate::telemetry) has the list of spans, and how to send them off.
#[derive(Clone, Default)]
pub struct GenAiSpans {
    open: Arc<Mutex<HashMap<u64, OpenSpans>>>,
    settings: Settings,
    enrich: Option<Arc<Enrich>>,
}

type Enrich = dyn Fn(&Span, SpanType, &TelemetryCall) + Send + Sync;

/// What a span is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpanType {
    /// A request.
    Operation,
    /// A step.
    Step,
    /// A call of a language model.
    LanguageModel,
    /// A run of a tool.
    Tool,
    /// A call of anything else: an embedding model, an image model, a place for files.
    Call,
}

impl GenAiSpans {
    /// Begins with no spans.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has spans say more than the conventions know of. Default: nothing.
    ///
    /// ```
    /// use aqueduct::telemetry::{GenAiSpans, Supplement};
    ///
    /// let spans = GenAiSpans::new().supplement(Supplement::Usage).supplement(Supplement::Headers);
    /// # let _ = spans;
    /// ```
    pub fn supplement(mut self, supplement: Supplement) -> Self {
        self.settings.supplements.push(supplement);
        self
    }

    /// Limits how long the text of an attribute may be, in bytes: a longer prompt or answer is told by its length alone.
    /// Default: 256 KiB.
    pub fn max_attribute_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_attribute_bytes = bytes;
        self
    }

    /// Has every new span changed before anything runs in it: with `tracing-opentelemetry`, this is the place to set attributes
    /// of the program's own (`OpenTelemetrySpanExt::set_attribute`).
    pub fn enrich_span(
        mut self,
        enrich: impl Fn(&Span, SpanType, &TelemetryCall) + Send + Sync + 'static,
    ) -> Self {
        self.enrich = Some(Arc::new(enrich));
        self
    }

    fn view<'a>(&'a self, call: &'a TelemetryCall) -> View<'a> {
        View { call, settings: &self.settings }
    }

    fn enriched(&self, span: Span, of: SpanType, call: &TelemetryCall) -> Span {
        if let Some(enrich) = &self.enrich {
            enrich(&span, of, call);
        }
        span
    }

    /// Works on the open spans of a request, if it has any. No code of the program's runs inside.
    fn with<T>(&self, call: &TelemetryCall, work: impl FnOnce(&mut OpenSpans) -> T) -> Option<T> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get_mut(&call.number).map(work)
    }

    /// Ends all spans of a request. They are dropped outside the lock: a subscriber may do what it likes then.
    fn close(&self, call: &TelemetryCall) {
        let spans = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&call.number);
        drop(spans);
    }
}

impl Telemetry for GenAiSpans {
    fn on_start(&self, call: &TelemetryCall, event: &OperationStart<'_>) {
        let span = match event.input::<StartEvent>() {
            Some(event) => spans::agent(self.view(call), event),
            None => {
                let about = About {
                    operation: call.operation.as_str(),
                    provider: event.provider,
                    model_id: event.model_id,
                    headers: None,
                    input: event.input,
                };
                spans::call(None, self.view(call), &about)
            }
        };
        let root = self.enriched(span, SpanType::Operation, call);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(call.number, OpenSpans::new(root));
    }

    fn on_step_start(&self, call: &TelemetryCall, event: &StepStartEvent) {
        let Some(root) = self.with(call, |open| open.root.clone()) else { return };
        let span = self.enriched(spans::step(&root, event.step_number), SpanType::Step, call);
        self.with(call, |open| open.step = Some(span));
    }

    fn on_model_call_start(&self, call: &TelemetryCall, event: &ModelCallStartEvent) {
        let Some(parent) = self.with(call, |open| open.step_or_root()) else { return };
        let span = self.enriched(
            spans::chat(&parent, self.view(call), event),
            SpanType::LanguageModel,
            call,
        );
        self.with(call, |open| open.chat = Some(span));
    }

    fn on_model_call_end(&self, call: &TelemetryCall, event: &ModelCallEndEvent) {
        let Some(Some(span)) = self.with(call, |open| open.chat.take()) else { return };
        let view = self.view(call);
        record::model_call(&span, view, event);
        for span in spans::provider_tools(&span, view, &event.content) {
            self.enriched(span, SpanType::Tool, call);
        }
    }

    fn on_tool_start(&self, call: &TelemetryCall, event: &ToolStartEvent) {
        let Some(parent) = self.with(call, |open| open.step_or_root()) else { return };
        let span = spans::tool(&parent, self.view(call), &event.tool_call);
        let context = call.tool_context(&event.tool_call.tool_name, &event.contexts);
        record::object(&span, names::TOOL_CONTEXT, context);
        let span = self.enriched(span, SpanType::Tool, call);
        let id = event.tool_call.tool_call_id.clone();
        self.with(call, |open| open.tools.insert(id, span));
    }

    fn on_tool_end(&self, call: &TelemetryCall, event: &ToolEndEvent) {
        let id = event.outcome.tool_call_id();
        let Some(Some(span)) = self.with(call, |open| open.tools.remove(id)) else { return };
        span.record(names::TOOL_DURATION, event.duration.as_secs_f64());
        record::outcome(&span, self.view(call), &event.outcome);
    }

    fn on_step_end(&self, call: &TelemetryCall, _: &Step) {
        let span = self.with(call, |open| open.step.take());
        drop(span);
    }

    fn on_call_start(&self, call: &TelemetryCall, event: &CallStart<'_>) {
        let Some(root) = self.with(call, |open| open.root.clone()) else { return };
        let about = About {
            operation: event.operation,
            provider: event.provider,
            model_id: event.model_id,
            headers: event.headers,
            input: event.input,
        };
        let span = spans::call(Some(&root), self.view(call), &about);
        let span = self.enriched(span, SpanType::Call, call);
        self.with(call, |open| open.calls.insert(event.call_number, span));
    }

    fn on_call_end(&self, call: &TelemetryCall, event: &CallEnd<'_>) {
        let taken = self.with(call, |open| open.calls.remove(&event.call_number));
        if let Some(Some(span)) = taken {
            record::call(&span, self.view(call), event);
        }
    }

    fn on_end(&self, call: &TelemetryCall, event: &OperationEnd<'_>) {
        if let Some(result) = event.answer::<TextResult>()
            && let Some(root) = self.with(call, |open| open.root.clone())
        {
            record::text_result(&root, self.view(call), result);
        }
        self.close(call);
    }

    fn on_abort(&self, call: &TelemetryCall, _: &AbortEvent) {
        for span in self.with(call, |open| open.all()).into_iter().flatten() {
            record::cancelled(&span);
        }
        self.close(call);
    }

    fn on_error(&self, call: &TelemetryCall, error: &Error) {
        for span in self.with(call, |open| open.all()).into_iter().flatten() {
            record::error(&span, error);
        }
    }

    fn on_close(&self, call: &TelemetryCall) {
        self.close(call);
    }

    fn within(&self, call: &TelemetryCall, work: &Work, run: &mut dyn FnMut()) {
        match self.with(call, |open| open.of_work(work)).flatten() {
            Some(span) => span.in_scope(run),
            None => run(),
        }
    }
}

impl fmt::Debug for GenAiSpans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenAiSpans").finish_non_exhaustive()
    }
}
