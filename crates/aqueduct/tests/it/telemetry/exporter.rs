//! The way to OpenTelemetry, with its own parts: the layer of `tracing-opentelemetry`, the SDK, and an exporter that keeps what
//! it is given.

use std::collections::BTreeMap;

use aqueduct::spec::GenerateImage;
use aqueduct::telemetry::{GenAiSpans, SpanType, TelemetryOptions};
use aqueduct::{
    Error, ErrorKind, TextStreamPart, Tool, generate_image, generate_text, step_count_is,
    stream_text,
};
use aqueduct_testkit::{MockModel, Turn};
use futures_util::StreamExt as _;
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use serde_json::json;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{model, spans};

/// What an exporter gets of the spans of this thread.
struct Exported {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Exported {
    fn start() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("gen_ai"));
        let guard = tracing::subscriber::set_default(Registry::default().with(layer));
        Self { exporter, _provider: provider, _guard: guard }
    }

    fn spans(&self) -> BTreeMap<String, SpanData> {
        let spans = self.exporter.get_finished_spans().unwrap();
        spans.into_iter().map(|span| (span.name.to_string(), span)).collect()
    }
}

fn attribute(span: &SpanData, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key.as_str() == name);
    found.map(|attribute| attribute.value.to_string())
}

#[tokio::test]
async fn spans_arrive_with_names_kinds_parents_and_attributes() {
    let exported = Exported::start();
    let model = model([Turn::tool_call("a", "one", &json!({})), Turn::text("done")]);
    generate_text(model)
        .prompt("SECRET")
        .temperature(0.5)
        .tool(Tool::new("one").execute(|_, _| async { 1 }))
        .stop_when(step_count_is(2))
        .telemetry(spans().function_id("counting"))
        .await
        .unwrap();
    let spans = exported.spans();
    let root = &spans["invoke_agent m"];
    assert_eq!(root.parent_span_id, SpanId::INVALID);
    let parents = [
        ("step 1", "invoke_agent m"),
        ("step 2", "invoke_agent m"),
        ("execute_tool one", "step 1"),
        // The later of the two calls has the name.
        ("chat m", "step 2"),
    ];
    for (child, parent) in parents {
        assert_eq!(spans[child].parent_span_id, spans[parent].span_context.span_id(), "{child}");
        assert_eq!(spans[child].span_context.trace_id(), root.span_context.trace_id());
    }
    let kinds = ["invoke_agent m", "step 1", "execute_tool one", "chat m"];
    let kinds = kinds.map(|name| spans[name].span_kind.clone());
    let (internal, client) = (SpanKind::Internal, SpanKind::Client);
    assert_eq!(kinds, [internal.clone(), internal.clone(), internal, client]);
    assert_eq!(attribute(root, "gen_ai.agent.name").as_deref(), Some("counting"));
    let chat = &spans["chat m"];
    let expected = [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "m"),
        ("gen_ai.request.temperature", "0.5"),
        ("gen_ai.usage.input_tokens", "3"),
        ("gen_ai.usage.output_tokens", "5"),
        ("gen_ai.response.finish_reasons", r#"["stop"]"#),
    ];
    for (name, value) in expected {
        assert_eq!(attribute(chat, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(chat.status, Status::Unset);
    // What steers the layer is no attribute.
    assert!(spans.values().all(|span| attribute(span, "otel.kind").is_none()));
    assert!(!format!("{spans:?}").contains("SECRET"));
}

#[tokio::test]
async fn failures_and_what_was_dropped_arrive() {
    let exported = Exported::start();
    let error = Error::new(ErrorKind::QuotaExceeded, "no credit");
    let failing = std::sync::Arc::new(MockModel::<GenerateImage>::failing(error));
    generate_image(&failing).prompt("a").max_retries(0).telemetry(spans()).await.unwrap_err();
    let failed = &exported.spans()["generate_content mock"];
    assert_eq!(failed.status, Status::error("no credit"));
    assert_eq!(attribute(failed, "error.type").as_deref(), Some("quota_exceeded"));
    assert_eq!(attribute(failed, "gen_ai.output.type").as_deref(), Some("image"));

    let request = stream_text(model([Turn::text("hello")])).prompt("q").telemetry(spans());
    let mut stream = request.await.unwrap();
    while !matches!(stream.next().await.unwrap().unwrap(), TextStreamPart::TextDelta(_)) {}
    assert!(!exported.spans().contains_key("invoke_agent m"), "the stream goes on");
    drop(stream);
    let dropped = &exported.spans()["invoke_agent m"];
    assert_eq!(attribute(dropped, "error.type").as_deref(), Some("cancelled"));
    assert_eq!(dropped.status, Status::Unset);
}

#[tokio::test]
async fn a_program_adds_attributes_of_its_own() {
    let exported = Exported::start();
    let integration = GenAiSpans::new().enrich_span(|span, of, call| {
        if of == SpanType::LanguageModel {
            span.set_attribute("shop.customer", "blue");
            span.set_attribute("shop.verb", call.operation.as_str());
        }
    });
    let telemetry = TelemetryOptions::new().integration(integration);
    generate_text(model([Turn::text("x")])).prompt("q").telemetry(telemetry).await.unwrap();
    let spans = exported.spans();
    assert_eq!(attribute(&spans["chat m"], "shop.customer").as_deref(), Some("blue"));
    assert_eq!(attribute(&spans["chat m"], "shop.verb").as_deref(), Some("generate_text"));
    assert_eq!(attribute(&spans["step 1"], "shop.customer"), None);
}
