//! Layers around models, providers and registries.

use std::sync::Arc;

use aqueduct::layer::{ChangeCall, ExtractJson, ProviderLayers, Renamed, WithLayer as _};
use aqueduct::spec::image::{GenerateImageOptions, GenerateImageResult};
use aqueduct::spec::language::{CallOptions, Message, StreamPart};
use aqueduct::spec::{Describe as _, GenerateImage, LanguageModel, Model as _, Provider, Stream};
use aqueduct::{Context, Registry, generate_image, generate_text};
use aqueduct_testkit::{MockLanguageModel, MockModel, MockProvider};
use futures_util::TryStreamExt as _;

/// Notes in the stop sequences that a call passed here.
fn noted<M>(model: M, note: &'static str) -> ChangeCall<M, CallOptions> {
    ChangeCall::new(model, move |call: &mut CallOptions| {
        call.stop_sequences.get_or_insert_default().push(note.to_owned());
        Ok(())
    })
}

fn stops(model: &MockLanguageModel) -> Vec<String> {
    model.calls().last().unwrap().options.stop_sequences.clone().unwrap_or_default()
}

#[tokio::test]
async fn layers_go_around_any_model_the_last_one_outermost() {
    let inner = Arc::new(MockLanguageModel::text("yes"));
    let found: Arc<dyn LanguageModel> = Arc::<MockLanguageModel>::clone(&inner);
    let model = found.layer(|model| noted(model, "inner")).layer(|model| noted(model, "outer"));
    generate_text(model).prompt("hi").await.unwrap();
    assert_eq!(stops(&inner), ["outer", "inner"]);
}

#[tokio::test]
async fn models_get_other_names() {
    let model = MockLanguageModel::text("yes").layer(Renamed::new);
    assert_eq!(model.info().model_id, "mock");
    let model = model.with_model_id("fast").with_provider("mine.chat");
    let info = model.info();
    assert_eq!((info.provider.as_str(), info.model_id.as_str()), ("mine.chat", "fast"));
    assert_eq!(generate_text(model).prompt("hi").await.unwrap().text(), "yes");
}

#[tokio::test]
async fn json_is_taken_out_of_fences_or_as_one_says() {
    let text = "```json\n{\"a\": 1}\n```";
    let model = || MockLanguageModel::text(text);
    let answer = generate_text(model().layer(ExtractJson::new)).prompt("hi").await.unwrap();
    assert_eq!(answer.text(), "{\"a\": 1}");
    let shout = ExtractJson::new(model()).with_transform(|text| text.replace('`', "!"));
    let call = Stream::from(CallOptions::new([Message::user("hi")]));
    let answer = shout.call(call, &Context::default()).await.unwrap();
    let parts: Vec<StreamPart> = answer.stream.try_collect().await.unwrap();
    let deltas: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            StreamPart::TextDelta(delta) => Some(delta.delta.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(deltas, ["!!!json\n{\"a\": 1}\n!!!"]);
}

type Images = Arc<MockModel<GenerateImage>>;

/// A provider of a language model and an image model, and both.
fn provider() -> (MockProvider, Arc<MockLanguageModel>, Images) {
    let language = Arc::new(MockLanguageModel::text("yes"));
    let images = Arc::new(MockModel::<GenerateImage>::new(|_, _| {
        serde_json::from_value::<GenerateImageResult>(serde_json::json!(
            {"images": ["aGk="], "warnings": [], "response": {"timestamp": "2026-01-01T00:00:00.000Z", "modelId": "m", "headers": {}}}
        ))
        .map_err(|error| aqueduct::Error::internal(error.to_string()))
    }));
    let provider = MockProvider::new("mine")
        .with_language("m", Arc::clone(&language))
        .with_image("m", Arc::clone(&images));
    (provider, language, images)
}

fn layers() -> ProviderLayers {
    ProviderLayers::new()
        .language_models(|model| noted(model, "inner"))
        .language_models(|model| noted(model, "outer"))
        .image_models(|model| {
            ChangeCall::new(model, |call: &mut GenerateImageOptions| {
                call.seed = Some(7);
                Ok(())
            })
        })
}

#[tokio::test]
async fn every_model_of_a_provider_is_wrapped() {
    let (provider, language, images) = provider();
    // A provider that others hold too is one.
    let provider: Arc<dyn Provider> = Arc::new(provider);
    let provider = layers().wrap(Arc::clone(&provider));
    assert_eq!(provider.id(), "mine");
    let model = provider.language_model("m").unwrap();
    generate_text(&model).prompt("hi").await.unwrap();
    assert_eq!(stops(&language), ["outer", "inner"]);
    let model = provider.image_model("m").unwrap();
    generate_image(&model).prompt("a drop").await.unwrap();
    assert_eq!(images.calls()[0].seed, Some(7));
    assert!(provider.speech_model("m").is_err() && provider.files().is_err());
}

#[tokio::test]
async fn every_model_of_a_registry_is_wrapped() {
    let (provider, language, images) = provider();
    let registry = Registry::builder()
        .provider("mine", provider.clone())
        .fallback(provider)
        .separator(" > ")
        .layers(layers())
        .build();
    generate_text("mine > m").registry(&registry).prompt("hi").await.unwrap();
    assert_eq!(stops(&language), ["outer", "inner"]);
    generate_text("m").registry(&registry).prompt("hi").await.unwrap();
    assert_eq!(stops(&language), ["outer", "inner"], "the fallback too");
    generate_image("mine > m").registry(&registry).prompt("a drop").await.unwrap();
    assert_eq!(images.calls()[0].seed, Some(7));
}

#[test]
fn wires_are_wrapped_too() {
    struct Wired(MockProvider);
    impl Provider for Wired {
        fn id(&self) -> &str {
            "wired"
        }
        fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
            (wire == "chat").then(|| Arc::new(self.0.clone()) as _)
        }
    }
    let rename =
        ProviderLayers::new().language_models(|model| Renamed::new(model).with_model_id("new"));
    let wired = rename.wrap(Wired(provider().0));
    let model = wired.wire("chat").unwrap().language_model("m").unwrap();
    assert_eq!(model.info().model_id, "new");
    assert!(wired.wire("other").is_none());
}
