//! Typed options, metadata and tools.

use std::time::Duration;

use aqueduct_providers::Settings;
use aqueduct_providers::gateway::{
    Caching, Capability, GatewayMetadata, GatewayOptions, ModelMapping, ServiceTier, Sort, tools,
};
use aqueduct_spec::language::Tool;
use aqueduct_spec::{ProviderMetadata, ProviderOptions};
use serde_json::{Value, json};

#[test]
fn every_option() {
    let options: ProviderOptions = GatewayOptions::new()
        .order(["azure", "openai"])
        .only(vec!["azure".to_owned()])
        .sort(Sort::Tps)
        .models(["anthropic/claude"])
        .byok("anthropic", Settings::new().with("apiKey", "a"))
        .byok("anthropic", Settings::new().with("apiKey", "b"))
        .byok_with_models(
            "azure",
            Settings::new().with("apiKey", "c"),
            [ModelMapping::new("openai/gpt-5", "my-gpt")],
        )
        .caching(Caching::Auto)
        .byok_timeout("azure", Duration::from_millis(1500))
        .service_tier(ServiceTier::Priority)
        .has([Capability::ImplicitCaching, Capability::Vision])
        .zero_data_retention()
        .disallow_prompt_training()
        .quota_entity_id("q")
        .user("u")
        .tags(["t"])
        .idempotency_key("k")
        .into();
    let expected = json!({"gateway": {
        "order": ["azure", "openai"], "only": ["azure"], "sort": "tps", "models": ["anthropic/claude"],
        "byok": {
            "anthropic": [{"apiKey": "a"}, {"apiKey": "b"}],
            "azure": [{"apiKey": "c", "modelMappings": [{"gatewayModelSlug": "openai/gpt-5", "customModelId": "my-gpt"}]}],
        },
        "caching": "auto", "providerTimeouts": {"byok": {"azure": 1500}}, "serviceTier": "priority",
        "has": ["implicit-caching", "vision"], "zeroDataRetention": true, "disallowPromptTraining": true,
        "quotaEntityId": "q", "user": "u", "tags": ["t"], "idempotencyKey": "k",
    }});
    assert_eq!(serde_json::to_value(&options).unwrap(), expected);
    let read: GatewayOptions = options.typed("gateway").unwrap().unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), expected["gateway"]);
}

#[test]
fn nothing_said_is_nothing_sent_and_the_unknown_is_kept() {
    let options = ProviderOptions::from(GatewayOptions::new());
    assert_eq!(serde_json::to_value(&options).unwrap(), json!({"gateway": {}}));
    let value = json!({"sort": "karma", "later": {"a": 1}, "serviceTier": "overnight"});
    let read: GatewayOptions = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(read.sort, Some(Sort::Other("karma".to_owned())));
    assert_eq!(serde_json::to_value(&read).unwrap()["later"], value["later"]);
    assert_eq!(serde_json::to_value(&read).unwrap()["sort"], "karma");
}

#[test]
fn credentials_do_not_show() {
    let options = GatewayOptions::new().byok("anthropic", Settings::new().with("apiKey", "sk-1"));
    assert!(!format!("{options:?}").contains("sk-1"));
}

fn metadata(value: Value) -> Option<GatewayMetadata> {
    GatewayMetadata::of(&serde_json::from_value::<ProviderMetadata>(value).unwrap())
}

#[test]
fn the_metadata_of_the_hosted_gateway() {
    let read = metadata(json!({"gateway": {
        "generationId": "gen_1", "cost": "0.0012", "marketCost": 0.5, "enabledZeroDataRetention": true,
        "routing": {
            "originalModelId": "openai/gpt-5", "resolvedProvider": "azure", "finalProvider": "openai",
            "fallbacksAvailable": ["openai"], "modelAttemptCount": 1, "totalProviderAttemptCount": 2,
            "attempts": [
                {"provider": "azure", "credentialType": "byok", "success": false, "statusCode": 500, "startTime": 1.5, "endTime": 2},
                {"provider": "openai", "success": true, "providerResponseId": "r"},
            ],
            "modelAttempts": [{"modelId": "openai/gpt-5", "success": true, "providerAttempts": [{"provider": "azure"}]}],
        },
        "asyncJob": {"jobId": "j", "status": "queued", "webhookSigningSecret": "whsec"},
        "later": 1,
    }}))
    .unwrap();
    assert_eq!(
        (read.generation_id.as_deref(), read.cost.as_deref()),
        (Some("gen_1"), Some("0.0012"))
    );
    assert_eq!(read.market_cost.as_deref(), Some("0.5"));
    let routing = read.routing.as_ref().unwrap();
    assert_eq!(routing.final_provider.as_deref(), Some("openai"));
    let attempts = routing.attempts.as_ref().unwrap();
    assert_eq!((attempts[0].status_code, attempts[1].success), (Some(500), Some(true)));
    assert_eq!(routing.model_attempts.as_ref().unwrap()[0].success, Some(true));
    assert_eq!(read.async_job.as_ref().unwrap().job_id.as_deref(), Some("j"));
    assert_eq!(read.rest["later"], 1);
    assert!(!format!("{read:?}").contains("whsec"));
}

