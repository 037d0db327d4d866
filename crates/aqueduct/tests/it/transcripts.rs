//! Text from speech.

use std::sync::Arc;

use aqueduct::media::MediaInput;
use aqueduct::spec::Transcribe;
use aqueduct::spec::transcription::{TranscribeResult, TranscriptSegment};
use aqueduct::{Client, Downloader, ErrorKind, transcribe};
use aqueduct_testkit::{MockModel, Reply, ScriptedUpstream};

fn model(text: &'static str) -> Arc<MockModel<Transcribe>> {
    Arc::new(MockModel::new(move |_, _| {
        let segments = vec![TranscriptSegment::new(text, 0.0, 1.5)];
        Ok(TranscribeResult::new(text, segments, Vec::new()))
    }))
}

#[tokio::test]
async fn takes_bytes_and_base64() {
    let model = model("hello");
    let answer = transcribe(&model, b"OggS....".to_vec()).header("x-a", "b").await.unwrap();
    assert_eq!((answer.text.as_str(), answer.segments.len()), ("hello", 1));
    transcribe(&model, "T2dnUw==").await.unwrap();
    transcribe(&model, b"????".to_vec()).await.unwrap();
    transcribe(&model, MediaInput::from(vec![0]).with_media_type("audio/pcm")).await.unwrap();
    let calls = model.calls();
    let types: Vec<_> = calls.iter().map(|call| call.media_type.as_str()).collect();
    assert_eq!(types, ["audio/ogg", "audio/ogg", "audio/wav", "audio/pcm"]);
    assert_eq!(calls[1].audio.to_bytes().unwrap(), "OggS");
    assert_eq!(calls[0].headers.as_ref().unwrap()["x-a"].as_deref(), Some("b"));
}

#[tokio::test]
async fn fetches_urls() {
    let upstream =
        ScriptedUpstream::always(Reply::text(200, "fLaC....").header("content-type", "audio/flac"));
    let model = model("hello");
    let url = format!("{}/a.flac", upstream.url());
    let downloader = Downloader::new(&Client::new()).allow_private();
    transcribe(&model, url.clone()).downloader(downloader).await.unwrap();
    assert_eq!(model.calls()[0].media_type, "audio/flac");
    let error = transcribe(&model, url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "a private host");
}

#[tokio::test]
async fn silence_has_an_empty_transcript() {
    assert_eq!(transcribe(&model(""), vec![0]).await.unwrap().text, "");
}
