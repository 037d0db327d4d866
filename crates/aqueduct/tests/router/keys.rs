//! Several keys of one provider.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::router::{Key, Router, Target};
use aqueduct::spec::{ErrorKind, Provider};
use aqueduct::{Environment, Settings};
use serde_json::{Value, json};

use crate::mock::{Mock, MockProvider, Step, attempts, generate, routing};

/// A router over one provider with a key for each mock.
fn with_keys(keys: &[(&Arc<Mock>, f64)]) -> Router {
    let instances = keys.iter().map(|(mock, weight)| {
        (Arc::new(MockProvider(Arc::clone(mock))) as Arc<dyn Provider>, *weight)
    });
    let target = Target::built_with_weights("p", instances);
    Router::builder().target(target).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_limited_key_makes_way_for_the_next_and_rests_as_long_as_told() {
    let limited = Mock::new("1", [Step::Status(429, Some(Duration::from_secs(30))), Step::Answer]);
    let other = Mock::new("2", [Step::Answer]);
    let router = with_keys(&[(&limited, 1.0), (&other, 0.0)]);
    let tried = async || attempts(&routing(&generate(&router, "p/m", &Value::Null).await.unwrap()));
    assert_eq!(tried().await, ["p 429", "p 200"]);
    assert_eq!(tried().await, ["p 200"]);
    assert_eq!((limited.n_calls(), other.n_calls()), (1, 2));
    tokio::time::advance(Duration::from_secs(31)).await;
    tried().await;
    assert_eq!((limited.n_calls(), other.n_calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_of_one_model_and_a_refusal_of_all() {
    let limited = Mock::new("1", [Step::Status(429, Some(Duration::from_secs(30))), Step::Answer]);
    let other = Mock::new("2", [Step::Answer]);
    let router = with_keys(&[(&limited, 1.0), (&other, 0.0)]);
    generate(&router, "p/m", &Value::Null).await.unwrap();
    generate(&router, "p/another", &Value::Null).await.unwrap();
    assert_eq!((limited.n_calls(), other.n_calls()), (2, 1));

    let refused = Mock::new("1", [Step::Status(401, None), Step::Answer]);
    let other = Mock::new("2", [Step::Answer]);
    let router = with_keys(&[(&refused, 1.0), (&other, 0.0)]);
    generate(&router, "p/m", &Value::Null).await.unwrap();
    generate(&router, "p/another", &Value::Null).await.unwrap();
    assert_eq!((refused.n_calls(), other.n_calls()), (1, 2));
    tokio::time::advance(Duration::from_secs(601)).await;
    generate(&router, "p/m", &Value::Null).await.unwrap();
    assert_eq!(refused.n_calls(), 2, "it may have been mended");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_missing_is_not_asked_for_with_every_key() {
    let (one, two) = (Mock::new("1", [Step::Status(404, None)]), Mock::new("2", [Step::Answer]));
    let router = with_keys(&[(&one, 1.0), (&two, 0.0)]);
    let error = generate(&router, "p/m", &Value::Null).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(two.n_calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn keys_share_the_calls_by_weight() {
    let (one, three) = (Mock::new("1", [Step::Answer]), Mock::new("3", [Step::Answer]));
    let router = with_keys(&[(&one, 1.0), (&three, 3.0)]);
    for _ in 0..2000 {
        generate(&router, "p/m", &Value::Null).await.unwrap();
    }
    // 500 expected; ten standard deviations.
    assert!((306..694).contains(&one.n_calls()), "{}", one.n_calls());
    assert_eq!(one.n_calls() + three.n_calls(), 2000);
}

#[tokio::test(start_paused = true)]
async fn targets_of_one_id_share_the_calls_and_take_over() {
    let (dead, living) = (Mock::new("east", [Step::Die]), Mock::new("west", [Step::Answer]));
    let target =
        |mock: &Arc<Mock>| Target::built("p", Arc::new(MockProvider(Arc::clone(mock)))).weight(0.5);
    let router = Router::builder().target(target(&dead)).target(target(&living)).build().unwrap();
    assert_eq!(router.provider_ids().collect::<Vec<_>>(), ["p"]);
    for _ in 0..20 {
        generate(&router, "m", &Value::Null).await.unwrap();
    }
    assert!(dead.n_calls() > 0);
    assert_eq!(living.n_calls(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_target_of_the_table_is_built_once_for_each_key() {
    let failing =
        |status: u16| Settings::new().with("failureRate", 1.0).with("failureStatus", status);
    let router = Router::builder()
        .target(
            Target::new("simulator")
                .named("sim")
                .settings(Settings::new().with("latencyMs", 10))
                .key(Key::of(failing(401)).with_weight(1.0))
                .key(Key::of(failing(429)).with_weight(1.0))
                .key(Key::of(Settings::new()).with_weight(0.0)),
        )
        .build()
        .unwrap();
    let answer = generate(&router, "sim/lorem", &Value::Null).await.unwrap();
    let routing = routing(&answer);
    let mut statuses = BTreeMap::<String, usize>::new();
    for attempt in attempts(&routing) {
        *statuses.entry(attempt).or_default() += 1;
    }
    assert_eq!(json!(statuses), json!({ "sim 200": 1, "sim 401": 1, "sim 429": 1 }));
}

#[test]
fn a_router_that_cannot_work_is_not_built() {
    let mock = Arc::new(MockProvider(Mock::new("a", [])));
    let cases = [
        (Router::builder().target(Target::new("nowhere")), ErrorKind::NoSuchProvider),
        (Router::builder().target(Target::new("groq")), ErrorKind::Authentication),
        (
            Router::builder().target(Target::built("a", mock.clone()).weight(-1.0)),
            ErrorKind::Configuration,
        ),
        (
            Router::builder().target(Target::built("a", mock.clone()).key("k")),
            ErrorKind::Configuration,
        ),
        (Router::builder().provider("a/b", mock.clone()), ErrorKind::Configuration),
        (
            Router::builder()
                .provider("a", mock.clone())
                .route("r", aqueduct::router::Route::new()),
            ErrorKind::Configuration,
        ),
        (
            Router::builder()
                .provider("a", mock)
                .route("r", aqueduct::router::Route::new().model("b/m", 1.0)),
            ErrorKind::Configuration,
        ),
    ];
    for (index, (builder, kind)) in cases.into_iter().enumerate() {
        assert_eq!(builder.build().unwrap_err().kind(), kind, "case {index}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_environment_makes_a_router() {
    let environment =
        Environment::from_iter([("GROQ_API_KEY".to_owned(), "gsk-secret".to_owned())]);
    let router = Router::from_environment(&environment, &aqueduct::Client::new()).unwrap();
    assert_eq!(router.provider_ids().collect::<Vec<_>>(), ["groq"]);
    assert!(router.language_model("llama").is_ok(), "one provider needs no name");
    assert!(!format!("{router:?}").contains("secret"));
    let byok = json!({ "byok": { "groq": [{ "baseURL": "http://elsewhere.example" }] } });
    let error = generate(&router, "llama", &byok).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "it takes credentials, but not every host");
}
