//! Transcripts and translations of speech while it goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aqueduct::media::NoOutput;
use aqueduct::spec::audio::AudioFormat;
use aqueduct::spec::language::{ErrorPart, RawPart, StreamStart};
use aqueduct::spec::speech_translation::{
    OutputTextDelta, SpeechTranslationFinish, SpeechTranslationPart, TranslatedAudio,
};
use aqueduct::spec::transcription_stream::{
    TranscriptDelta, TranscriptionFinish, TranscriptionResponseMetadata, TranscriptionStreamPart,
};
use aqueduct::spec::{AudioInput, Data, SpeechStream, StreamTranscribe, TranslateSpeech};
use aqueduct::{
    AbortHandle, Error, ErrorKind, Result, Timeouts, Warning, audio_from_reader, stream_transcribe,
    stream_translate,
};
use aqueduct_testkit::MockModel;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::json;

type Part = TranscriptionStreamPart;

fn format() -> AudioFormat {
    AudioFormat::pcm(16_000)
}

fn delta(text: &str) -> Part {
    TranscriptDelta::new(text).into()
}

fn finish(text: &str) -> Part {
    TranscriptionFinish::new(text, []).into()
}

fn parts(parts: impl IntoIterator<Item = Result<Part>>) -> SpeechStream<Part> {
    SpeechStream::new(stream::iter(parts.into_iter().collect::<Vec<_>>()))
}

/// Answers each call with these parts.
fn model(all: impl IntoIterator<Item = Part>) -> Arc<MockModel<StreamTranscribe>> {
    let all: Vec<_> = all.into_iter().collect();
    Arc::new(MockModel::new(move |_, _| Ok(parts(all.clone().into_iter().map(Ok)))))
}

/// Hears everything and then says how many bytes it was.
fn listener() -> Arc<MockModel<StreamTranscribe>> {
    Arc::new(MockModel::new(|call: &StreamTranscribe, _| {
        let audio = call.audio().reader()?;
        let all = stream::once(async move {
            let chunks = audio.collect::<Vec<_>>().await.into_iter().collect::<Result<Vec<_>>>()?;
            Ok(finish(&chunks.concat().len().to_string()))
        });
        Ok(SpeechStream::new(all))
    }))
}

#[tokio::test]
async fn the_parts_come_and_then_the_whole() {
    let mut metadata = TranscriptionResponseMetadata::default();
    metadata.model_id = Some("whisper-2".to_owned());
    let mut finish = TranscriptionFinish::new("Hello", []);
    finish.language = Some("en".to_owned());
    finish.duration_in_seconds = Some(1.5);
    let model = model([
        StreamStart::new([Warning::other("w")]).into(),
        metadata.into(),
        delta("Hel"),
        RawPart::new(json!(1)).into(),
        delta("lo"),
        finish.into(),
    ]);
    let request = stream_transcribe(&model, format(), vec![1]).header("x-a", "b");
    let request = request.include_raw_chunks().provider_options("mock", json!({ "a": 1 }));
    let mut stream = request.await.unwrap();
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        seen.push(part.unwrap().tag().to_owned());
    }
    assert_eq!(seen, ["transcript-delta", "raw", "transcript-delta"]);
    let whole = stream.collect().await.unwrap();
    assert_eq!(whole.text, "Hello");
    assert_eq!(whole.language.as_deref(), Some("en"));
    assert_eq!(whole.duration_in_seconds, Some(1.5));
    assert_eq!(whole.warnings, [Warning::other("w")]);
    let response = whole.response.unwrap();
    assert_eq!(response.model_id.as_deref(), Some("whisper-2"));
    assert!(response.timestamp.is_some(), "the time of the request where nobody says another");
    assert_eq!(
        serde_json::to_value(&*model.calls()[0].0).unwrap(),
        json!({ "inputAudioFormat": { "type": "audio/pcm", "rate": 16000 },
            "providerOptions": { "mock": { "a": 1 } }, "headers": { "x-a": "b" },
            "includeRawChunks": true })
    );
}

#[tokio::test]
async fn audio_is_bytes_a_stream_or_a_reader() {
    let chunks = [Bytes::from_static(b"ab"), Bytes::from_static(b"c")];
    let inputs: [AudioInput; 4] = [
        vec![0; 100_000].into(),
        Data::Base64("YWJj".to_owned()).into(),
        AudioInput::new(stream::iter(chunks)),
        audio_from_reader(&b"abcd"[..]),
    ];
    let mut heard = Vec::new();
    for audio in inputs {
        heard.push(stream_transcribe(&listener(), format(), audio).stream().text().await.unwrap());
    }
    assert_eq!(heard, ["100000", "3", "3", "4"]);
}

