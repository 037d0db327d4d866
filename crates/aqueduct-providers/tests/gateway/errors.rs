//! Every error.

use aqueduct_http::Client;
use aqueduct_providers::gateway::{Gateway, GatewayError, GatewayErrorType};
use aqueduct_spec::language::{CallOptions, Generate, Message};
use aqueduct_spec::{Context, Error, ErrorKind, Model, Provider};
use serde_json::{Value, json};

use crate::upstream::{Answer, End, Upstream};

async fn call(gateway: &Gateway) -> Error {
    let model = gateway.language_model("openai/gpt-5").unwrap();
    let call = Generate::from(CallOptions::new([Message::user("hello")]));
    Model::<Generate>::call(&model, call, &Context::default()).await.unwrap_err()
}

async fn failure(answer: Answer) -> Error {
    let upstream = Upstream::new([answer]).await;
    let error = call(&upstream.gateway()).await;
    assert_eq!((error.provider(), error.model()), (Some("gateway"), Some("openai/gpt-5")));
    error
}

fn body(error_type: &Value) -> Value {
    json!({"error": {"message": "the words", "type": error_type, "param": null, "code": null}})
}

#[tokio::test]
async fn the_type_decides_and_the_status_says_whether_to_retry() {
    use {ErrorKind as K, GatewayErrorType as T};
    let cases = [
        ("authentication_error", 401, K::Authentication, T::Authentication, false),
        ("invalid_request_error", 400, K::InvalidRequest, T::InvalidRequest, false),
        ("invalid_request_error", 413, K::TooLarge, T::InvalidRequest, false),
        ("invalid_request_error", 409, K::InvalidRequest, T::InvalidRequest, true),
        ("forbidden", 403, K::Forbidden, T::Forbidden, false),
        ("model_not_found", 404, K::NoSuchModel, T::ModelNotFound, false),
        ("not_found", 404, K::NotFound, T::NotFound, false),
        ("rate_limit_exceeded", 429, K::RateLimited, T::RateLimit, true),
        ("rate_limit_exceeded", 500, K::RateLimited, T::RateLimit, true),
        ("failed_dependency", 424, K::Provider, T::FailedDependency, false),
        ("failed_dependency", 503, K::Provider, T::FailedDependency, true),
        ("internal_server_error", 500, K::Provider, T::InternalServer, true),
        ("unheard_of", 502, K::Provider, T::InternalServer, true),
        ("unheard_of", 402, K::QuotaExceeded, T::InternalServer, false),
    ];
    for (word, status, kind, error_type, is_retryable) in cases {
        let error = failure(Answer::json(status, &body(&word.into()))).await;
        let read = GatewayError::of(&error).unwrap();
        assert_eq!((error.kind(), read.error_type), (kind, error_type), "{word} {status}");
        assert_eq!(error.is_retryable(), is_retryable, "{word} {status}");
        assert_eq!(error.status().unwrap(), status);
        if error_type != T::Authentication {
            assert_eq!(error.message(), "the words");
        }
    }
}

#[tokio::test]
async fn a_type_that_is_missing_or_null() {
    for body in [body(&Value::Null), json!({"error": {"message": "the words"}, "more": 1})] {
        let error = failure(Answer::json(503, &body)).await;
        let read = GatewayError::of(&error).unwrap();
        assert_eq!(
            (error.kind(), read.error_type),
            (ErrorKind::Provider, GatewayErrorType::InternalServer)
        );
    }
}

#[tokio::test]
async fn everything_that_came_is_kept() {
    let body = json!({
        "error": {"message": "the words", "type": "rate_limit_exceeded", "param": {"limit": 3}, "code": 17},
        "generationId": "gen_1",
    });
    let answer =
        Answer::json(429, &body).header("retry-after-ms", "1500").header("x-request-id", "req-1");
    let error = failure(answer).await;
    assert_eq!(error.message(), "the words [gen_1]");
    assert_eq!(error.generation_id(), Some("gen_1"));
    assert_eq!(error.code(), Some("17"));
    assert_eq!(error.param(), Some(&json!({"limit": 3})));
    assert_eq!(error.retry_after().unwrap().as_millis(), 1500);
    assert_eq!(error.request_id(), Some("req-1"));
    assert_eq!(error.response_headers().unwrap()["retry-after-ms"], "1500");
    assert_eq!(error.response_body(), Some(body.to_string().as_bytes()));
    assert!(error.url().unwrap().ends_with("/v4/ai/language-model"));
    assert_eq!(GatewayError::of(&error).unwrap().generation_id.as_deref(), Some("gen_1"));
}

