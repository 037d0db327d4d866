//! Live audio, and realtime.

use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::realtime::{ClientEvent, CreateClientSecretOptions, ResponseCancel};
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::speech_translation::TranslateSpeechOptions;
use aqueduct_spec::timestamp::Timestamp;
use aqueduct_spec::transcription_stream::{StreamTranscribeOptions, TranscriptionStreamPart};
use aqueduct_spec::{
    AudioInput, Context, ErrorKind, ProviderOptions, Result, StreamTranscribe, TranslateSpeech,
};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{object, simulator};

fn options(script: Value) -> StreamTranscribeOptions {
    let mut options = StreamTranscribeOptions::new(AudioFormat::pcm(8000));
    options.provider_options = Some(ProviderOptions::of("simulator", object(script)));
    options
}

async fn transcribe(
    options: StreamTranscribeOptions,
    audio: impl Into<AudioInput>,
) -> Result<Vec<Result<TranscriptionStreamPart>>> {
    let model = simulator(json!({})).streaming_transcription_model("transcription")?;
    let call = StreamTranscribe::new(options, audio);
    Ok(model.call(call, &Context::default()).await?.stream.collect().await)
}

fn values(parts: Vec<Result<TranscriptionStreamPart>>) -> Vec<Value> {
    parts.into_iter().map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect()
}

async fn spoken(text: &str) -> Bytes {
    let model = simulator(json!({})).speech_model("speech").unwrap();
    let call = GenerateSpeechOptions::new(text).into();
    model.call(call, &Context::default()).await.unwrap().audio.to_bytes().unwrap()
}

#[tokio::test]
async fn speech_can_be_transcribed_while_it_goes_on() {
    let wav = spoken("hello simulated world").await;
    // The head comes in small pieces.
    for size in [7, 100, 1 << 20] {
        let chunks: Vec<_> = wav.chunks(size).map(Bytes::copy_from_slice).collect();
        let audio = AudioInput::new(stream::iter(chunks));
        let parts = values(transcribe(options(json!({})), audio).await.unwrap());
        let text: String = parts.iter().filter_map(|part| part["delta"].as_str()).collect();
        assert_eq!(text, "hello simulated world", "in pieces of {size}");
        let finish = parts.last().unwrap();
        assert_eq!(finish["text"], "hello simulated world");
        assert_eq!(finish["durationInSeconds"].as_f64().unwrap(), 0.6);
        assert_eq!(finish["segments"].as_array().unwrap().len(), 3);
        assert_eq!(finish["providerMetadata"]["simulator"]["simulated"], true);
    }
}

#[tokio::test]
async fn a_word_is_said_for_each_chunk_that_is_heard() {
    let (audio, chunks) = mpsc::channel::<Bytes>(1);
    let input = AudioInput::new(stream::unfold(chunks, |mut chunks| async move {
        Some((chunks.recv().await?, chunks))
    }));
    let model = simulator(json!({})).streaming_transcription_model("transcription").unwrap();
    let mut options = options(json!({ "text": "one two three" }));
    options.include_raw_chunks = Some(true);
    let call = StreamTranscribe::new(options, input);
    let mut parts = model.call(call, &Context::default()).await.unwrap().stream;
    let mut next = || {
        parts
            .next()
            .now_or_never()
            .map(|part| part.map(|part| serde_json::to_value(part.unwrap()).unwrap()))
    };
    assert_eq!(next().unwrap().unwrap()["type"], "stream-start");
    assert!(next().is_none(), "nobody has spoken");
    audio.try_send(Bytes::from_static(&[0; 100])).unwrap();
    let raw = json!({ "type": "raw", "rawValue": { "type": "audio", "bytes": 100 } });
    assert_eq!(next().unwrap(), Some(raw));
    assert_eq!(next().unwrap().unwrap()["delta"], "one ");
    assert!(next().is_none());
    drop(audio);
    assert_eq!(next().unwrap().unwrap()["delta"], "two ");
    assert_eq!(next().unwrap().unwrap()["delta"], "three");
    assert_eq!(next().unwrap().unwrap()["type"], "transcript-final");
    let finish = next().unwrap().unwrap();
    assert_eq!(finish["durationInSeconds"].as_f64().unwrap(), 100.0 / 16_000.0);
    assert_eq!(next(), Some(None));
}

