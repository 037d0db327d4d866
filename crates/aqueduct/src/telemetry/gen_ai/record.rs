//! What spans learn after they have begun.

use aqueduct_spec::language::Usage;
use aqueduct_spec::{Error, ErrorKind, JsonObject, ProviderMetadata};
use serde_json::{Value, json};
use tracing::Span;

use super::view::View;
use super::{Supplement, kinds, messages, names};
use crate::telemetry::CallEnd;
use crate::text::{ModelCallEndEvent, TextResult};
use crate::tool::{ToolFailure, ToolOutcome};

pub(super) fn model_call(span: &Span, view: View<'_>, event: &ModelCallEndEvent) {
    if span.is_disabled() {
        return;
    }
    let times = &event.performance;
    span.record(names::DURATION, times.response_time.as_secs_f64());
    span.record(names::FIRST_CHUNK, times.time_to_first_output.map(|time| time.as_secs_f64()));
    let gaps = times.time_between_output_chunks.as_ref();
    span.record(names::PER_CHUNK, gaps.map(|gaps| gaps.avg.as_secs_f64()));
    span.record(names::RESPONSE_ID, event.response.id.as_deref());
    let model = event.response.model_id.as_deref().unwrap_or(&event.model_id);
    span.record(names::RESPONSE_MODEL, model);
    finish_reason(span, event.finish_reason.unified.as_str());
    usage(span, view, &event.usage);
    metadata(span, view, event.provider_metadata.as_ref());
    let reason = event.finish_reason.unified;
    let said = view.output(|| Some(messages::output(&event.content, reason)));
    span.record(names::OUTPUT_MESSAGES, said);
}

pub(super) fn text_result(span: &Span, view: View<'_>, result: &TextResult) {
    if span.is_disabled() {
        return;
    }
    let reason = result.finish_reason().unified;
    finish_reason(span, reason.as_str());
    usage(span, view, result.total_usage());
    metadata(span, view, result.provider_metadata());
    let said = view.output(|| Some(messages::output(&result.last_step().content, reason)));
    span.record(names::OUTPUT_MESSAGES, said);
}

/// What came of a call of anything but a language model.
pub(super) fn call(span: &Span, view: View<'_>, end: &CallEnd<'_>) {
    if span.is_disabled() {
        return;
    }
    span.record(names::DURATION, end.duration.as_secs_f64());
    if end.is_dropped() {
        cancelled(span);
    }
    if let Some(failure) = end.error() {
        error(span, failure);
    }
    let answered = kinds::answered(view, end);
    let response = answered.response;
    span.record(names::RESPONSE_ID, response.and_then(|response| response.id.as_deref()));
    span.record(names::RESPONSE_MODEL, response.and_then(|response| response.model_id.as_deref()));
    span.record(names::INPUT_TOKENS, answered.input_tokens);
    span.record(names::OUTPUT_TOKENS, answered.output_tokens);
    span.record(names::OUTPUT_MESSAGES, answered.messages);
    span.record(names::EMBEDDINGS, answered.embeddings);
    span.record(names::RANKING, answered.ranking);
    metadata(span, view, answered.metadata);
}

/// What came of a tool. What a tool says of its failure is the model's to read, so that it is an output.
pub(super) fn outcome(span: &Span, view: View<'_>, outcome: &ToolOutcome) {
    match outcome {
        ToolOutcome::Result(result) => {
            let output = view.output(|| Some(result.output.clone()));
            span.record(names::TOOL_RESULT, output);
        }
        ToolOutcome::Error(error) => tool_failure(span, view, &error.failure),
    }
}

fn tool_failure(span: &Span, view: View<'_>, failure: &ToolFailure) {
    span.record(names::STATUS_CODE, "ERROR");
    span.record(names::ERROR_TYPE, names::snake_case(&format!("{:?}", failure.kind)));
    if view.call.record_outputs {
        span.record(names::STATUS_DESCRIPTION, failure.message.as_str());
    }
}

/// A failure. Its message never holds a prompt.
pub(super) fn error(span: &Span, error: &Error) {
    span.record(names::STATUS_CODE, "ERROR");
    span.record(names::STATUS_DESCRIPTION, error.to_string());
    span.record(names::ERROR_TYPE, names::error_type(error.kind()));
}

/// Somebody gave up. That is what the program wanted and no error of the span, so that its status stays unset.
pub(super) fn cancelled(span: &Span) {
    span.record(names::ERROR_TYPE, names::error_type(ErrorKind::Cancelled));
}

pub(super) fn object(span: &Span, name: &'static str, object: Option<JsonObject>) {
    span.record(name, object.map(|object| Value::Object(object).to_string()));
}

fn finish_reason(span: &Span, reason: &str) {
    span.record(names::FINISH_REASONS, json!([reason]).to_string());
}

fn usage(span: &Span, view: View<'_>, usage: &Usage) {
    let (input, output) = (&usage.input_tokens, &usage.output_tokens);
    span.record(names::INPUT_TOKENS, input.total);
    span.record(names::OUTPUT_TOKENS, output.total);
    span.record(names::CACHE_READ_TOKENS, input.cache_read);
    span.record(names::CACHE_WRITE_TOKENS, input.cache_write);
    span.record(names::REASONING_TOKENS, output.reasoning);
    if view.shows(Supplement::Usage) {
        span.record(names::NO_CACHE_TOKENS, input.no_cache);
        span.record(names::TEXT_TOKENS, output.text);
        span.record(names::THOUGHT_TOKENS, output.reasoning);
        let raw = usage.raw.clone().map(|raw| view.text(&Value::Object(raw)));
        span.record(names::RAW_USAGE, raw);
    }
}

fn metadata(span: &Span, view: View<'_>, metadata: Option<&ProviderMetadata>) {
    let shown =
        view.supplement(Supplement::ProviderMetadata, || metadata.map(|metadata| json!(metadata)));
    span.record(names::PROVIDER_METADATA, shown);
}
