//! What spans say beyond the conventions: nothing unless asked for.

use aqueduct::spec::image::GenerateImageResult;
use aqueduct::spec::language::{
    GenerateResult, InputTokens, OutputTokens, ToolChoice, UnifiedFinishReason, Usage,
};
use aqueduct::spec::{GenerateImage, JsonObject, ModelInfo, ProviderMetadata};
use aqueduct::telemetry::{GenAiSpans, Supplement, TelemetryOptions};
use aqueduct::{Tool, generate_image, generate_object, generate_text};
use aqueduct_testkit::{MockModel, Turn};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::capture::Trace;
use super::{model, spans};

const CHAT: &str = "invoke_agent m > step 1 > chat m";

fn with(supplements: &[Supplement]) -> TelemetryOptions {
    let spans = supplements.iter().fold(GenAiSpans::new(), |spans, one| spans.supplement(*one));
    TelemetryOptions::new().integration(spans)
}

fn metadata() -> ProviderMetadata {
    let object: JsonObject = serde_json::from_value(json!({ "tier": "scale" })).unwrap();
    ProviderMetadata::of("openai", object)
}

fn detailed() -> Turn {
    let (mut input, mut output) = (InputTokens::default(), OutputTokens::default());
    (input.total, input.no_cache) = (Some(9), Some(5));
    (output.total, output.text, output.reasoning) = (Some(7), Some(4), Some(3));
    let raw = serde_json::from_value(json!({ "prompt_tokens": 9 })).unwrap();
    let mut result = GenerateResult::default();
    result.content = vec![aqueduct::spec::language::Text::new("{\"n\":1}").into()];
    result.finish_reason = UnifiedFinishReason::Stop.into();
    result.usage = Usage::new(input, output, Some(raw));
    result.provider_metadata = Some(metadata());
    Turn::result(result)
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    n: u32,
}

/// One request that has everything a supplement could tell.
async fn run(telemetry: TelemetryOptions) -> Trace {
    let (trace, _guard) = Trace::start();
    let request = generate_object::<Number, _>(model([detailed()])).prompt("q");
    let request = request.tool(Tool::new("one")).tool_choice(ToolChoice::auto());
    let request = request.header("x-team", "blue").header("x-api-key", "SECRET");
    let answer = request.telemetry(telemetry).await.unwrap();
    assert_eq!(answer.output().unwrap().n, 1);
    trace
}

#[tokio::test]
async fn nothing_is_said_unless_asked_for() {
    let trace = run(spans().record_inputs(true).record_outputs(true)).await;
    assert!(!trace.dump().contains("\"ai."), "{}", trace.dump());
    assert_eq!(trace.attribute(CHAT, "gen_ai.usage.reasoning.output_tokens"), 3);
    // What is an input is not told where inputs are not.
    let trace = run(with(&[Supplement::ToolChoice, Supplement::Schema])).await;
    assert_eq!(trace.attribute(CHAT, "ai.prompt.toolChoice"), Value::Null);
    assert_eq!(trace.attribute(CHAT, "ai.schema"), Value::Null);
}

#[tokio::test]
async fn all_is_said_on_request() {
    let trace = run(with(&Supplement::ALL).record_inputs(true)).await;
    for path in ["invoke_agent m", CHAT] {
        let read = |name: &str| trace.attribute(path, name);
        assert_eq!(read("ai.usage.inputTokenDetails.noCacheTokens"), 5, "{path}");
        assert_eq!(read("ai.usage.outputTokenDetails.textTokens"), 4);
        assert_eq!(read("ai.usage.outputTokenDetails.reasoningTokens"), 3);
        assert_eq!(read("ai.response.providerMetadata"), r#"{"openai":{"tier":"scale"}}"#);
    }
    let chat = trace.attributes(CHAT);
    assert_eq!(chat["ai.response.usage"], r#"{"prompt_tokens":9}"#);
    assert_eq!(chat["ai.prompt.toolChoice"], r#"{"type":"auto"}"#);
    let headers = r#"{"x-api-key":"[redacted]","x-team":"blue"}"#;
    assert_eq!(chat["ai.request.headers"], headers);
    let schema: Value = serde_json::from_str(chat["ai.schema"].as_str().unwrap()).unwrap();
    assert_eq!(schema["properties"]["n"]["type"], "integer");
    assert!(!trace.dump().contains("SECRET"));
}

#[tokio::test]
async fn one_is_not_all() {
    let trace = run(with(&[Supplement::Headers]).record_inputs(true)).await;
    let chat = trace.attributes(CHAT);
    let names = chat.as_object().unwrap().keys().filter(|name| name.starts_with("ai."));
    assert_eq!(names.collect::<Vec<_>>(), ["ai.request.headers"]);
}

#[tokio::test]
async fn other_kinds_have_theirs() {
    let (trace, _guard) = Trace::start();
    let answer = |_: &GenerateImage, _| {
        let mut result = GenerateImageResult::new([b"x".to_vec().into()], Vec::new());
        result.provider_metadata = Some(metadata());
        Ok(result)
    };
    let info = ModelInfo::new("openai.image", "i");
    let model = MockModel::<GenerateImage>::new(answer).with_info(info);
    let request = generate_image(std::sync::Arc::new(model)).prompt("a");
    let request = request.header("x-team", "blue").header("authorization", "SECRET");
    request.telemetry(with(&Supplement::ALL)).await.unwrap();
    let call = trace.attributes("generate_content i > generate_content i");
    assert_eq!(call["ai.request.headers"], r#"{"authorization":"[redacted]","x-team":"blue"}"#);
    assert_eq!(call["ai.response.providerMetadata"], r#"{"openai":{"tier":"scale"}}"#);
    assert!(!trace.dump().contains("SECRET"));
}

#[tokio::test]
async fn no_attribute_is_longer_than_allowed() {
    let (trace, _guard) = Trace::start();
    let ask = |spans: GenAiSpans| {
        let telemetry = TelemetryOptions::new().integration(spans).record_inputs(true);
        generate_text(model([Turn::text("x")])).prompt("p".repeat(300_000)).telemetry(telemetry)
    };
    ask(GenAiSpans::new()).await.unwrap();
    let prompt = trace.attribute("invoke_agent m", "gen_ai.input.messages");
    let prompt = prompt.as_str().unwrap();
    assert!(prompt.starts_with("\"left out: 3000") && prompt.len() < 60, "{prompt}");

    let (trace, _guard) = Trace::start();
    ask(GenAiSpans::new().max_attribute_bytes(1 << 20)).await.unwrap();
    let prompt = trace.attribute("invoke_agent m", "gen_ai.input.messages");
    assert!(prompt.as_str().unwrap().len() > 300_000);
}
