//! The checks that every provider passes.

use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::{Context, Model as _};
use aqueduct_testkit::conformance::{self, ExpectedError, Scenario, Subject};
use serde_json::json;

use super::simulator;

#[tokio::test]
async fn language() {
    conformance::language(|scenario| {
        let (settings, model) = match scenario {
            Scenario::Text => (json!({}), "lorem"),
            Scenario::Reasoning => (json!({}), "reasoning"),
            Scenario::ToolCall => (json!({}), "tools"),
            Scenario::Error => (json!({ "failureRate": 1, "failureStatus": 529 }), "echo"),
            Scenario::BrokenStream => (json!({ "cutRate": 1 }), "echo"),
            Scenario::Endless => (json!({ "stallRate": 1 }), "echo"),
            // There are no events between a simulator and itself.
            _ => return None,
        };
        let message = "simulated failure: unknown status";
        let body = json!({ "error": { "message": message, "type": "simulated", "code": "simulated_failure" } });
        let model = simulator(settings).language_model(model).unwrap();
        Some(Subject::new(model).with_error(ExpectedError::new(529, body.to_string(), message)))
    })
    .await;
}

#[tokio::test]
async fn other_kinds() {
    let provider = simulator(json!({}));
    conformance::embedding(&*provider.embedding_model("embedding").unwrap()).await;
    conformance::reranking(&*provider.reranking_model("reranking").unwrap()).await;
    conformance::image(&*provider.image_model("image").unwrap()).await;
    let speech = provider.speech_model("speech").unwrap();
    conformance::speech(&*speech).await;
    let spoken = speech.call(GenerateSpeechOptions::new("a b").into(), &Context::default()).await;
    let transcription = provider.transcription_model("transcription").unwrap();
    conformance::transcription(&*transcription, spoken.unwrap().audio, "audio/wav").await;
}
