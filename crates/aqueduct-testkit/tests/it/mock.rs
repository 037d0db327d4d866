//! The mocks.

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult};
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{
    Context, Embed, Error, ErrorKind, Generate, GenerateImage, GenerateSpeech, Model,
    Provider as _, Rerank, Stream, Transcribe,
};
use aqueduct_testkit::{MockLanguageModel, MockModel, MockProvider, MockVideoModel, Turn, fold};
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;

#[tokio::test]
async fn a_turn_is_the_same_whole_and_streamed() {
    let model = MockLanguageModel::new(|options, number| {
        assert_eq!(options.prompt.len(), 1);
        if number < 2 {
            Turn::tool_call("c", "t", &json!({ "a": 1 }))
        } else {
            Turn::error(Error::internal("spent"))
        }
    });
    let options = CallOptions::new([Message::user("hi")]);
    let cx = Context::default();
    let whole = Model::<Generate>::call(&model, options.clone().into(), &cx).await.unwrap();
    let stream = Model::<Stream>::call(&model, options.clone().into(), &cx).await.unwrap();
    assert_eq!(fold(stream.stream.collect::<Vec<_>>().await).unwrap(), whole);
    assert_eq!(whole.tool_calls().next().unwrap().input, r#"{"a":1}"#);
    assert!(Model::<Stream>::call(&model, options.into(), &cx).await.is_err());
    let kinds: Vec<_> = model.calls().iter().map(|call| call.is_stream).collect();
    assert_eq!(kinds, [false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn lists_end_with_an_error_and_pending_turns_never_do() {
    let model = MockLanguageModel::answers(["only"]);
    let call = Generate::from(CallOptions::new([Message::user("hi")]));
    let cx = Context::default();
    assert_eq!(model.call(call.clone(), &cx).await.unwrap().text(), "only");
    assert_eq!(model.call(call.clone(), &cx).await.unwrap_err().kind(), ErrorKind::Internal);
    let recorded: Vec<_> = model.calls().iter().map(|call| call.options.prompt.len()).collect();
    assert_eq!(recorded, [1, 1], "a call that fails is recorded, too");
    let turns = [Turn::text("late").after(std::time::Duration::from_secs(9))];
    let slow = MockLanguageModel::answers(turns);
    let begin = tokio::time::Instant::now();
    assert_eq!(slow.call(call.clone(), &cx).await.unwrap().text(), "late");
    assert_eq!(begin.elapsed().as_secs(), 9);
    let pending = MockLanguageModel::answers([Turn::pending()]);
    assert!(pending.call(call, &cx).now_or_never().is_none());
}

fn video() -> MockVideoModel {
    MockVideoModel::new(MockModel::answers([]), MockModel::answers([]), MockModel::answers([]))
}

#[tokio::test]
async fn a_provider_finds_its_models_of_every_kind() {
    let embedding = MockModel::<Embed>::new(|call, _| {
        Ok(EmbedResult::new(vec![vec![1.0]; call.values.len()], vec![]))
    });
    let provider = MockProvider::new("mine")
        .with_language("a", MockLanguageModel::text("hi"))
        .with_embedding("e", embedding)
        .with_image("i", MockModel::<GenerateImage>::answers([]))
        .with_speech("s", MockModel::<GenerateSpeech>::answers([]))
        .with_transcription("t", MockModel::<Transcribe>::answers([]))
        .with_reranking("r", MockModel::<Rerank>::answers([]))
        .with_video("v", video());
    assert_eq!(provider.id(), "mine");
    let found = [
        (provider.image_model("i").is_ok(), provider.image_model("a").is_err()),
        (provider.speech_model("s").is_ok(), provider.speech_model("a").is_err()),
        (provider.transcription_model("t").is_ok(), provider.transcription_model("a").is_err()),
        (provider.reranking_model("r").is_ok(), provider.reranking_model("a").is_err()),
        (provider.video_model("v").is_ok(), provider.video_model("a").is_err()),
    ];
    assert_eq!(found, [(true, true); 5], "what is there, and nothing else");
    assert!(provider.language_model("a").is_ok());
    assert_eq!(provider.language_model("e").err().unwrap().kind(), ErrorKind::NoSuchModel);
    let model = provider.embedding_model("e").unwrap();
    let options = EmbedOptions::new(["x".to_owned(), "y".to_owned()]);
    assert_eq!(model.call(options.into(), &Context::default()).await.unwrap().embeddings.len(), 2);
}
