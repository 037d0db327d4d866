//! Every way to fail, as the caller of the client sees it.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_gateway::Gateway as Server;
use aqueduct_providers::gateway::{Gateway, GatewayError, GatewayErrorType};
use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::video::GenerateVideoOptions;
use aqueduct_spec::{
    Context, Embed, Error, ErrorKind, Generate, GenerateVideo, Model as _, Provider as _,
};
use aqueduct_testkit::{MockLanguageModel, MockProvider, Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::{ask, connect, connect_with, generate, parts, say, say_with, stream, text, told};
use crate::harness::{Running, config};
use crate::provider;

/// What the gateway said of a failure. That every failure has the id by which the operator finds it is checked here.
#[track_caller]
fn said(error: &Error) -> GatewayError {
    let said = GatewayError::of(error).unwrap_or_else(|| panic!("not the gateway's: {error:?}"));
    assert!(said.generation_id.as_deref().unwrap_or_default().starts_with("gen_"), "{error:?}");
    said
}

#[tokio::test]
async fn a_key_that_is_wrong_or_missing() {
    let gateway = Running::start().await;
    let keyless = Gateway::builder().base_url(format!("http://{}/v4/ai", gateway.address));
    let clients = [connect_with(&gateway, "wrong-key-0815"), keyless.build().unwrap()];
    for client in clients {
        let errors = [
            generate(&client, "simulator/echo", say("hi")).await.err().unwrap(),
            stream(&client, "simulator/echo", say("hi")).await.err().unwrap(),
            ask::<Embed, EmbedOptions>(&client, "simulator/embedding", json!({ "values": ["a"] }))
                .await
                .unwrap_err(),
            client.available_models().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
            assert_eq!(error.status().unwrap(), 401);
            assert!(!error.is_retryable());
            assert_eq!(said(&error).error_type, GatewayErrorType::Authentication);
            let shown = format!("{error} {error:?} {:?}", error.response_body());
            assert!(!shown.contains("0815"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_model_that_is_not_there() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    for model in ["simulator/none", "nowhere/model", "nothing"] {
        let whole = generate(&client, model, say("hi")).await.err().unwrap();
        let in_parts = stream(&client, model, say("hi")).await.err().unwrap();
        let values = json!({ "values": ["a"] });
        let embedded = ask::<Embed, EmbedOptions>(&client, model, values).await.unwrap_err();
        for error in [whole, in_parts, embedded] {
            assert_eq!(error.kind(), ErrorKind::NoSuchModel, "{error:?}");
            assert_eq!(error.status().unwrap(), 404);
            let said = said(&error);
            assert_eq!(said.error_type, GatewayErrorType::ModelNotFound);
            assert_eq!(said.model_id.as_deref(), Some(model), "{error:?}");
        }
    }
    // One of another kind.
    let error = generate(&client, "simulator/embedding", say("hi")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchModel);
}

#[tokio::test]
async fn a_request_that_is_wrong() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let model = client.language_model("simulator/echo").unwrap();
    let mut options: CallOptions = serde_json::from_value(say("hi")).unwrap();
    options.rest.insert("temperature".to_owned(), "hot".into());
    let error = model.call(Generate::from(options), &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error:?}");
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(error.param(), Some(&Value::from("temperature")));
    assert!(error.message().starts_with("temperature: "), "{error}");
    assert_eq!(said(&error).error_type, GatewayErrorType::InvalidRequest);

    let cases = [
        (json!({ "gateway": { "only": 5 } }), "only"),
        (json!({ "gateway": { "only": ["nobody"] } }), "only"),
        (json!({ "gateway": { "sort": "beauty" } }), "sort"),
        (json!({ "gateway": { "byok": [] } }), "byok"),
        (json!({ "gateway": { "byok": { "nobody": [{ "apiKey": "k" }] } } }), "byok.nobody"),
        (json!({ "gateway": { "zeroDataRetention": true } }), "zeroDataRetention"),
    ];
    for (provider_options, field) in cases {
        let mut options = say("hi");
        options["providerOptions"] = provider_options;
        for error in [
            generate(&client, "simulator/echo", options.clone()).await.err().unwrap(),
            stream(&client, "simulator/echo", options).await.err().unwrap(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error:?}");
            let param = error.param().and_then(Value::as_str).unwrap_or_default();
            assert_eq!(param, format!("providerOptions.gateway.{field}"), "{error:?}");
            assert!(error.message().contains(field), "{error}");
        }
    }
}

#[tokio::test]
async fn what_the_operator_forbids() {
    let gateway = Running::with(config(&provider::table("up", "http://127.0.0.1:9"))).await;
    let mut options = say("hi");
    let credential = json!({ "apiKey": "own-key-0815", "baseURL": "http://169.254.169.254/" });
    options["providerOptions"] = json!({ "gateway": { "byok": { "up": [credential] } } });
    let error = generate(&connect(&gateway), "up/m", options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "{error:?}");
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(said(&error).error_type, GatewayErrorType::Forbidden);
    assert!(error.message().contains("byok.up[0].baseURL"), "{error}");
    assert!(!format!("{error:?} {:?}", error.response_body()).contains("0815"));
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait() {
    let limited = provider::failure(429, "slow down").header("retry-after-ms", "1500");
    let upstream = ScriptedUpstream::always(limited);
    let gateway = Running::with(config(&provider::table("up", &upstream.url()))).await;
    let client = connect(&gateway);
    for error in [
        generate(&client, "up/m", say("hi")).await.err().unwrap(),
        stream(&client, "up/m", say("hi")).await.err().unwrap(),
    ] {
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error:?}");
        assert_eq!(error.status().unwrap(), 429);
        assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
        assert!(error.is_retryable());
        assert_eq!(said(&error).error_type, GatewayErrorType::RateLimit);
        assert!(error.message().starts_with("slow down"), "{error}");
    }
}

#[tokio::test]
async fn a_provider_that_fails_in_its_own_way() {
    use ErrorKind as K;
    use GatewayErrorType as T;
    let cases = [
        (400, K::InvalidRequest, T::InvalidRequest, false),
        // The client's own key was right: it is the operator's that the provider refuses.
        (401, K::Provider, T::FailedDependency, false),
        (402, K::Provider, T::FailedDependency, false),
        (403, K::Provider, T::FailedDependency, false),
        (404, K::NotFound, T::NotFound, false),
        (408, K::Provider, T::FailedDependency, true),
        (413, K::TooLarge, T::InvalidRequest, false),
        (422, K::InvalidRequest, T::InvalidRequest, false),
        (500, K::Provider, T::FailedDependency, true),
        (503, K::Provider, T::FailedDependency, true),
        (529, K::Provider, T::FailedDependency, true),
    ];
    for (status, kind, error_type, is_retryable) in cases {
        let upstream = ScriptedUpstream::always(provider::failure(status, "its own words"));
        let gateway = Running::with(config(&provider::table("up", &upstream.url()))).await;
        let client = connect(&gateway);
        for error in [
            generate(&client, "up/m", say("hi")).await.err().unwrap(),
            stream(&client, "up/m", say("hi")).await.err().unwrap(),
        ] {
            assert_eq!(error.kind(), kind, "{status}: {error:?}");
            assert_eq!(error.status().unwrap(), status, "{error:?}");
            assert_eq!(error.is_retryable(), is_retryable, "{status}: {error:?}");
            assert_eq!(said(&error).error_type, error_type, "{status}");
            assert!(error.message().contains("its own words"), "{status}: {error}");
            let body: Value = serde_json::from_slice(error.response_body().unwrap()).unwrap();
            let attempt = &body["providerMetadata"]["gateway"]["routing"]["attempts"][0];
            assert_eq!(attempt["statusCode"], status, "{body}");
            assert_eq!(attempt["success"], false);
        }
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_or_answers_nonsense() {
    let cases = [
        (Reply::disconnect(), 502),
        (Reply::text(200, "<html>maintenance</html>"), 400),
        (Reply::json(200, &json!([])), 400),
        (Reply::new(200), 400),
        (Reply::raw("SSH-2.0-OpenSSH_9.6\r\n\r\n"), 502),
        (Reply::text(502, "<html>bad gateway</html>"), 502),
    ];
    for (reply, status) in cases {
        let upstream = ScriptedUpstream::always(reply.clone());
        let gateway = Running::with(config(&provider::table("up", &upstream.url()))).await;
        let client = connect(&gateway);
        let whole = generate(&client, "up/m", say("hi")).await.err();
        let whole = whole.unwrap_or_else(|| panic!("an answer out of {reply:?}"));
        let in_parts = match stream(&client, "up/m", say("hi")).await {
            Err(error) => Some(error),
            // A stream may begin and then hold nothing but the failure.
            Ok(stream) => {
                let parts = parts(stream).await;
                let [.., error, finish] = &parts[..] else { panic!("{parts:?}") };
                assert_eq!(error["type"], "error", "{reply:?}: {parts:?}");
                assert_eq!(finish["finishReason"]["unified"], "error");
                assert_eq!(text(&parts), "");
                assert!(!error.to_string().contains("<html>"), "{error}");
                None
            }
        };
        for error in [whole].into_iter().chain(in_parts) {
            assert_eq!(error.kind(), ErrorKind::Provider, "{reply:?}: {error:?}");
            assert_eq!(error.status().unwrap(), status, "{reply:?}: {error:?}");
            assert_eq!(said(&error).error_type, GatewayErrorType::FailedDependency);
            assert!(!error.message().contains("<html>"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_too_slow() {
    let gateway = Running::start().await;
    let script = json!({ "failure": { "kind": "timeout" } });
    let error =
        generate(&connect(&gateway), "simulator/echo", say_with("x", script)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 504);
    assert_eq!(said(&error).error_type, GatewayErrorType::FailedDependency);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_request_that_is_too_large() {
    let gateway = Running::with(config("[server]\nbody_limit = \"1KiB\"\n")).await;
    let error =
        generate(&connect(&gateway), "simulator/echo", say(&"x".repeat(2000))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
    assert_eq!(error.status().unwrap(), 413);
    assert!(error.message().contains("1024"), "{error}");
    said(&error);
}

#[tokio::test]
async fn a_gateway_that_is_elsewhere() {
    let gateway = Running::start().await;
    // Somebody forgot the path of the protocol.
    let lost = Gateway::builder().base_url(format!("http://{}", gateway.address)).api_key("k");
    let error = generate(&lost.build().unwrap(), "simulator/echo", say("hi")).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    assert!(error.message().contains("/language-model"), "{error}");

    // Nobody is there: a port that is taken and not listened at.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let base_url = format!("http://{}/v4/ai", socket.local_addr().unwrap());
    let nobody = Gateway::builder().base_url(base_url).api_key("k").build().unwrap();
    let error = generate(&nobody, "simulator/echo", say("hi")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_defect_of_the_gateway() {
    let broken = MockLanguageModel::new(|_, _| -> aqueduct_testkit::Turn { panic!("a defect") });
    let provider = MockProvider::new("p").with_language("p/m", broken);
    let gateway = Running::of(Server::with_provider(&config(""), Arc::new(provider))).await;
    let client = connect(&gateway);
    for error in [
        generate(&client, "p/m", say("hi")).await.err().unwrap(),
        stream(&client, "p/m", say("hi")).await.err().unwrap(),
    ] {
        assert_eq!(error.status().unwrap(), 500);
        assert_eq!(said(&error).error_type, GatewayErrorType::InternalServer);
        assert!(!format!("{error:?} {:?}", error.response_body()).contains("a defect"));
    }
    assert_eq!(gateway.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_video_that_fails_after_the_answer_began() {
    let gateway = Running::start().await;
    let client = connect(&gateway);
    let ask = |model: &'static str, options: Value| {
        ask::<GenerateVideo, GenerateVideoOptions>(&client, model, options)
    };
    let failing = |failure: Value| json!({ "prompt": "x", "n": 1, "providerOptions": { "simulator": { "failure": failure } } });
    let error = ask(
        "simulator/video",
        failing(json!({ "status": 429, "message": "later", "retryAfterMs": 1500 })),
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error:?}");
    assert_eq!(error.status().unwrap(), 429);
    assert!(error.message().starts_with("later"));
    said(&error);
    let error = ask("simulator/none", json!({ "prompt": "x", "n": 1 })).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchModel, "{error:?}");
    assert_eq!(said(&error).model_id.as_deref(), Some("simulator/none"));
}

#[tokio::test]
async fn a_model_that_fails_and_another_that_answers() {
    let broken = ScriptedUpstream::always(provider::failure(503, "over capacity"));
    let alive = ScriptedUpstream::always(provider::answer("well"));
    let tables = [("broken", &broken), ("alive", &alive)];
    let tables: String =
        tables.map(|(name, upstream)| provider::table(name, &upstream.url())).concat();
    let route = "[models.safe]\ntargets = [\"broken/m\"]\nfallbacks = [\"alive/m\"]\n";
    let gateway = Running::with(config(&format!("{tables}{route}"))).await;
    let answer = generate(&connect(&gateway), "safe", say("hi")).await.unwrap();
    assert_eq!(answer.text(), "well");
    let attempts = told(answer.provider_metadata.as_ref()).routing.unwrap().attempts.unwrap();
    let told: Vec<_> = attempts
        .iter()
        .map(|a| (a.provider.as_deref().unwrap(), a.status_code, a.success.unwrap()))
        .collect();
    assert_eq!(told, [("broken", Some(503), false), ("alive", Some(200), true)]);
    assert_eq!(attempts[0].error, Some("over capacity".into()));
}