#[tokio::test]
async fn raw_audio_has_a_transcript_too() {
    let parts = values(transcribe(options(json!({})), vec![1, 2, 3]).await.unwrap());
    assert_eq!(parts.last().unwrap()["text"], "A simulated transcript of live audio/pcm.");
    let parts = values(transcribe(options(json!({})), Vec::new()).await.unwrap());
    assert_eq!(parts.last().unwrap()["text"], "A simulated transcript of live audio/pcm.");
}

#[tokio::test]
async fn scripts_break_it() {
    let audio = AudioInput::from(vec![0; 100]);
    let failure = json!({ "failure": { "status": 429, "times": 1 } });
    let error = transcribe(options(failure), audio.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(!audio.is_spent(), "it failed before it listened");

    let parts = transcribe(options(json!({ "failAfterChunks": 2 })), audio).await.unwrap();
    let error = parts.last().unwrap().as_ref().unwrap_err();
    assert_eq!((parts.len(), error.kind()), (4, ErrorKind::Network));
    assert_eq!(error.provider(), Some("simulator"));

    let script =
        json!({ "text": "a b", "warnings": [{ "type": "other", "message": "w" }], "x": 1 });
    let parts = values(transcribe(options(script), vec![0]).await.unwrap());
    assert_eq!(parts[0]["warnings"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn speech_is_translated() {
    let model = simulator(json!({})).speech_translation_model("speech-translation").unwrap();
    let mut options = TranslateSpeechOptions::new(AudioFormat::new("audio/wav"), "es");
    options.output_audio_format = Some(AudioFormat::pcm(24_000));
    let call = TranslateSpeech::new(options, spoken("hello world").await);
    let answer = model.call(call, &Context::default()).await.unwrap();
    let parts: Vec<_> = answer.stream.collect().await;
    let parts: Vec<_> =
        parts.into_iter().map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect();
    assert_eq!(parts[0]["warnings"][0]["feature"], "outputAudioFormat");
    let of = |tag: &str, field: &str| -> String {
        let with = parts.iter().filter(|part| part["type"] == tag);
        with.filter_map(|part| part[field].as_str()).collect()
    };
    assert_eq!(of("source-transcript-delta", "delta"), "hello world");
    assert_eq!(of("output-text-delta", "delta"), "[es] hello world");
    assert_eq!(of("output-text-final", "text"), "[es] hello world");
    assert!(of("audio", "audio").len() > 1000, "there is audio");
    let finish = parts.last().unwrap();
    assert_eq!(finish["usage"], json!({ "inputAudioSeconds": 0.4, "outputTextTokens": 3 }));
}

#[tokio::test]
async fn tokens_open_nothing_but_look_like_tokens() {
    let provider = simulator(json!({}));
    let model = provider.realtime_model("realtime").unwrap();
    let cx = Context::default()
        .with_ids(|| "id".to_owned())
        .with_clock(|| Timestamp::from_second(100).unwrap());
    let mut options = CreateClientSecretOptions::default();
    let secret = model.create_client_secret(options.clone(), &cx).await.unwrap();
    assert_eq!((secret.token.as_str(), secret.expires_at), ("simulated-id", Some(160)));
    options.expires_after_seconds = Some(5);
    assert_eq!(
        model.create_client_secret(options.clone(), &cx).await.unwrap().expires_at,
        Some(105)
    );
    let script = json!({ "providerOptions": { "simulator": { "failure": { "status": 503 } } } });
    options.session_config = serde_json::from_value(script).unwrap();
    let error = model.create_client_secret(options, &cx).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503);

    let event = ClientEvent::from(ResponseCancel::default());
    let frame = model.encode_client_event(&event).unwrap();
    assert_eq!(frame, Some(json!({ "type": "response-cancel" })));
    let frame = json!({ "type": "text-delta", "responseId": "r", "itemId": "i", "delta": "d" });
    let events = model.decode_server_event(frame.clone()).unwrap();
    assert_eq!(serde_json::to_value(&events).unwrap(), json!([frame]));
    assert_eq!(provider.realtime_model("x").err().unwrap().kind(), ErrorKind::NoSuchModel);
}