#[tokio::test]
async fn rules_and_models_are_named() {
    let body =
        json!({"error": {"message": "m", "type": "forbidden", "param": {"ruleId": "rule-1"}}});
    let error = GatewayError::of(&failure(Answer::json(403, &body)).await).unwrap();
    assert_eq!((error.rule_id.as_deref(), error.model_id), (Some("rule-1"), None));
    let body =
        json!({"error": {"message": "m", "type": "model_not_found", "param": {"modelId": "x/y"}}});
    let error = GatewayError::of(&failure(Answer::json(404, &body)).await).unwrap();
    assert_eq!((error.rule_id, error.model_id.as_deref()), (None, Some("x/y")));
}

#[tokio::test]
async fn a_body_that_is_no_error_of_the_protocol() {
    let html = "<html><body>404 Not Found</body></html>";
    let bodies = [
        ("text/html", html),
        ("application/json", ""),
        ("application/json", "[]"),
        ("application/json", "null"),
        ("application/json", "{\"error\":\"boom\"}"),
        ("application/json", "{\"error\":{\"message\":7}}"),
        ("application/json", "{\"message\":\"boom\"}"),
    ];
    for status in [404, 502] {
        for (media_type, body) in bodies {
            let error = failure(Answer::new(status, media_type, body)).await;
            let read = GatewayError::of(&error).unwrap();
            assert_eq!(
                (error.kind(), read.error_type),
                (ErrorKind::InvalidResponse, GatewayErrorType::Response),
                "{body}"
            );
            assert_eq!(error.status().unwrap(), status);
            assert_eq!(error.is_retryable(), status == 502);
            assert_eq!(error.response_body(), Some(body.as_bytes()));
            assert!(!error.message().contains("html"));
        }
    }
}

#[tokio::test]
async fn the_id_of_a_generation_is_saved_from_a_strange_body() {
    let error = failure(Answer::json(500, &json!({"oops": 1, "generationId": "gen_2"}))).await;
    assert_eq!(error.generation_id(), Some("gen_2"));
    assert!(error.message().ends_with(" [gen_2]"));
}

#[tokio::test]
async fn a_refused_credential_is_named_and_not_shown() {
    let refusal = Answer::json(401, &body(&"authentication_error".into()));
    let upstream = Upstream::new([refusal.clone(), refusal.clone(), refusal]).await;
    let cases = [
        (upstream.builder().api_key("very-secret"), "API key"),
        (upstream.builder().oidc_token("very-secret"), "OIDC token"),
        (upstream.builder(), "none was given"),
    ];
    for (builder, named) in cases {
        let error = call(&builder.build().unwrap()).await;
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains(named), "{error}");
        assert!(!format!("{error} {error:?}").contains("very-secret"));
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read() {
    for body in ["", "<html>", "{\"content\": 7}", "[]"] {
        let error = failure(Answer::new(200, "application/json", body)).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
        assert_eq!(error.status().unwrap(), 200);
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_connection_that_breaks() {
    let answer = Answer::new(200, "application/json", "{\"content\"").end(End::Cut);
    let error = failure(answer).await;
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(GatewayError::of(&error).unwrap().error_type, GatewayErrorType::Response);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn nobody_at_the_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::builder().no_proxy().build().unwrap();
    let gateway =
        Gateway::builder().base_url(format!("http://{address}/v4/ai")).client(client).build();
    let error = call(&gateway.unwrap()).await;
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Network, Some("gateway")));
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come() {
    let limits = aqueduct_http::Timeouts::default().with_idle(std::time::Duration::from_secs(5));
    let client = Client::builder().no_proxy().timeouts(limits).build().unwrap();
    let upstream = Upstream::new([Answer::new(200, "application/json", "{").end(End::Open)]).await;
    let gateway = upstream.builder().client(client).build().unwrap();
    let error = call(&gateway).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(GatewayError::of(&error).unwrap().error_type, GatewayErrorType::Timeout);
    assert!(error.is_retryable());
}

#[test]
fn errors_of_others_are_left_alone() {
    assert!(GatewayError::of(&Error::unsupported("x").with_provider("groq")).is_none());
}