#[test]
fn metadata_never_fails() {
    let odd = json!({"gateway": {"generationId": 7, "cost": null, "routing": {"attempts": "many", "provider": "p"}, "images": {}}});
    let read = metadata(odd).unwrap();
    assert_eq!((read.generation_id, read.cost, read.images), (None, None, None));
    let routing = read.routing.unwrap();
    assert_eq!((routing.attempts, routing.provider.as_deref()), (None, Some("p")));
    assert!(metadata(json!({"openai": {}})).is_none());
}

fn check(tool: impl Into<Tool>, expected: &Value) {
    assert_eq!(serde_json::to_value(tool.into()).unwrap(), *expected);
}

#[test]
fn every_tool() {
    check(
        tools::perplexity_search()
            .max_results(5)
            .max_tokens_per_page(512)
            .max_tokens(10_000)
            .country("US")
            .search_domain_filter(["a.com", "-b.com"])
            .search_language_filter(["en"])
            .search_recency_filter("week"),
        &json!({"type": "provider", "id": "gateway.perplexity_search", "name": "perplexity_search", "args": {
            "maxResults": 5, "maxTokensPerPage": 512, "maxTokens": 10_000, "country": "US",
            "searchDomainFilter": ["a.com", "-b.com"], "searchLanguageFilter": ["en"], "searchRecencyFilter": "week",
        }}),
    );
    check(
        tools::parallel_search()
            .name("search")
            .mode("agentic")
            .max_results(3)
            .include_domains(["a.com"])
            .exclude_domains(["b.com"])
            .after_date("2026-01-01")
            .max_chars_per_result(100)
            .max_chars_total(1000)
            .max_age_seconds(60),
        &json!({"type": "provider", "id": "gateway.parallel_search", "name": "search", "args": {
            "mode": "agentic", "maxResults": 3,
            "sourcePolicy": {"includeDomains": ["a.com"], "excludeDomains": ["b.com"], "afterDate": "2026-01-01"},
            "excerpts": {"maxCharsPerResult": 100, "maxCharsTotal": 1000}, "fetchPolicy": {"maxAgeSeconds": 60},
        }}),
    );
    check(
        tools::exa_search()
            .search_type("fast")
            .num_results(10)
            .category("news")
            .user_location("US")
            .include_domains(["a.com"])
            .exclude_domains(["b.com"])
            .start_published_date("2026-01-01")
            .end_published_date("2026-02-01")
            .text(json!({"maxCharacters": 100}))
            .highlights(true)
            .max_age_hours(24)
            .livecrawl_timeout(1000)
            .subpages(2)
            .subpage_target(["about"])
            .extras(json!({"links": 1})),
        &json!({"type": "provider", "id": "gateway.exa_search", "name": "exa_search", "args": {
            "type": "fast", "numResults": 10, "category": "news", "userLocation": "US", "includeDomains": ["a.com"],
            "excludeDomains": ["b.com"], "startPublishedDate": "2026-01-01", "endPublishedDate": "2026-02-01",
            "contents": {"text": {"maxCharacters": 100}, "highlights": true, "maxAgeHours": 24, "livecrawlTimeout": 1000,
                "subpages": 2, "subpageTarget": ["about"], "extras": {"links": 1}},
        }}),
    );
    check(
        tools::tako_search()
            .effort("deep")
            .data_source(json!({}))
            .web_source(json!({"a": 1}))
            .location("Berlin")
            .country_code("DE")
            .locale("de-DE")
            .timezone("Europe/Berlin")
            .output_settings(json!({"b": 2}))
            .include_related(true)
            .argument("later", 1),
        &json!({"type": "provider", "id": "gateway.tako_search", "name": "tako_search", "args": {
            "effort": "deep", "sources": {"data": {}, "web": {"a": 1}}, "location": "Berlin", "countryCode": "DE",
            "locale": "de-DE", "timezone": "Europe/Berlin", "outputSettings": {"b": 2}, "includeRelated": true, "later": 1,
        }}),
    );
}

#[test]
fn a_search_that_failed() {
    let failure = tools::SearchFailure::of(
        &json!({"error": "rate_limit", "statusCode": 429, "message": "m"}),
    );
    assert_eq!(failure.unwrap().status_code, Some(429));
    assert!(tools::SearchFailure::of(&json!({"results": []})).is_none());
}
