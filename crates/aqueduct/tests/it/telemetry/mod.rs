//! Telemetry: what integrations are told, and the spans that come of it.

mod capture;
mod content;
mod embeddings;
mod exporter;
mod failures;
mod hooks;
mod kinds;
mod live;
mod spans;
mod streams;
mod supplements;

use aqueduct::spec::ModelInfo;
use aqueduct::telemetry::{GenAiSpans, TelemetryOptions};
use aqueduct_testkit::{MockLanguageModel, Turn};

/// A model `m` of `openai.chat`.
fn model(turns: impl IntoIterator<Item = Turn>) -> MockLanguageModel {
    MockLanguageModel::answers(turns).with_info(ModelInfo::new("openai.chat", "m"))
}

/// Telemetry that makes spans.
fn spans() -> TelemetryOptions {
    TelemetryOptions::new().integration(GenAiSpans::new())
}
