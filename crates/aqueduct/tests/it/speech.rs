//! Speech from text.

use std::sync::Arc;

use aqueduct::generate_speech;
use aqueduct::media::NoOutput;
use aqueduct::spec::speech::GenerateSpeechResult;
use aqueduct::spec::{Data, GenerateSpeech};
use aqueduct_testkit::MockModel;
use serde_json::json;

fn model(audio: &'static [u8]) -> Arc<MockModel<GenerateSpeech>> {
    Arc::new(MockModel::new(move |_, _| {
        Ok(GenerateSpeechResult::new(Data::from(audio.to_vec()), Vec::new()))
    }))
}

#[tokio::test]
async fn says_what_was_asked() {
    let model = model(b"RIFF....WAVE");
    let request = generate_speech(&model, "hello").voice("alloy").output_format("wav");
    let request = request.instructions("softly").speed(1.5).language("en");
    let answer = request.header("x-a", "b").await.unwrap();
    assert_eq!(
        (answer.audio.media_type.as_str(), answer.audio.format()),
        ("audio/wav", "wav".into())
    );
    let call = serde_json::to_value(&*model.calls()[0].0).unwrap();
    assert_eq!(
        call,
        json!({"text": "hello", "voice": "alloy", "outputFormat": "wav", "instructions": "softly",
            "speed": 1.5, "language": "en", "headers": {"x-a": "b"}})
    );
}

#[tokio::test]
async fn unknown_audio_is_taken_for_mp3() {
    let answer = generate_speech(&model(b"????"), "hello").await.unwrap();
    assert_eq!(
        (answer.audio.media_type.as_str(), answer.audio.format()),
        ("audio/mp3", "mp3".into())
    );
}

#[tokio::test]
async fn says_when_there_is_no_speech() {
    let error = generate_speech(&model(b""), "hello").await.unwrap_err();
    assert_eq!(NoOutput::of(&error).unwrap().missing, "speech");
}
