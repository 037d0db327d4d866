//! Models by name.

use std::sync::Arc;

#[cfg(feature = "togetherai")]
use aqueduct::Settings;
use aqueduct::spec::{Describe, Embed, LanguageModel, ModelInfo, Provider, Result};
use aqueduct::{Environment, ErrorKind, Registry, embed, generate_text};
use aqueduct_testkit::{MockLanguageModel, MockProvider};

fn given() -> Registry {
    let info = ModelInfo::new("mine.chat", "m/1");
    let model = MockLanguageModel::text("hello").with_info(info);
    Registry::builder()
        .provider("mine", MockProvider::new("mine").with_language("m/1", model))
        .build()
}

#[tokio::test]
async fn finds_models_by_either_separator_and_by_wire() {
    let registry = given();
    for name in ["mine/m/1", "mine:m/1", "mine.chat/m/1"] {
        let answer = generate_text(name).registry(&registry).prompt("hi").await.unwrap();
        assert_eq!(answer.text(), "hello", "{name}");
    }
    assert_eq!(registry.provider_ids(), ["mine"]);
}

#[cfg(feature = "simulator")]
#[test]
fn finds_models_of_every_kind() {
    let registry = Registry::from_environment(&Environment::default());
    let name = |kind| format!("simulator/{kind}");
    let found = [
        registry.language_model(&name("echo")).unwrap().info().model_id.clone(),
        registry.embedding_model(&name("embedding")).unwrap().info().model_id.clone(),
        registry.image_model(&name("image")).unwrap().info().model_id.clone(),
        registry.speech_model(&name("speech")).unwrap().info().model_id.clone(),
        registry.transcription_model(&name("transcription")).unwrap().info().model_id.clone(),
        registry.reranking_model(&name("reranking")).unwrap().info().model_id.clone(),
        registry.video_model(&name("video")).unwrap().info().model_id.clone(),
    ];
    let kinds = ["echo", "embedding", "image", "speech", "transcription", "reranking", "video"];
    assert_eq!(found, kinds);
}

#[cfg(all(feature = "groq", feature = "togetherai"))]
#[test]
fn a_key_in_the_environment_is_all_a_provider_needs() {
    let registry = Registry::from_environment(&Environment::from([("GROQ_API_KEY", "gsk-1")]));
    let model = registry.language_model("groq/llama-3.3-70b-versatile").unwrap();
    assert_eq!(model.info().provider, "groq.chat");
    let error = registry.language_model("togetherai/m").err().unwrap();
    assert!(error.to_string().contains("TOGETHER_API_KEY"), "it says what to set: {error}");
}

#[cfg(all(feature = "gateway", feature = "groq"))]
#[test]
fn a_gateway_has_the_models_that_there_is_no_key_for() {
    let registry = |variables: &[(&str, &str)]| {
        let owned = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Registry::from_environment(&Environment::from_iter(owned))
    };
    let ours = ("AI_GATEWAY_BASE_URL", "http://127.0.0.1:1/v4/ai");
    let asked = |registry: &Registry, name: &str| {
        let info = registry.language_model(name).unwrap().info().clone();
        format!("{} {}", info.provider, info.model_id)
    };
    for keyed in [registry(&[("AI_GATEWAY_API_KEY", "k")]), registry(&[ours])] {
        assert_eq!(asked(&keyed, "groq/m/1"), "gateway groq/m/1");
        assert_eq!(
            asked(&keyed, "groq.chat:m"),
            "gateway groq/m",
            "wires are the gateway's choice"
        );
        assert_eq!(asked(&keyed, "nobody/m"), "gateway nobody/m");
        assert!(keyed.embedding_model("groq/m").is_ok());
    }
    let both = registry(&[ours, ("GROQ_API_KEY", "k")]);
    assert_eq!(asked(&both, "groq/m"), "groq.chat m", "what has a key is asked itself");
    let error = |registry: Registry| registry.language_model("groq/m").err().unwrap();
    let without = error(registry(&[]));
    assert!(without.to_string().contains("GROQ_API_KEY"), "{without}");
    let wrong = error(registry(&[("AI_GATEWAY_BASE_URL", "nonsense")]));
    assert_eq!(wrong.kind(), ErrorKind::Configuration, "{wrong}");
}

