//! Credentials that come with a request, for the simulator: it has settings and needs no network.

use aqueduct::router::{ByokRules, Router, Target};
use aqueduct::spec::ErrorKind;
use serde_json::{Value, json};

use crate::mock::{attempts, generate, routing};

/// The attempts as `credential type, model, status`.
fn tried(routing: &Value) -> Vec<String> {
    let attempt = |attempt: &Value| {
        let text = |name: &str| attempt[name].as_str().unwrap().to_owned();
        format!("{} {} {}", text("credentialType"), text("internalModelId"), attempt["statusCode"])
    };
    routing["attempts"].as_array().unwrap().iter().map(attempt).collect()
}

fn simulator() -> Router {
    Router::builder().target(Target::new("simulator")).build().unwrap()
}

fn failing(status: u16) -> Value {
    json!({ "failureRate": 1.0, "failureStatus": status })
}

#[tokio::test(start_paused = true)]
async fn own_credentials_come_first_and_ours_after() {
    let byok = json!({ "byok": { "simulator": [failing(401), failing(400)] } });
    let answer = generate(&simulator(), "simulator/lorem", &byok).await.unwrap();
    let expected =
        ["byok simulator:lorem 401", "byok simulator:lorem 400", "system simulator:lorem 200"];
    assert_eq!(tried(&routing(&answer)), expected);

    let byok = json!({ "byok": { "simulator": [{}] } });
    let answer = generate(&simulator(), "simulator/lorem", &byok).await.unwrap();
    assert_eq!(tried(&routing(&answer)), ["byok simulator:lorem 200"]);
}

