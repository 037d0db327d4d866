//! The mocks.

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult};
use aqueduct_spec::language::{CallOptions, Message};
use aqueduct_spec::{Context, Embed, Error, ErrorKind, Generate, Model, Provider as _, Stream};
use aqueduct_testkit::{MockLanguageModel, MockModel, MockProvider, Turn, fold};
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

#[tokio::test]
async fn lists_end_with_an_error_and_pending_turns_never_do() {
    let model = MockLanguageModel::answers(["only"]);
    let call = Generate::from(CallOptions::new([Message::user("hi")]));
    let cx = Context::default();
    assert_eq!(model.call(call.clone(), &cx).await.unwrap().text(), "only");
    assert_eq!(model.call(call.clone(), &cx).await.unwrap_err().kind(), ErrorKind::Internal);
    let pending = MockLanguageModel::answers([Turn::pending()]);
    assert!(pending.call(call, &cx).now_or_never().is_none());
}

#[tokio::test]
async fn a_provider_finds_its_models_of_every_kind() {
    let embedding = MockModel::<Embed>::new(|call, _| {
        Ok(EmbedResult::new(vec![vec![1.0]; call.values.len()], vec![]))
    });
    let provider = MockProvider::new("mine")
        .with_language("a", MockLanguageModel::text("hi"))
        .with_embedding("e", embedding);
    assert_eq!(provider.id(), "mine");
    assert!(provider.language_model("a").is_ok());
    assert_eq!(provider.language_model("e").err().unwrap().kind(), ErrorKind::NoSuchModel);
    let model = provider.embedding_model("e").unwrap();
    let options = EmbedOptions::new(["x".to_owned(), "y".to_owned()]);
    assert_eq!(model.call(options.into(), &Context::default()).await.unwrap().embeddings.len(), 2);
}
