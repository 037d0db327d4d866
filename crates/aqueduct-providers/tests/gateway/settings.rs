//! Where the gateway's settings come from.

use aqueduct_http::Client;
use aqueduct_providers::gateway::Gateway;
use aqueduct_providers::{Environment, Settings, find};
use aqueduct_spec::embedding::{Embed, EmbedOptions};
use aqueduct_spec::{Context, Error, ErrorKind, Provider, Result};
use serde_json::json;

use crate::upstream::{Answer, Received, Upstream, headers};

fn environment<const N: usize>(variables: [(&str, &str); N]) -> Environment {
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
}

/// Embeds nothing and returns the request.
async fn request(upstream: &mut Upstream, provider: &dyn Provider) -> Received {
    let model = provider.embedding_model("m").unwrap();
    let call = Embed::from(EmbedOptions::new(Vec::new()));
    model.call(call, &Context::default()).await.unwrap();
    upstream.received().await
}

fn answer() -> Answer {
    Answer::json(200, &json!({"embeddings": []}))
}

#[tokio::test]
async fn the_table_builds_it_from_settings_and_environment() {
    let mut upstream = Upstream::new([answer()]).await;
    let settings = Settings::new()
        .with("baseURL", format!("{}/base/", upstream.origin))
        .with("teamIdOrSlug", "team")
        .with("headers", json!({"x-settings": "1", "x-none": null}))
        .with("requestId", "iad1::2")
        .with("metadataCacheRefreshMillis", 1000);
    let environment = environment([
        ("VERCEL_OIDC_TOKEN", "token-1"),
        ("VERCEL_DEPLOYMENT_ID", "dpl"),
        ("VERCEL_ENV", "preview"),
        ("VERCEL_REGION", "fra1"),
        ("VERCEL_PROJECT_ID", "prj"),
    ]);
    let entry = find("gateway").unwrap();
    assert!(entry.is_configured(&environment));
    let client = Client::builder().no_proxy().build().unwrap();
    let provider = entry.build_with(&settings, &environment, &client).unwrap();
    assert_eq!(provider.id(), "gateway");
    let received = request(&mut upstream, &*provider).await;
    assert_eq!(received.line, "POST /base/embedding-model");
    assert_eq!(
        received.headers,
        headers([
            ("authorization", "Bearer token-1"),
            ("ai-gateway-protocol-version", "0.0.1"),
            ("ai-gateway-auth-method", "oidc"),
            ("content-type", "application/json"),
            ("x-vercel-ai-gateway-team", "team"),
            ("x-settings", "1"),
            ("ai-embedding-model-specification-version", "4"),
            ("ai-model-id", "m"),
            ("ai-o11y-deployment-id", "dpl"),
            ("ai-o11y-environment", "preview"),
            ("ai-o11y-region", "fra1"),
            ("ai-o11y-request-id", "iad1::2"),
            ("ai-o11y-project-id", "prj"),
        ])
    );
}

#[tokio::test]
async fn a_key_wins_over_a_token() {
    let mut upstream = Upstream::new([answer(), answer()]).await;
    let both = environment([("AI_GATEWAY_API_KEY", "key-1"), ("VERCEL_OIDC_TOKEN", "token-1")]);
    let gateway = upstream.builder().environment(&both).build().unwrap();
    let received = request(&mut upstream, &gateway).await;
    assert_eq!(received.headers["authorization"], "Bearer key-1");
    assert_eq!(received.headers["ai-gateway-auth-method"], "api-key");
    let gateway = upstream.builder().api_key("mine").environment(&both).build().unwrap();
    let received = request(&mut upstream, &gateway).await;
    assert_eq!(received.headers["authorization"], "Bearer mine");
}

#[tokio::test]
async fn a_gateway_on_this_machine_needs_no_credential() {
    let mut upstream = Upstream::new([answer()]).await;
    let gateway = upstream.builder().build().unwrap();
    let received = request(&mut upstream, &gateway).await;
    assert!(!received.headers.contains_key("authorization"));
    assert!(!received.headers.contains_key("ai-gateway-auth-method"));
    for url in [
        "http://localhost:1/v4/ai",
        "https://gateway.localhost",
        "http://[::1]:8787/v4/ai",
        "http://127.1.2.3",
    ] {
        assert!(Gateway::builder().base_url(url).build().is_ok(), "{url}");
    }
}

#[test]
fn elsewhere_a_credential_is_needed_before_anything_is_sent() {
    for builder in [
        Gateway::builder(),
        Gateway::builder().base_url("https://gateway.example.com/v4/ai"),
        Gateway::builder().base_url("http://localhost.example.com"),
        Gateway::builder().base_url("http://10.0.0.1"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Authentication, Some("gateway")));
        assert!(error.message().contains("AI_GATEWAY_API_KEY"));
    }
    let own = Gateway::builder().base_url("https://e.com").header("Authorization", "Basic x");
    assert!(own.build().is_ok());
}

#[test]
fn the_table_says_the_same() {
    let build = |settings: &Settings| -> Result<()> {
        let entry = find("gateway").unwrap();
        assert!(!entry.is_configured(&environment([])));
        entry.build_with(settings, &environment([]), &Client::new()).map(drop)
    };
    let kind = |result: Result<()>| result.as_ref().err().map(Error::kind);
    assert_eq!(kind(build(&Settings::new())), Some(ErrorKind::Authentication));
    assert_eq!(kind(build(&Settings::new().with("apiKey", ""))), Some(ErrorKind::Authentication));
    assert_eq!(kind(build(&Settings::new().with("apiKey", "k"))), None);
    let odd = Settings::new().with("apiKey", "k").with("headers", json!({"x": {"secret": 1}}));
    assert_eq!(kind(build(&odd)), Some(ErrorKind::Configuration));
    let odd = Settings::new().with("apiKey", "k").with("metadataCacheRefreshMillis", "soon");
    assert_eq!(kind(build(&odd)), Some(ErrorKind::Configuration));
}

#[test]
fn a_wrong_base_url_is_told_without_being_shown() {
    for url in [
        "",
        "nonsense",
        "ftp://e.com",
        "/v4/ai",
        "https://me:pw@e.com/v4/ai",
        "https://e.com/v4/ai?key=pw",
    ] {
        let error = Gateway::builder().api_key("k").base_url(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        assert!(!format!("{error:?}").contains("pw"));
    }
}

#[test]
fn nothing_secret_shows() {
    let builder = Gateway::builder()
        .api_key("very-secret")
        .oidc_token("very-secret")
        .header("authorization", "very-secret")
        .base_url("http://me:very-secret@localhost");
    assert!(!format!("{builder:?}").contains("very-secret"));
    let gateway = builder.base_url("http://localhost").build().unwrap();
    assert!(!format!("{gateway:?}").contains("very-secret"));
}
