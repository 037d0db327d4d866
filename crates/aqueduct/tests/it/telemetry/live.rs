//! Speech that goes on: a request and its call last as long as their stream.

use std::sync::Arc;

use aqueduct::spec::audio::AudioFormat;
use aqueduct::spec::speech_stream::SpeechPart;
use aqueduct::spec::speech_translation::{
    OutputTextDelta, SpeechTranslationFinish, SpeechTranslationPart, SpeechTranslationUsage,
};
use aqueduct::spec::transcription_stream::{
    TranscriptDelta, TranscriptionFinish, TranscriptionStreamPart,
};
use aqueduct::spec::{Call, ModelInfo, SpeechStream, StreamTranscribe, TranslateSpeech};
use aqueduct::{AbortHandle, Error, ErrorKind, stream_transcribe, stream_translate};
use aqueduct_testkit::MockModel;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::{Value, json};

use super::capture::Trace;
use super::spans;

const REQUEST: &str = "generate_content live";
const CALL: &str = "generate_content live > generate_content live";

fn pcm() -> AudioFormat {
    AudioFormat::pcm(16_000)
}

fn model<C, P>(parts: Vec<P>) -> Arc<MockModel<C>>
where
    C: Call<Output = SpeechStream<P>>,
    P: SpeechPart + Clone + Sync,
{
    let answer = move |_: &C, _| {
        let parts: Vec<_> = parts.clone().into_iter().map(Ok).collect();
        // It never ends by itself: that a call is over is told by its parts.
        Ok(SpeechStream::new(stream::iter(parts).chain(stream::pending())))
    };
    Arc::new(MockModel::new(answer).with_info(ModelInfo::new("openai.transcription", "live")))
}

fn transcriber(finish: Option<&str>) -> Arc<MockModel<StreamTranscribe>> {
    let mut parts: Vec<TranscriptionStreamPart> = vec![TranscriptDelta::new("SECRET").into()];
    parts.extend(finish.map(|text| TranscriptionFinish::new(text, []).into()));
    model(parts)
}

#[tokio::test]
async fn a_transcript_lasts_until_its_stream_ends() {
    let (trace, _guard) = Trace::start();
    let request = stream_transcribe(&transcriber(Some("SECRET words")), pcm(), vec![1]);
    let mut stream = request.telemetry(spans()).await.unwrap();
    assert!(trace.tree().is_empty(), "nothing is told of what has not begun");
    stream.next().await.unwrap().unwrap();
    assert_eq!(trace.open().len(), 2);
    assert!(stream.next().await.is_none());
    assert!(trace.open().is_empty(), "the stream is over, dropped or not");
    assert!(!trace.dump().contains("SECRET"), "{}", trace.dump());
    drop(stream);

    let (trace, _guard) = Trace::start();
    let request = stream_transcribe(&transcriber(Some("words")), pcm(), vec![1]);
    let telemetry = spans().record_inputs(true).record_outputs(true);
    request.telemetry(telemetry).stream().collect().await.unwrap();
    let call = trace.attributes(CALL);
    assert_eq!(call["gen_ai.output.type"], "text");
    assert_eq!(call["gen_ai.response.model"], "live");
    let messages =
        |name: &str| -> Value { serde_json::from_str(call[name].as_str().unwrap()).unwrap() };
    let heard = json!({ "type": "blob", "modality": "audio", "mime_type": "audio/pcm" });
    assert_eq!(messages("gen_ai.input.messages")[0]["parts"][0], heard);
    assert_eq!(messages("gen_ai.output.messages")[0]["parts"][0]["content"], "words");
    assert_eq!(trace.attribute(CALL, "error.type"), Value::Null);
}

#[tokio::test]
async fn a_translation_tells_what_it_used() {
    let (trace, _guard) = Trace::start();
    let mut finish = SpeechTranslationFinish::new("Hello", "Hola");
    let mut usage = SpeechTranslationUsage::default();
    (usage.input_audio_tokens, usage.input_text_tokens) = (Some(3), Some(4));
    usage.output_audio_tokens = Some(5);
    finish.usage = Some(usage);
    let parts: Vec<SpeechTranslationPart> =
        vec![OutputTextDelta::new("Hola").into(), finish.into()];
    let request = stream_translate(&model::<TranslateSpeech, _>(parts), pcm(), vec![1], "es");
    request.telemetry(spans()).stream().collect().await.unwrap();
    let call = trace.attributes(CALL);
    assert_eq!(
        (&call["gen_ai.usage.input_tokens"], &call["gen_ai.output.type"]),
        (&json!(7), &json!("speech"))
    );
    assert_eq!(call["gen_ai.usage.output_tokens"], 5);
}

#[tokio::test]
async fn failures_and_those_who_give_up_end_both() {
    let both = |trace: &Trace, expected: &str| {
        assert!(trace.open().is_empty());
        for path in [REQUEST, CALL] {
            assert_eq!(trace.attribute(path, "error.type"), expected, "{path}");
        }
    };
    let (trace, _guard) = Trace::start();
    let failing =
        MockModel::<StreamTranscribe>::failing(Error::new(ErrorKind::Authentication, "no"));
    let failing = Arc::new(failing.with_info(ModelInfo::new("openai.transcription", "live")));
    let request = stream_transcribe(&failing, pcm(), vec![1]).telemetry(spans());
    request.stream().collect().await.unwrap_err();
    both(&trace, "authentication");

    let (trace, _guard) = Trace::start();
    let mut stream =
        stream_transcribe(&transcriber(None), pcm(), vec![1]).telemetry(spans()).stream();
    stream.next().await.unwrap().unwrap();
    assert!(stream.next().now_or_never().is_none());
    drop(stream);
    both(&trace, "cancelled");

    let (trace, _guard) = Trace::start();
    let abort = AbortHandle::new();
    let request = stream_transcribe(&transcriber(None), pcm(), vec![1]).abort_handle(&abort);
    let mut stream = request.telemetry(spans()).stream();
    stream.next().await.unwrap().unwrap();
    abort.abort();
    stream.next().await.unwrap().unwrap_err();
    both(&trace, "cancelled");
}
