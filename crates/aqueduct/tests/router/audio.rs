//! Layers and routers with calls that bring a stream of audio: it is read once, by one model.

use std::sync::Arc;

use aqueduct::layer::{Cache, Cached, ChangeCall, Fallback, FirstPart, Retry, RetryPolicy};
use aqueduct::router::{Route, Router, Target};
use aqueduct::spec::audio::AudioFormat;
use aqueduct::spec::language::StreamStart;
use aqueduct::spec::realtime::ClientSecret;
use aqueduct::spec::transcription_stream::{
    StreamTranscribeOptions, TranscriptionFinish, TranscriptionStream,
};
use aqueduct::spec::{
    AudioInput, Context, Describe as _, Error, ErrorKind, Model, ModelInfo, Provider as _, Result,
    SpeechStream, StreamTranscribe,
};
use aqueduct_testkit::{MockModel, MockProvider, MockRealtimeModel};
use futures_util::{FutureExt as _, StreamExt as _, stream};

type Mock = Arc<MockModel<StreamTranscribe>>;

/// Fails in a way that may pass, before or after it read a chunk.
fn failing(reads: bool) -> Mock {
    Arc::new(MockModel::new(move |call: &StreamTranscribe, _| {
        let mut reader = call.audio().reader()?;
        if reads {
            reader.next().now_or_never().unwrap().unwrap()?;
        }
        Err(Error::new(ErrorKind::Network, "cut"))
    }))
}

/// Hears everything and says how many bytes it was.
fn hearing() -> Mock {
    let model = MockModel::new(|call: &StreamTranscribe, _| {
        let mut audio = call.audio().reader()?;
        Ok(SpeechStream::new(stream::once(async move {
            let mut bytes = 0;
            while let Some(chunk) = audio.next().await {
                bytes += chunk?.len();
            }
            Ok(TranscriptionFinish::new(bytes.to_string(), []).into())
        })))
    });
    Arc::new(model.with_info(ModelInfo::new("hearing", "m")))
}

fn call() -> StreamTranscribe {
    StreamTranscribe::new(StreamTranscribeOptions::new(AudioFormat::pcm(8000)), vec![0; 40_000])
}

async fn ask(model: &dyn Model<StreamTranscribe>, call: &StreamTranscribe) -> Result<String> {
    let answer = model.call(call.clone(), &Context::default()).await?;
    read(answer).await
}

async fn read(answer: TranscriptionStream) -> Result<String> {
    let parts: Vec<_> = answer.stream.collect().await;
    let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(serde_json::to_value(parts.last()).unwrap()["text"].as_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn nobody_sends_half_of_it_again() {
    for (reads, attempts) in [(false, 3), (true, 1)] {
        let mock = failing(reads);
        let model = Retry::new(Arc::clone(&mock), RetryPolicy::default());
        let error = ask(&model, &call()).await.unwrap_err();
        assert_eq!(error.message(), "cut", "the error of the attempt that read it");
        assert_eq!(mock.calls().len(), attempts);

        let next = hearing();
        let model = Fallback::new(failing(reads)).then(Arc::clone(&next));
        let answer = ask(&model, &call()).await;
        assert_eq!(answer.ok().as_deref(), (!reads).then_some("40000"));
        assert_eq!(next.calls().len(), usize::from(!reads));
    }
}

#[tokio::test]
async fn an_answer_is_handed_over_before_any_audio_is_read() {
    let model = FirstPart::new(hearing());
    let call = call();
    let answer = model.call(call.clone(), &Context::default()).await.unwrap();
    assert!(!call.audio().is_spent());
    assert_eq!(read(answer).await.unwrap(), "40000");
    assert!(call.audio().is_spent());
    let error = ask(&model, &call).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidRequest, false));
}

#[tokio::test]
async fn it_is_not_answered_from_a_cache() {
    let mock = hearing();
    let cache = Cache::memory(std::time::Duration::from_secs(60), 1 << 20);
    let model = Cached::new(Arc::clone(&mock), cache);
    for _ in 0..2 {
        assert_eq!(ask(&model, &call()).await.unwrap(), "40000");
    }
    assert_eq!(mock.calls().len(), 2);
}

