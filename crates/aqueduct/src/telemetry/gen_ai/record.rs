//! What spans learn after they have begun.

use aqueduct_spec::language::Usage;
use aqueduct_spec::{Error, JsonObject};
use serde_json::{Value, json};
use tracing::Span;

use super::{messages, names};
use crate::telemetry::{EmbedCallEnd, RerankCallEnd, TelemetryCall};
use crate::text::{ModelCallEndEvent, TextResult};
use crate::tool::{ToolFailure, ToolOutcome};

pub(super) fn model_call(span: &Span, call: &TelemetryCall, event: &ModelCallEndEvent) {
    let times = &event.performance;
    span.record(names::DURATION, times.response_time.as_secs_f64());
    span.record(names::FIRST_CHUNK, times.time_to_first_output.map(|time| time.as_secs_f64()));
    let gaps = times.time_between_output_chunks.as_ref();
    span.record(names::PER_CHUNK, gaps.map(|gaps| gaps.avg.as_secs_f64()));
    span.record(names::RESPONSE_ID, event.response.id.as_deref());
    let model = event.response.model_id.as_deref().unwrap_or(&event.model_id);
    span.record(names::RESPONSE_MODEL, model);
    finish_reason(span, event.finish_reason.unified.as_str());
    usage(span, &event.usage);
    outputs(span, call, names::OUTPUT_MESSAGES, || {
        messages::output(&event.content, event.finish_reason.unified)
    });
}

pub(super) fn text_result(span: &Span, call: &TelemetryCall, result: &TextResult) {
    let reason = result.finish_reason().unified;
    finish_reason(span, reason.as_str());
    usage(span, result.total_usage());
    outputs(span, call, names::OUTPUT_MESSAGES, || {
        messages::output(&result.last_step().content, reason)
    });
}

pub(super) fn embeddings(span: &Span, call: &TelemetryCall, event: &EmbedCallEnd<'_>) {
    let result = event.result;
    span.record(names::DURATION, event.duration.as_secs_f64());
    span.record(names::INPUT_TOKENS, result.usage.as_ref().and_then(|usage| usage.tokens));
    let response = result.response.as_ref();
    span.record(names::RESPONSE_MODEL, response.and_then(|response| response.model_id.as_deref()));
    outputs(span, call, names::EMBEDDINGS, || json!(result.embeddings));
}

pub(super) fn rerank(span: &Span, call: &TelemetryCall, event: &RerankCallEnd<'_>) {
    span.record(names::DURATION, event.duration.as_secs_f64());
    let response = event.result.response.as_ref();
    span.record(names::RESPONSE_ID, response.and_then(|response| response.id.as_deref()));
    span.record(names::RESPONSE_MODEL, response.and_then(|response| response.model_id.as_deref()));
    outputs(span, call, names::RANKING, || json!(event.result.ranking));
}

/// What came of a tool. What a tool says of its failure is the model's to read, so that it is an output.
pub(super) fn outcome(span: &Span, call: &TelemetryCall, outcome: &ToolOutcome) {
    match outcome {
        ToolOutcome::Result(result) => {
            outputs(span, call, names::TOOL_RESULT, || result.output.clone());
        }
        ToolOutcome::Error(error) => tool_failure(span, call, &error.failure),
    }
}

fn tool_failure(span: &Span, call: &TelemetryCall, failure: &ToolFailure) {
    span.record(names::STATUS_CODE, "ERROR");
    span.record(names::ERROR_TYPE, names::snake_case(&format!("{:?}", failure.kind)));
    if call.record_outputs {
        span.record(names::STATUS_DESCRIPTION, failure.message.as_str());
    }
}

/// A failure. Its message never holds a prompt.
pub(super) fn error(span: &Span, error: &Error) {
    span.record(names::STATUS_CODE, "ERROR");
    span.record(names::STATUS_DESCRIPTION, error.to_string());
    span.record(names::ERROR_TYPE, names::error_type(error.kind()));
}

pub(super) fn object(span: &Span, name: &'static str, object: Option<JsonObject>) {
    span.record(name, object.map(|object| Value::Object(object).to_string()));
}

fn finish_reason(span: &Span, reason: &str) {
    span.record(names::FINISH_REASONS, json!([reason]).to_string());
}

fn usage(span: &Span, usage: &Usage) {
    span.record(names::INPUT_TOKENS, usage.input_tokens.total);
    span.record(names::OUTPUT_TOKENS, usage.output_tokens.total);
    span.record(names::CACHE_READ_TOKENS, usage.input_tokens.cache_read);
    span.record(names::CACHE_WRITE_TOKENS, usage.input_tokens.cache_write);
}

/// What came out, as JSON, if it may be kept.
fn outputs(span: &Span, call: &TelemetryCall, name: &'static str, value: impl FnOnce() -> Value) {
    if call.record_outputs && !span.is_disabled() {
        span.record(name, value().to_string());
    }
}