#[test]
fn says_what_is_wrong() {
    let registry = given();
    let error = |name: &str| registry.language_model(name).err().unwrap();
    assert_eq!(error("m1").kind(), ErrorKind::InvalidRequest);
    assert_eq!(error("yours/m1").kind(), ErrorKind::NoSuchProvider);
    assert!(error("yours/m1").to_string().contains("mine"), "it lists the known ones");
    assert_eq!(error("mine/other").kind(), ErrorKind::NoSuchModel);
    assert!(error("mine.responses/m/1").to_string().contains("no wire 'responses'"));
    assert_eq!(registry.embedding_model("mine/m/1").err().unwrap().kind(), ErrorKind::NoSuchModel);
}

#[test]
fn what_is_found_can_be_part_of_something_that_is_printed() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "it is printed")]
    struct App {
        model: Arc<dyn LanguageModel>,
        provider: Arc<dyn Provider>,
    }
    let registry = given();
    let model = registry.language_model("mine/m/1").unwrap();
    let app = App { model, provider: registry.provider("mine").unwrap() };
    let expected = "App { model: LanguageModel(mine.chat/m/1), provider: Provider(mine) }";
    assert_eq!(format!("{app:?}"), expected);
}

#[cfg(feature = "togetherai")]
#[test]
fn settings_are_found_by_old_names_too_and_say_what_is_wrong_with_them() {
    let registry = |settings| Registry::builder().settings("together", settings).build();
    let key = Settings::new().api_key("k-1").base_url("http://127.0.0.1:9/v1");
    assert!(registry(key).language_model("togetherai/m").is_ok());
    let wrong = Settings::new().api_key("k-1").with("baseURL", 3);
    let error = registry(wrong).language_model("togetherai/m").unwrap_err();
    assert!(error.to_string().contains("'baseURL' must be a string"), "{error}");
}

#[cfg(feature = "simulator")]
#[tokio::test]
async fn providers_of_this_build_are_set_up_when_asked_for() {
    let registry = Registry::from_environment(&Environment::default());
    assert!(registry.provider_ids().contains(&"simulator".to_owned()));
    let answer = generate_text("simulator/echo").registry(&registry).prompt("hi").await.unwrap();
    assert_eq!(answer.text(), "hi");
    let vector = embed("simulator/embedding").registry(&registry).value("hi").await.unwrap();
    assert!(!vector.embedding.is_empty());
    let model = registry.model::<Embed>("simulator/embedding").unwrap();
    assert_eq!(model.info().model_id, "embedding");
}

#[cfg(feature = "simulator")]
#[tokio::test]
async fn a_name_alone_is_found_in_the_environment() {
    let answer = generate_text("simulator/echo").prompt("hi").await.unwrap();
    assert_eq!(answer.text(), "hi");
}

#[test]
fn given_providers_win_and_registries_nest() {
    struct Wired;
    impl Provider for Wired {
        fn id(&self) -> &str {
            "wired"
        }
        fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
            (wire == "chat").then(|| {
                let model = MockLanguageModel::text("chat");
                Arc::new(MockProvider::new("wired").with_language("m", model)) as _
            })
        }
    }
    let registry = Registry::builder()
        .environment(&Environment::default())
        .provider("simulator", Wired)
        .build();
    assert!(registry.language_model("simulator/m").is_err());
    assert!(registry.language_model("simulator.chat/m").is_ok());
    let outer = Registry::builder().provider("all", registry).build();
    let model: Result<Arc<dyn LanguageModel>> = outer.language_model("all/simulator.chat/m");
    assert_eq!(model.unwrap().info().provider, "mock");
}

#[tokio::test]
async fn a_fallback_is_asked_for_what_no_provider_is_named_for() {
    let model = |text: &'static str| MockLanguageModel::text(text);
    let fallback = MockProvider::new("gateway")
        .with_language("fast", model("short"))
        .with_language("elsewhere/m", model("whole"));
    let mine = MockProvider::new("mine").with_language("m", model("mine"));
    let registry = Registry::builder().provider("mine", mine).fallback(fallback).build();
    for (name, text) in [("fast", "short"), ("elsewhere/m", "whole"), ("mine/m", "mine")] {
        let answer = generate_text(name).registry(&registry).prompt("hi").await.unwrap();
        assert_eq!(answer.text(), text, "{name}");
    }
    let error = |name: &str| registry.language_model(name).err().unwrap();
    assert_eq!(error("mine/fast").provider(), Some("mine"), "a known provider answers for itself");
    assert_eq!(error("nobody/m").provider(), Some("gateway"));
}