#[tokio::test]
async fn its_options_can_be_changed() {
    let mock = hearing();
    let change = |options: &mut StreamTranscribeOptions| {
        options.include_raw_chunks = Some(true);
        Ok(())
    };
    let model = ChangeCall::new(Arc::clone(&mock), change);
    assert_eq!(ask(&model, &call()).await.unwrap(), "40000");
    assert_eq!(mock.calls()[0].include_raw_chunks, Some(true));
}

fn router(first: &Mock, second: &Mock) -> Router {
    let provider = |id: &str, model: &Mock| {
        let voice = MockRealtimeModel::secret(ClientSecret::new(id, "wss://host"));
        let provider = MockProvider::new(id)
            .with_streaming_transcription("m", Arc::clone(model))
            .with_realtime("v", voice.with_info(ModelInfo::new(id, "v")));
        Target::built(id, Arc::new(provider))
    };
    Router::builder()
        .target(provider("first", first))
        .target(provider("second", second))
        .route("fast", Route::new().model("first/m", 1.0).fallback("second/m"))
        .route("voice", Route::new().model("first/v", 1.0).fallback("second/v"))
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_router_goes_on_to_the_next_until_the_audio_is_read() {
    for (reads, heard) in [(false, true), (true, false)] {
        let (first, second) = (failing(reads), hearing());
        let model = router(&first, &second).streaming_transcription_model("fast").unwrap();
        let call = call();
        let answer = model.call(call, &Context::default()).await;
        assert_eq!(answer.is_ok(), heard);
        assert_eq!(second.calls().len(), usize::from(heard));
        match answer {
            Ok(answer) => assert_eq!(read(answer).await.unwrap(), "40000"),
            Err(error) => {
                assert_eq!(error.message(), "cut");
                assert_eq!(first.calls().len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn what_a_router_did_is_told_at_the_end() {
    let (first, second) = (hearing(), hearing());
    let model = router(&first, &second).streaming_transcription_model("fast").unwrap();
    let answer = model.call(call(), &Context::default()).await.unwrap();
    let parts: Vec<_> = answer.stream.collect().await;
    let finish = serde_json::to_value(parts.last().unwrap().as_ref().unwrap()).unwrap();
    let routing = &finish["providerMetadata"]["gateway"]["routing"];
    assert_eq!(routing["finalProvider"], "first", "{finish:#}");
}

#[tokio::test]
async fn a_session_is_held_with_the_first_target() {
    let router = router(&hearing(), &hearing());
    let model = router.realtime_model("voice").unwrap();
    assert_eq!(model.info().provider, "first");
    let secret = model.create_client_secret(Default::default(), &Context::default()).await.unwrap();
    assert_eq!(secret.token, "first");
    assert_eq!(router.realtime_model("first/x").err().unwrap().kind(), ErrorKind::NoSuchModel);
}

#[tokio::test]
async fn a_stream_that_begins_is_passed_on_as_it_is() {
    let model: Mock = Arc::new(MockModel::new(|_, _| {
        let parts = [Ok(StreamStart::new([]).into()), Err(Error::new(ErrorKind::Network, "cut"))];
        Ok(SpeechStream::new(stream::iter(parts)))
    }));
    let second = hearing();
    let routed = router(&model, &second).streaming_transcription_model("fast").unwrap();
    let audio = AudioInput::from(vec![1]);
    let options = StreamTranscribeOptions::new(AudioFormat::pcm(8000));
    let answer = routed.call(StreamTranscribe::new(options, audio), &Context::default()).await;
    let mut parts = answer.unwrap().stream;
    assert_eq!(parts.next().await.unwrap().unwrap().tag(), "stream-start");
    assert_eq!(parts.next().await.unwrap().unwrap_err().message(), "cut");
    assert!(second.calls().is_empty());
}
