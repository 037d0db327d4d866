//! What is asked about the account: models, credits, spending, generations, client secrets.

use std::time::Duration;

use aqueduct_providers::gateway::{ClientSecretRequest, GroupBy, SpendReportQuery};
use aqueduct_spec::ErrorKind;
use serde_json::{Value, json};

use crate::upstream::{Answer, End, Upstream, headers};

/// The headers of a request about the account: none of a model, none of observability.
fn account_headers() -> std::collections::BTreeMap<String, String> {
    headers([
        ("authorization", "Bearer key-1"),
        ("ai-gateway-protocol-version", "0.0.1"),
        ("ai-gateway-auth-method", "api-key"),
    ])
}

fn model(id: &str, kind: &Value) -> Value {
    json!({
        "id": id, "name": "A model", "description": null, "modelType": kind,
        "pricing": {"input": "0.000001", "output": "0.000002", "input_cache_read": "0.0000001"},
        "specification": {"specificationVersion": "v4", "provider": "openai", "modelId": "gpt-5"},
    })
}

#[tokio::test]
async fn models() {
    let mut bare = model("b", &Value::Null);
    bare["pricing"] = Value::Null;
    let answer = json!({"models": [model("openai/gpt-5", &"language".into()), bare, model("c", &"hologram".into())]});
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let gateway = upstream.gateway();
    let models = gateway.available_models().await.unwrap();
    let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["openai/gpt-5", "b"]);
    let pricing = models[0].pricing.as_ref().unwrap();
    assert_eq!(pricing.cached_input_tokens.as_deref(), Some("0.0000001"));
    assert_eq!(pricing.cache_creation_input_tokens, None);

    let received = upstream.received().await;
    assert_eq!(received.line, "GET /v4/ai/config");
    assert_eq!(received.headers, account_headers());
    // There is no second answer: this one is kept, also for clones.
    assert_eq!(gateway.clone().available_models().await.unwrap().len(), 2);
}

#[tokio::test]
async fn models_are_fetched_anew_when_they_are_old() {
    let answers =
        ["a", "b"].map(|id| Answer::json(200, &json!({"models": [model(id, &Value::Null)]})));
    let upstream = Upstream::new(answers).await;
    let gateway = upstream.builder().metadata_cache_refresh(Duration::ZERO).build().unwrap();
    assert_eq!(gateway.available_models().await.unwrap()[0].id, "a");
    assert_eq!(gateway.available_models().await.unwrap()[0].id, "b");
}

#[tokio::test]
async fn a_refresh_that_fails_does_not_block_the_next() {
    let models = Answer::json(200, &json!({"models": []}));
    let failure = Answer::json(500, &json!({"error": {"message": "m"}}));
    let upstream = Upstream::new([models.clone(), failure, models]).await;
    let gateway = upstream.builder().metadata_cache_refresh(Duration::ZERO).build().unwrap();
    gateway.available_models().await.unwrap();
    assert_eq!(gateway.available_models().await.unwrap_err().kind(), ErrorKind::Provider);
    gateway.available_models().await.unwrap();
}

#[tokio::test]
async fn while_one_fetches_anew_others_get_the_old_list() {
    let list = |id| Answer::json(200, &json!({"models": [model(id, &Value::Null)]}));
    let held = Answer::new(200, "application/json", "{\"models\"").end(End::Open);
    let mut upstream = Upstream::new([list("a"), held, list("b")]).await;
    let gateway = upstream.builder().metadata_cache_refresh(Duration::ZERO).build().unwrap();
    gateway.available_models().await.unwrap();
    upstream.received().await;

    let old = tokio::select! {
        biased;
        _ = gateway.available_models() => panic!("its answer never ends"),
        models = async {
            upstream.received().await;
            gateway.available_models().await.unwrap()
        } => models,
    };
    assert_eq!(old[0].id, "a");
    // The one that fetched was dropped, and the next one does it.
    assert_eq!(gateway.available_models().await.unwrap()[0].id, "b");
}

#[tokio::test]
async fn models_of_another_specification_fail_the_whole() {
    let mut other = model("b", &Value::Null);
    other["specification"]["specificationVersion"] = "v3".into();
    let answer = json!({"models": [model("a", &Value::Null), other]});
    let upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let error = upstream.gateway().available_models().await.unwrap_err();
    assert_eq!((error.kind(), error.provider()), (ErrorKind::InvalidResponse, Some("gateway")));
}

#[tokio::test]
async fn credits() {
    let answer = json!({"balance": "95.50", "total_used": "4.50"});
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let gateway = upstream.builder().api_key("key-1").team_id_or_slug("t").build().unwrap();
    let credits = gateway.credits().await.unwrap();
    assert_eq!((credits.balance.as_str(), credits.total_used.as_str()), ("95.50", "4.50"));
    let received = upstream.received().await;
    assert_eq!(received.line, "GET /v1/credits");
    let mut expected = account_headers();
    expected.insert("x-vercel-ai-gateway-team".to_owned(), "t".to_owned());
    assert_eq!(received.headers, expected);
}