#[tokio::test]
async fn audio_that_fails_fails_the_call() {
    let failed = Error::new(ErrorKind::Network, "no microphone");
    let audio = AudioInput::fallible(stream::iter([Ok(Bytes::from_static(b"a")), Err(failed)]));
    let error = stream_transcribe(&listener(), format(), audio).stream().text().await.unwrap_err();
    assert_eq!(error.message(), "no microphone");
}

#[tokio::test]
async fn nothing_is_heard_before_anybody_reads() {
    let model = listener();
    let audio = AudioInput::from(vec![1]);
    let stream = stream_transcribe(&model, format(), audio.clone()).await.unwrap();
    assert!(model.calls().is_empty() && !audio.is_spent());
    assert_eq!(stream.text().await.unwrap(), "1");
    assert!(audio.is_spent());
}

#[tokio::test(start_paused = true)]
async fn a_call_is_tried_again_until_its_audio_is_read() {
    let broken = || Error::new(ErrorKind::Network, "cut");
    // The first attempt fails before it reads: the second hears everything.
    let tries = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tries);
    let inner = listener();
    let model = MockModel::<StreamTranscribe>::new(move |call, number| {
        count.fetch_add(1, Ordering::Relaxed);
        let reader = call.audio().reader()?;
        if number == 0 {
            return Err(broken());
        }
        drop(reader);
        let answer = futures_util::FutureExt::now_or_never(aqueduct::spec::Model::call(
            &inner,
            call.clone(),
            &aqueduct::Context::default(),
        ));
        answer.unwrap()
    });
    let text = stream_transcribe(model, format(), vec![0; 3]).stream().text().await.unwrap();
    assert_eq!((text.as_str(), tries.load(Ordering::Relaxed)), ("3", 2));

    // One that fails with half of it read is not tried again, and its own error is told.
    let model = Arc::new(MockModel::<StreamTranscribe>::new(|call: &StreamTranscribe, _| {
        let mut reader = call.audio().reader()?;
        let first = futures_util::FutureExt::now_or_never(reader.next()).unwrap();
        assert_eq!(first.unwrap().unwrap().len(), 16 * 1024, "half of it");
        Err(Error::new(ErrorKind::Network, "cut after the first chunk"))
    }));
    let request = stream_transcribe(&model, format(), vec![0; 20 * 1024]);
    let error = request.stream().text().await.unwrap_err();
    assert_eq!(error.message(), "cut after the first chunk");
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn no_transcript_is_an_error() {
    let missing = |error: &Error| NoOutput::of(error).map(|no| no.missing);
    for all in [vec![finish("")], vec![delta("a")], vec![]] {
        let mut stream = stream_transcribe(&model(all), format(), vec![1]).stream();
        let mut last = None;
        while let Some(part) = stream.next().await {
            last = part.err();
        }
        assert_eq!(missing(&last.unwrap()), Some("transcript"));
        let error = stream.collect().await.unwrap_err();
        assert_eq!(missing(&error), Some("transcript"));
        assert_eq!(error.provider(), Some("mock"));
    }
}

