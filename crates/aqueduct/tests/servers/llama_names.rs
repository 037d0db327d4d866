//! The same server under the names that people know local servers by, and found without being told where it is.

use std::sync::Arc;

use aqueduct::router::Target;
use aqueduct::{Client, Environment, Provider, Registry, Router, generate_text};
use aqueduct_providers::local;

use crate::llama::{
    SENTENCE, answers, calls_a_tool, chat_server, embedding_server, embeds, fits_a_schema,
    settings, streams, thinks,
};

const PRESETS: [&str; 3] = ["ollama", "lmstudio", "llama-cpp"];

/// A preset, built from nothing but an address.
fn preset(id: &str, url: &str) -> Arc<dyn Provider> {
    let entry = aqueduct_providers::find(id).unwrap();
    entry.build_with(&settings(url), &Environment::default(), &Client::new()).unwrap()
}

#[tokio::test]
async fn every_preset_does_everything() {
    let Some(url) = chat_server() else { return };
    for id in PRESETS {
        let model = preset(id, &url).language_model("tiny").unwrap();
        assert_eq!(model.info().provider, format!("{id}.chat"));
        answers(&model).await;
        streams(&model).await;
        thinks(&model).await;
        fits_a_schema(&model).await;
        calls_a_tool(&model).await;
    }
}

#[tokio::test]
async fn every_preset_embeds() {
    let Some(url) = embedding_server() else { return };
    for id in PRESETS {
        embeds(&*preset(id, &url)).await;
    }
}

#[tokio::test]
async fn names_find_it_in_a_registry() {
    let Some(url) = chat_server() else { return };
    let registry = PRESETS
        .iter()
        .fold(Registry::builder(), |builder, id| builder.settings(*id, settings(&url)))
        .build();
    for name in ["ollama/tiny", "lmstudio.chat/tiny", "lm-studio/tiny", "llamacpp/tiny"] {
        let answer = generate_text(name).registry(&registry).prompt("hello").await.unwrap();
        assert_eq!(answer.text(), SENTENCE, "{name}");
    }
}

#[tokio::test]
async fn it_is_found_and_routed_to() {
    let (Some(chat), Some(embedding)) = (chat_server(), embedding_server()) else { return };
    let nobody = "http://127.0.0.1:9/v1"; // the port of the discard service
    let found = local::discover_at([chat.as_str(), nobody, &format!("{embedding}/v1/")]).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    for server in &found {
        assert_eq!(server.provider, "llama-cpp");
        assert_eq!(server.models, ["tiny"]);
    }
    assert_eq!(found[0].base_url, format!("{chat}/v1"));

    let [chat, embedding] = [&found[0], &found[1]].map(|server| {
        let settings = aqueduct::Settings::new().with("baseURL", server.base_url.clone());
        let target = Target::new(server.provider).settings(settings);
        Router::builder().target(target).build().unwrap()
    });
    let model = chat.language_model("llama-cpp/tiny").unwrap();
    answers(&model).await;
    streams(&model).await;
    thinks(&model).await;
    calls_a_tool(&model).await;
    embeds(&embedding).await;
}