#[tokio::test]
async fn a_generation() {
    let answer = json!({"data": {
        "id": "gen_1", "total_cost": 0.5, "upstream_inference_cost": 0, "usage": 0.5, "created_at": "2026-01-01T00:00:00Z",
        "model": "openai/gpt-5", "is_byok": false, "provider_name": "azure", "streamed": true, "finish_reason": "stop",
        "latency": 200, "generation_time": 1500.5, "native_tokens_prompt": 1, "native_tokens_completion": 2,
        "native_tokens_reasoning": 3, "native_tokens_cached": 4, "native_tokens_cache_creation": 5,
        "billable_web_search_calls": 6,
    }});
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let info = upstream.gateway().generation_info("gen/1&x").await.unwrap();
    assert_eq!(
        (info.id.as_str(), info.total_cost, info.generation_time_ms),
        ("gen_1", 0.5, 1500.5)
    );
    assert_eq!(
        (info.prompt_tokens, info.cache_creation_tokens, info.billable_web_search_calls),
        (1, 5, 6)
    );
    let received = upstream.received().await;
    assert_eq!(received.line, "GET /v1/generation?id=gen%2F1%26x");
    assert_eq!(received.headers, account_headers());
}

#[tokio::test]
async fn a_spend_report() {
    let answer = json!({"results": [
        {"model": "a", "total_cost": 1.5, "market_cost": 2, "input_tokens": 10, "request_count": 3},
        {"day": "2026-10-01", "total_cost": 0},
    ]});
    let report = Answer::json(200, &answer);
    let mut upstream = Upstream::new([report.clone(), report]).await;
    let gateway = upstream.gateway();
    let query = SpendReportQuery::new("2026-10-01", "2026-10-31")
        .group_by(GroupBy::Day)
        .group_by(GroupBy::CredentialType)
        .hourly()
        .user_id("u")
        .model("openai/gpt-5")
        .provider("azure")
        .credential_type("byok")
        .tag("a")
        .tag("b");
    let rows = gateway.spend_report(query).await.unwrap();
    assert_eq!(
        (rows[0].model.as_deref(), rows[0].total_cost, rows[0].market_cost),
        (Some("a"), 1.5, Some(2.0))
    );
    assert_eq!((rows[1].day.as_deref(), rows[1].request_count), (Some("2026-10-01"), None));
    assert_eq!(
        upstream.received().await.line,
        "GET /v1/report?start_date=2026-10-01&end_date=2026-10-31&group_by=credential_type&date_part=hour&user_id=u\
         &model=openai%2Fgpt-5&provider=azure&credential_type=byok&tags=a%2Cb"
    );
    gateway.spend_report(SpendReportQuery::new("2026-10-01", "2026-10-02")).await.unwrap();
    let received = upstream.received().await;
    assert_eq!(received.line, "GET /v1/report?start_date=2026-10-01&end_date=2026-10-02");
    assert_eq!(received.headers, account_headers());
}

#[tokio::test]
async fn client_secrets() {
    let answers = [
        json!({"token": "vcst_1", "expiresAt": 1_700_000_000}),
        json!({"token": "vcst_2", "expiresAt": null}),
    ];
    let mut upstream = Upstream::new(answers.map(|answer| Answer::json(200, &answer))).await;
    let gateway = upstream.gateway();
    let host = upstream.origin.trim_start_matches("http://").to_owned();

    let request = ClientSecretRequest::realtime("openai/gpt-realtime");
    let secret =
        gateway.client_secret(request.expires_after(Duration::from_secs(90))).await.unwrap();
    assert_eq!((secret.token.as_str(), secret.expires_at), ("vcst_1", Some(1_700_000_000)));
    assert_eq!(
        secret.url,
        format!("ws://{host}/v4/ai/realtime-model?ai-model-id=openai%2Fgpt-realtime")
    );
    let received = upstream.received().await;
    assert_eq!(received.line, "POST /v1/realtime/client-secrets");
    let mut expected = account_headers();
    expected.insert("content-type".to_owned(), "application/json".to_owned());
    assert_eq!(received.headers, expected);
    assert_eq!(received.json(), json!({"model": "openai/gpt-realtime", "expiresIn": 90}));

    let secret = gateway.client_secret(ClientSecretRequest::transcription("m")).await.unwrap();
    assert_eq!(secret.expires_at, None);
    assert_eq!(secret.url, format!("ws://{host}/v4/ai/transcription-model?ai-model-id=m"));
    assert_eq!(
        upstream.received().await.json(),
        json!({"model": "m", "routeKind": "transcription"})
    );
}