#[tokio::test]
async fn what_the_provider_reports_is_a_part_and_the_error_if_nothing_follows() {
    let report = || ErrorPart::new(json!({ "message": "m", "type": "rate_limit_exceeded" })).into();
    let all = vec![report(), delta("a"), finish("a")];
    let mut stream = stream_transcribe(&model(all), format(), vec![1]).stream();
    assert!(matches!(stream.next().await, Some(Ok(Part::Error(_)))));
    assert_eq!(stream.text().await.unwrap(), "a", "it went on");

    let all = vec![delta("a"), report()];
    let stream = stream_transcribe(&model(all), format(), vec![1]).stream();
    let error = stream.text().await.unwrap_err();
    assert_eq!((error.message(), error.kind()), ("m", ErrorKind::RateLimited));
    assert_eq!(error.model(), Some("mock"));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_when_it_is_awaited() {
    let request = stream_transcribe(&model([]), format(), vec![1]).provider_options("mock", 1);
    assert_eq!(request.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let stream = stream_transcribe("no-such-provider/m", format(), vec![1]).stream();
    assert_eq!(stream.text().await.unwrap_err().kind(), ErrorKind::NoSuchProvider);
}

/// A model whose answer stops for so many seconds before each part, and the number of its connections that are open.
fn slow(seconds: u64) -> (MockModel<StreamTranscribe>, Arc<()>) {
    let open = Arc::new(());
    let token = Arc::clone(&open);
    let model = MockModel::new(move |_: &StreamTranscribe, _| {
        let token = Arc::clone(&token);
        Ok(SpeechStream::new(stream::iter([delta("a"), delta("b"), finish("ab")]).then(
            move |part| {
                let _token = Arc::clone(&token);
                async move {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    Ok(part)
                }
            },
        )))
    });
    (model, open)
}

#[tokio::test(start_paused = true)]
async fn it_takes_no_longer_than_allowed() {
    let second = Duration::from_secs(1);
    let cases = [
        (Timeouts::from(second * 25), Some("timeout.total")),
        (Timeouts::new().step(second * 25), Some("timeout.step")),
        (Timeouts::new().first_chunk(second * 9), Some("timeout.first_chunk")),
        (Timeouts::new().chunk(second * 9), Some("timeout.chunk")),
        (Timeouts::new().total(second * 31).first_chunk(second * 11).chunk(second * 11), None),
    ];
    for (timeouts, exceeded) in cases {
        let (model, _) = slow(10);
        let stream = stream_transcribe(model, format(), vec![1]).timeout(timeouts).stream();
        let error = stream.text().await.err();
        let param = error.as_ref().and_then(|error| error.param()?.as_str());
        assert_eq!(param, exceeded, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_not_kept_to_the_limits_of_the_provider() {
    let (model, _) = slow(1);
    let timeouts = Timeouts::new().chunk(Duration::from_secs(5));
    let mut stream = stream_transcribe(model, format(), vec![1]).timeout(timeouts).stream();
    while let Some(part) = stream.next().await {
        part.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(stream.text().await.unwrap(), "ab");
}

#[tokio::test(start_paused = true)]
async fn giving_up_and_dropping_end_the_call_and_free_the_audio() {
    let abort = AbortHandle::new();
    let (model, open) = slow(10);
    let (audio, chunks) = tokio::sync::mpsc::channel::<Bytes>(1);
    let input = AudioInput::new(stream::unfold(chunks, |mut chunks| async move {
        Some((chunks.recv().await?, chunks))
    }));
    let request = stream_transcribe(model, format(), input).abort_handle(&AbortHandle::new());
    let mut stream = request.abort_handle(&abort).stream();
    stream.next().await.unwrap().unwrap();
    abort.abort_because("enough");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.message(), "the request was aborted: enough");
    assert!(stream.next().await.is_none());
    assert_eq!(stream.collect().await.unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(audio.is_closed(), "nobody listens any more");
    assert_eq!(Arc::strong_count(&open), 1, "the mock is gone with its streams");

    let (model, open) = slow(10);
    let model = Arc::new(model);
    let mut stream = stream_transcribe(&model, format(), vec![1]).stream();
    stream.next().await.unwrap().unwrap();
    let before = Arc::strong_count(&open);
    drop(stream);
    assert!(Arc::strong_count(&open) < before);
}

fn translator(all: Vec<SpeechTranslationPart>) -> Arc<MockModel<TranslateSpeech>> {
    Arc::new(MockModel::new(move |_, _| {
        let all: Vec<_> = all.clone().into_iter().map(Ok).collect();
        Ok(SpeechStream::new(stream::iter(all)))
    }))
}

#[tokio::test]
async fn speech_is_translated() {
    let model = translator(vec![
        StreamStart::new([Warning::other("w")]).into(),
        OutputTextDelta::new("Hola").into(),
        TranslatedAudio::new(vec![1, 2]).into(),
        SpeechTranslationFinish::new("Hello", "Hola").into(),
    ]);
    let request = stream_translate(&model, format(), vec![1], "es").source_language("en");
    let mut stream = request.output_format(AudioFormat::pcm(24_000)).await.unwrap();
    let mut tags = Vec::new();
    while let Some(part) = stream.next().await {
        tags.push(part.unwrap().tag().to_owned());
    }
    assert_eq!(tags, ["output-text-delta", "audio"]);
    let whole = stream.collect().await.unwrap();
    assert_eq!((whole.source_text.as_str(), whole.text.as_str()), ("Hello", "Hola"));
    assert_eq!(whole.warnings.len(), 1);
    assert_eq!(
        serde_json::to_value(&*model.calls()[0].0).unwrap(),
        json!({ "inputAudioFormat": { "type": "audio/pcm", "rate": 16000 },
            "targetLanguage": "es", "sourceLanguage": "en",
            "outputAudioFormat": { "type": "audio/pcm", "rate": 24000 } })
    );
}

#[tokio::test]
async fn a_translation_is_audio_or_text() {
    let finish = |text: &str| SpeechTranslationFinish::new("Hello", text).into();
    let audio = || TranslatedAudio::new(vec![1]).into();
    let whole =
        |all| stream_translate(&translator(all), format(), vec![1], "es").stream().collect();
    assert_eq!(whole(vec![audio(), finish("")]).await.unwrap().text, "");
    assert_eq!(whole(vec![finish("Hola")]).await.unwrap().text, "Hola");
    for all in [vec![finish("")], vec![audio()]] {
        let error = whole(all).await.unwrap_err();
        assert_eq!(NoOutput::of(&error).unwrap().missing, "translation");
    }
}
