//! The table of providers.

use std::collections::BTreeSet;

use aqueduct_http::Client;
use aqueduct_providers::{ApiKey, Environment, PROVIDERS, Settings, find};
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{Context, Generate, Model as _, ModelKind};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::json;

#[test]
fn is_in_order_and_has_no_name_twice() {
    let ids: Vec<_> = PROVIDERS.iter().map(|entry| entry.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let mut names = BTreeSet::new();
    for entry in PROVIDERS {
        for name in std::iter::once(&entry.id).chain(entry.aliases) {
            assert!(names.insert(*name), "{name} is there twice");
        }
    }
}

#[test]
fn hosts_of_the_protocol_are_built_of_their_entry_alone() {
    for id in ["ollama", "lmstudio", "llama-cpp", "vllm", "openrouter", "nvidia", "jina", "heroku"]
    {
        let entry = find(id).unwrap();
        let local = entry.base_url.starts_with("http://localhost:");
        assert_eq!(local, matches!(entry.api_key, ApiKey::Optional(_)), "{id}");
        let settings = Settings::new().with("apiKey", "k");
        let provider = entry.build(&settings, &Client::new()).unwrap();
        assert_eq!(provider.id(), id);
        let language = provider.language_model("m");
        assert_eq!(language.is_ok(), entry.kinds.contains(&ModelKind::Language), "{id}");
        if let Ok(model) = language {
            assert_eq!(model.info().provider, format!("{id}.chat"));
        }
    }
}

#[test]
fn local_servers_are_where_the_environment_says() {
    for (id, variable) in [
        ("ollama", "OLLAMA_BASE_URL"),
        ("lmstudio", "LMSTUDIO_BASE_URL"),
        ("llama-cpp", "LLAMA_CPP_BASE_URL"),
        ("vllm", "VLLM_BASE_URL"),
    ] {
        let entry = find(id).unwrap();
        assert_eq!(entry.base_url_variable, Some(variable));
        assert!(!entry.is_configured(&Environment::default()));
        assert!(entry.is_configured(&Environment::from([(variable, "http://gpu:1/v1")])));
    }
}

#[tokio::test]
async fn a_local_server_may_be_named_by_its_host_alone() {
    for path in ["", "/", "/v1", "/v1/"] {
        let server = ScriptedUpstream::always(Reply::json(200, &json!({ "choices": [] })));
        let environment =
            Environment::from([("OLLAMA_BASE_URL", format!("{}{path}", server.url()))]);
        let client = Client::builder().no_proxy().build().unwrap();
        let entry = find("ollama").unwrap();
        let provider = entry.build_with(&Settings::new(), &environment, &client).unwrap();
        let model = provider.language_model("m").unwrap();
        let call = Generate::from(CallOptions::new(Vec::new()));
        assert!(model.call(call, &Context::default()).await.is_err(), "an answer without choices");
        assert_eq!(server.requests()[0].path(), "/v1/chat/completions", "{path}");
    }
}

#[test]
fn the_general_host_wants_a_base_url() {
    let entry = find("openai_compatible").unwrap();
    let error = entry.build(&Settings::new(), &Client::new()).err().unwrap();
    assert!(error.message().contains("baseURL"), "{error}");
}

#[test]
fn wires_are_named() {
    let settings = Settings::new().with("apiKey", "k");
    let together = find("together").unwrap().build(&settings, &Client::new()).unwrap();
    let completion = together.wire("completion").unwrap().language_model("m").unwrap();
    assert_eq!(completion.info().provider, "togetherai.completion");
    assert!(together.wire("reranking").is_some() && together.wire("responses").is_none());
    let groq = find("groq").unwrap().build(&settings, &Client::new()).unwrap();
    let model = groq.wire("transcription").unwrap().transcription_model("m").unwrap();
    assert_eq!(model.info().provider, "groq.transcription");
}
