//! Spans as the semantic conventions for generative AI want them.

mod messages;
mod names;
mod open;
mod record;
mod spans;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct_spec::Error;
use tracing::Span;

use self::open::OpenSpans;
use super::{
    EmbedCallEnd, EmbedCallStart, OperationEnd, OperationStart, RerankCallEnd, RerankCallStart,
    Telemetry, TelemetryCall, Work,
};
use crate::text::{
    AbortEvent, ModelCallEndEvent, ModelCallStartEvent, Step, StepStartEvent, ToolEndEvent,
    ToolStartEvent,
};

/// An integration that makes spans of [`tracing`], with the names and attributes that OpenTelemetry's semantic conventions give
/// to generative AI. The [module](crate::telemetry) has the list of spans, and how to send them off.
#[derive(Clone, Default)]
pub struct GenAiSpans {
    open: Arc<Mutex<HashMap<u64, OpenSpans>>>,
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
    /// A call of an embedding model.
    Embedding,
    /// A call of a reranking model.
    Reranking,
}

impl GenAiSpans {
    /// Begins with no spans.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has every new span changed before anything runs in it: with `tracing-opentelemetry`, this is the place to set attributes
    /// of the program's own (`OpenTelemetrySpanExt::set_attribute`).
    pub fn enrich(
        mut self,
        enrich: impl Fn(&Span, SpanType, &TelemetryCall) + Send + Sync + 'static,
    ) -> Self {
        self.enrich = Some(Arc::new(enrich));
        self
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
    fn on_start(&self, call: &TelemetryCall, event: OperationStart<'_>) {
        let span = match event {
            OperationStart::Text(event) => spans::agent(call, event),
            OperationStart::Embed(event) => {
                spans::embeddings(None, call, event.provider, event.model_id, event.values)
            }
            OperationStart::Rerank(event) => {
                spans::rerank(None, call, event.provider, event.model_id, event.documents)
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
        let span = self.enriched(spans::chat(&parent, call, event), SpanType::LanguageModel, call);
        self.with(call, |open| open.chat = Some(span));
    }

    fn on_model_call_end(&self, call: &TelemetryCall, event: &ModelCallEndEvent) {
        let Some(Some(span)) = self.with(call, |open| open.chat.take()) else { return };
        record::model_call(&span, call, event);
        for span in spans::provider_tools(&span, call, &event.content) {
            self.enriched(span, SpanType::Tool, call);
        }
    }

    fn on_tool_start(&self, call: &TelemetryCall, event: &ToolStartEvent) {
        let Some(parent) = self.with(call, |open| open.step_or_root()) else { return };
        let span = spans::tool(&parent, call, &event.tool_call);
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
        record::outcome(&span, call, &event.outcome);
    }

    fn on_step_end(&self, call: &TelemetryCall, _: &Step) {
        let span = self.with(call, |open| open.step.take());
        drop(span);
    }

    fn on_embed_start(&self, call: &TelemetryCall, event: &EmbedCallStart<'_>) {
        let Some(root) = self.with(call, |open| open.root.clone()) else { return };
        let span =
            spans::embeddings(Some(&root), call, event.provider, event.model_id, event.values);
        let span = self.enriched(span, SpanType::Embedding, call);
        self.with(call, |open| open.embeddings.insert(event.call_number, span));
    }

    fn on_embed_end(&self, call: &TelemetryCall, event: &EmbedCallEnd<'_>) {
        let taken = self.with(call, |open| open.embeddings.remove(&event.call_number));
        if let Some(Some(span)) = taken {
            record::embeddings(&span, call, event);
        }
    }

    fn on_rerank_start(&self, call: &TelemetryCall, event: &RerankCallStart<'_>) {
        let Some(root) = self.with(call, |open| open.root.clone()) else { return };
        let span =
            spans::rerank(Some(&root), call, event.provider, event.model_id, event.documents);
        let span = self.enriched(span, SpanType::Reranking, call);
        self.with(call, |open| open.rerank = Some(span));
    }

    fn on_rerank_end(&self, call: &TelemetryCall, event: &RerankCallEnd<'_>) {
        if let Some(Some(span)) = self.with(call, |open| open.rerank.take()) {
            record::rerank(&span, call, event);
        }
    }

    fn on_end(&self, call: &TelemetryCall, event: OperationEnd<'_>) {
        if let OperationEnd::Text(result) = event
            && let Some(root) = self.with(call, |open| open.root.clone())
        {
            record::text_result(&root, call, result);
        }
        self.close(call);
    }

    fn on_abort(&self, call: &TelemetryCall, _: &AbortEvent) {
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
