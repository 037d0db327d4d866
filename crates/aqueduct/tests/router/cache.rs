//! Answers that were given before.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::layer::Cache;
use aqueduct::router::{Router, Target};
use aqueduct::spec::{CacheControl, Context, Generate, Model as _, Provider as _, Stream};
use serde_json::{Value, json};

use crate::mock::{Mock, Step, generate, options, router, stream};

const TTL: Duration = Duration::from_secs(60);

fn cached(mock: &Arc<Mock>, max_bytes: u64) -> Router {
    router(&[mock], |builder| builder.cache(Cache::memory(TTL, max_bytes)))
}

async fn ask(router: &Router, gateway: &Value) -> String {
    let answer = generate(router, "a/m", gateway).await.unwrap();
    let metadata = serde_json::to_value(&answer.provider_metadata).unwrap();
    metadata["gateway"]["cache"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_same_call_gets_the_same_answer_until_it_expires() {
    let a = Mock::new("a", [Step::Answer]);
    let router = cached(&a, 1 << 20);
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(ask(&router, &Value::Null).await);
    }
    tokio::time::advance(TTL).await;
    states.push(ask(&router, &Value::Null).await);
    assert_eq!(states, ["miss", "hit", "hit", "miss"]);
    assert_eq!(a.n_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_replayed_as_a_stream() {
    let a = Mock::new("a", [Step::Answer]);
    let router = cached(&a, 1 << 20);
    let (first, miss) = stream(&router, "a/m", &Value::Null).await.unwrap();
    let (second, hit) = stream(&router, "a/m", &Value::Null).await.unwrap();
    assert_eq!((first.as_str(), second.as_str()), ("a", "a"));
    assert_eq!(
        (&miss["gateway"]["cache"], &hit["gateway"]["cache"]),
        (&json!("miss"), &json!("hit"))
    );
    assert_ne!(miss["gateway"]["generationId"], hit["gateway"]["generationId"]);
    assert_eq!(hit["gateway"]["routing"]["totalProviderAttemptCount"], 0, "a hit asks nobody");
    assert_eq!(a.n_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_says_what_the_cache_may_do() {
    let a = Mock::new("a", [Step::Answer]);
    let router = cached(&a, 1 << 20);
    let states = [
        (json!({ "cacheControl": "no-store" }), "miss"),
        (json!({ "cacheControl": "no-cache" }), "miss"),
        (json!({ "cacheControl": "no-cache" }), "miss"),
        (json!({}), "hit"),
        (json!({ "order": ["a"], "user": "someone" }), "hit"),
        (json!({ "only": ["a"] }), "miss"),
    ];
    for (gateway, expected) in states {
        assert_eq!(ask(&router, &gateway).await, expected, "{gateway}");
    }
    let model = router.language_model("a/m").unwrap();
    let before = a.n_calls();
    let call = || Generate::from(options(&Value::Null));
    let no_cache = Context::default().with_cache(CacheControl::parse("max-age=0"));
    model.call(call(), &no_cache).await.unwrap();
    assert_eq!(a.n_calls(), before + 1);
    let scope = CacheControl::default().with_scope("team");
    model.call(call(), &Context::default().with_cache(scope)).await.unwrap();
    assert_eq!(a.n_calls(), before + 2, "another scope has answers of its own");
}

#[tokio::test(start_paused = true)]
async fn another_call_gets_another_answer_and_headers_do_not_count() {
    let a = Mock::new("a", [Step::Answer]);
    let router = cached(&a, 1 << 20);
    let model = router.language_model("a/m").unwrap();
    let ask = async |change: fn(&mut aqueduct::spec::language::CallOptions)| {
        let mut options = options(&Value::Null);
        change(&mut options);
        model.call(Generate::from(options), &Context::default()).await.unwrap();
        a.n_calls()
    };
    assert_eq!(ask(|_| {}).await, 1);
    assert_eq!(ask(|options| options.headers = Some(Default::default())).await, 1);
    assert_eq!(ask(|options| options.temperature = Some(0.5)).await, 2);
    assert_eq!(ask(|options| options.seed = Some(1)).await, 3);
}

#[tokio::test(start_paused = true)]
async fn only_complete_answers_of_the_first_model_are_kept() {
    let cut = Mock::new("a", [Step::CutAfterContent, Step::Answer]);
    let router_cut = cached(&cut, 1 << 20);
    assert!(stream(&router_cut, "a/m", &Value::Null).await.is_err());
    assert!(stream(&router_cut, "a/m", &Value::Null).await.is_ok());
    assert_eq!(cut.n_calls(), 2);

    let dropped = Mock::new("a", [Step::Answer]);
    let router_dropped = cached(&dropped, 1 << 20);
    let model = router_dropped.language_model("a/m").unwrap();
    drop(model.call(Stream::from(options(&Value::Null)), &Context::default()).await.unwrap());
    assert!(router_dropped.cache().unwrap().is_empty());

    let (a, b) = (Mock::new("a", [Step::Status(400, None)]), Mock::new("b", [Step::Answer]));
    let router = router(&[&a, &b], |builder| builder.cache(Cache::memory(TTL, 1 << 20)));
    for _ in 0..2 {
        generate(&router, "a/m", &json!({ "models": ["b/m"] })).await.unwrap();
    }
    assert_eq!((a.n_calls(), b.n_calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_cache_stays_within_its_bytes() {
    let a = Mock::new("a", [Step::Answer]);
    let max_bytes = 8192;
    let router = cached(&a, max_bytes);
    let model = router.language_model("a/m").unwrap();
    for seed in 0..500 {
        let mut options = options(&Value::Null);
        options.seed = Some(seed);
        model.call(Generate::from(options), &Context::default()).await.unwrap();
        assert!(router.cache().unwrap().n_bytes() <= max_bytes);
    }
    let kept = router.cache().unwrap().len();
    assert!((4..100).contains(&kept), "{kept}");
}

#[tokio::test(start_paused = true)]
async fn who_brings_a_credential_shares_no_answers() {
    let router = Router::builder()
        .target(Target::new("simulator"))
        .cache(Cache::memory(TTL, 1 << 20))
        .build()
        .unwrap();
    let byok = json!({ "byok": { "simulator": [{}] } });
    generate(&router, "simulator/lorem", &byok).await.unwrap();
    assert!(router.cache().unwrap().is_empty());
    generate(&router, "simulator/lorem", &json!({})).await.unwrap();
    assert_eq!(router.cache().unwrap().len(), 1);
}