#[tokio::test(start_paused = true)]
async fn a_credential_makes_an_unconfigured_provider_usable() {
    let empty = Router::builder().build().unwrap();
    let byok = json!({ "byok": { "simulator": [{}] } });
    let answer = generate(&empty, "simulator/lorem", &byok).await.unwrap();
    assert_eq!(tried(&routing(&answer)), ["byok simulator:lorem 200"]);
    let error = generate(&empty, "simulator/lorem", &Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProvider);
    assert!(generate(&empty, "other/lorem", &byok).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_name_nobody_knows_is_the_one_that_the_request_holds_to() {
    let empty = Router::builder().build().unwrap();
    for name in ["test-provider", "test-provider.chat", "test-provider.generative-ai.interactions"]
    {
        for gateway in [
            json!({ "only": ["simulator"], "byok": { "simulator": [{ "name": "test-provider" }] } }),
            json!({ "only": ["simulator"], "byok": { "simulator": [{}] } }),
            json!({ "byok": { "simulator": [{ "name": "test-provider" }] } }),
        ] {
            let answer = generate(&empty, &format!("{name}/lorem"), &gateway).await.unwrap();
            assert_eq!(attempts(&routing(&answer)), ["simulator 200"], "{name} {gateway}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_may_have_its_own_name_for_a_model() {
    let mappings = json!([{ "gatewayModelSlug": "simulator/lorem", "customModelId": "echo" }]);
    let byok = json!({ "byok": { "simulator": [
        { "failureRate": 1.0, "failureStatus": 401, "modelMappings": mappings },
    ] } });
    let answer = generate(&simulator(), "simulator/lorem", &byok).await.unwrap();
    let expected = ["byok simulator:echo 401", "system simulator:lorem 200"];
    assert_eq!(tried(&routing(&answer)), expected);
}

#[tokio::test(start_paused = true)]
async fn a_credential_has_a_time_limit_of_its_own() {
    let gateway = json!({
        "byok": { "simulator": [{ "latencyMs": 60_000 }] },
        "providerTimeouts": { "byok": { "simulator": 1000 } },
    });
    let start = tokio::time::Instant::now();
    let answer = generate(&simulator(), "simulator/lorem", &gateway).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 1);
    assert_eq!(tried(&routing(&answer)).last().unwrap(), "system simulator:lorem 200");
}

#[tokio::test(start_paused = true)]
async fn rules_hold_before_anything_is_asked() {
    let url = json!({ "byok": { "simulator": [{ "baseURL": "http://127.0.0.1:1/v1" }] } });
    let error = generate(&simulator(), "simulator/lorem", &url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let message = error.to_string();
    assert!(message.contains("providerOptions.gateway.byok.simulator[0].baseURL"), "{message}");
    assert!(!message.contains("127.0.0.1"), "{message}");

    let rules = ByokRules::new().allow_base_url("http://127.0.0.1:*").unwrap();
    let router = Router::builder().target(Target::new("simulator")).byok(rules).build().unwrap();
    // The simulator has no such setting, so it is the one that objects or not.
    if let Err(error) = generate(&router, "simulator/lorem", &url).await {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }

    let router = Router::builder()
        .target(Target::new("simulator"))
        .byok(ByokRules::refuse_all())
        .build()
        .unwrap();
    let byok = json!({ "byok": { "simulator": [{}] } });
    let error = generate(&router, "simulator/lorem", &byok).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_fails_speaks_against_nobody_else() {
    let router = simulator();
    let byok = json!({ "only": ["simulator"], "byok": { "simulator": [failing(500)] } });
    for _ in 0..5 {
        generate(&router, "simulator/lorem", &byok).await.unwrap();
    }
    let answer = generate(&router, "simulator/lorem", &Value::Null).await.unwrap();
    assert_eq!(tried(&routing(&answer)), ["system simulator:lorem 200"]);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_setting_is_the_callers_fault() {
    let byok = json!({ "byok": { "simulator": [{ "failureRate": "sk-secret" }] } });
    let error = generate(&simulator(), "simulator/lorem", &byok).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!format!("{error:?}").contains("secret"));
}

/// An OpenAI-compatible server that answers chats and completions.
fn server() -> aqueduct_testkit::ScriptedUpstream {
    aqueduct_testkit::ScriptedUpstream::new(|request| {
        let choice = if request.path().ends_with("/chat/completions") {
            json!({ "index": 0, "message": { "role": "assistant", "content": "chat" }, "finish_reason": "stop" })
        } else {
            json!({ "index": 0, "text": "completion", "finish_reason": "stop" })
        };
        aqueduct_testkit::Reply::json(200, &json!({ "id": "1", "choices": [choice] }))
    })
}

#[tokio::test]
async fn a_credential_may_bring_its_server_where_that_is_allowed() {
    let server = server();
    let rules = ByokRules::new().allow_base_urls(["http://127.0.0.1:*"]).unwrap();
    let router = Router::builder().byok(rules).build().unwrap();
    let gateway = json!({
        "only": ["openai-compatible"],
        "byok": { "openai-compatible": [
            { "name": "test-provider", "baseURL": format!("{}/v1", server.url()), "apiKey": "sk-own" },
        ] },
    });
    for (model, text) in [
        ("test-provider.chat/grok-3", "chat"),
        ("test-provider.completion/grok-3", "completion"),
        ("test-provider/grok-3", "chat"),
        ("openai-compatible/grok-3", "chat"),
    ] {
        let answer = generate(&router, model, &gateway).await.unwrap();
        assert_eq!(answer.text(), text, "{model}");
        assert_eq!(tried(&routing(&answer)), ["byok openai-compatible:grok-3 200"], "{model}");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    for request in requests {
        assert_eq!(request.header("authorization"), "Bearer sk-own");
        assert_eq!(request.json()["model"], "grok-3");
        assert!(!request.json().to_string().contains("byok"), "the routing stays here");
    }
}

#[tokio::test]
async fn a_key_alone_goes_to_the_operators_server_without_the_operators_key() {
    let server = server();
    let settings = aqueduct::Settings::new().with("baseURL", format!("{}/v1", server.url()));
    let target = Target::new("openai-compatible")
        .named("vllm")
        .settings(settings.with("name", "vllm"))
        .key("sk-ours");
    let router = Router::builder().target(target).build().unwrap();
    let byok = json!({ "byok": { "vllm": [{ "apiKey": "sk-own" }] } });
    generate(&router, "vllm/m", &byok).await.unwrap();
    generate(&router, "vllm/m", &Value::Null).await.unwrap();
    let keys = server.requests();
    let keys = keys.iter().map(|request| request.header("authorization")).collect::<Vec<_>>();
    assert_eq!(keys, ["Bearer sk-own", "Bearer sk-ours"]);
}
