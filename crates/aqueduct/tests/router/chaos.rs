//! Many clients, and upstreams that fail in every way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::layer::Timeouts;
use aqueduct::router::Route;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::mock::{Mock, Step, router, stream};

const CLIENTS: usize = 64;

#[tokio::test(start_paused = true)]
async fn no_client_sees_a_failure_while_one_target_lives() {
    let broken = [
        Mock::new("dead", [Step::Die]),
        Mock::new("stalling", [Step::Stall]),
        Mock::new("limited", [Step::Status(429, Some(Duration::from_secs(30)))]),
        Mock::new("cutting", [Step::CutBeforeContent]),
        Mock::new("unavailable", [Step::Status(503, None)]),
        Mock::new("complaining", [Step::ErrorPart(json!({ "message": "overloaded" }))]),
        Mock::new("locked", [Step::Status(401, None)]),
    ];
    let living = Mock::new("living", [Step::Answer]);
    let all = broken.iter().chain([&living]).collect::<Vec<_>>();
    let route = all.iter().fold(Route::new(), |route, mock| route.model(mock.model(), 1.0));
    let router = router(&all, |builder| {
        builder.route("r", route).timeouts(Timeouts::both(Duration::from_secs(20)))
    });

    let mut told = BTreeMap::<String, usize>::new();
    for _wave in 0..4 {
        let clients = (0..CLIENTS).map(|_| stream(&router, "r", &Value::Null));
        for outcome in join_all(clients).await {
            let (text, metadata) = outcome.unwrap();
            assert_eq!(text, "living");
            let routing = &metadata["gateway"]["routing"];
            let attempts = routing["attempts"].as_array().unwrap();
            assert_eq!(routing["totalProviderAttemptCount"], attempts.len());
            assert_eq!(routing["finalProvider"], "living");
            let (last, failed) = attempts.split_last().unwrap();
            assert_eq!((&last["success"], &last["statusCode"]), (&json!(true), &json!(200)));
            for attempt in failed {
                assert_eq!(attempt["success"], false);
                assert!(attempt["error"].is_string(), "{attempt}");
            }
            for attempt in attempts {
                assert!(attempt["endTime"].as_f64() >= attempt["startTime"].as_f64());
                *told.entry(attempt["provider"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    for mock in &all {
        let told = told.get(mock.name()).copied().unwrap_or_default();
        assert_eq!(told, mock.n_calls(), "{} was asked as often as was told", mock.name());
        assert_eq!(mock.n_open(), 0, "{} has nothing left open", mock.name());
    }
    assert_eq!(living.n_calls(), 4 * CLIENTS);
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_not_asked_again_while_it_rests() {
    let (dead, living) = (Mock::new("dead", [Step::Die]), Mock::new("living", [Step::Answer]));
    let router = router(&[&dead, &living], |builder| {
        builder.route("r", Route::new().model("dead/m", 1.0).model("living/m", 1.0))
    });
    let wave = || async {
        let clients = (0..CLIENTS).map(|_| stream(&router, "r", &Value::Null));
        assert!(join_all(clients).await.iter().all(Result::is_ok));
        dead.n_calls()
    };
    let first = wave().await;
    assert!(first > 0);
    assert_eq!(wave().await, first);
    tokio::time::advance(Duration::from_secs(6)).await;
    // Some of the clients draw the dead one first, and one of them finds out.
    assert!(wave().await <= first + 1);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_dies_and_comes_back_is_used_again() {
    let script = std::iter::repeat_n(Step::Die, 3).chain([Step::Answer]);
    let (flaky, other) = (Mock::new("flaky", script), Mock::new("other", [Step::Answer]));
    let router = router(&[&flaky, &other], |builder| {
        builder.route("r", Route::new().model("flaky/m", 1.0).model("other/m", 0.0))
    });
    let text = || async { stream(&router, "r", &Value::Null).await.unwrap().0 };
    assert_eq!(text().await, "other");
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(text().await, "flaky");
    assert_eq!(text().await, "flaky");
}

#[tokio::test(start_paused = true)]
async fn without_a_living_target_every_client_gets_an_error_and_soon() {
    let (dead, cutting) =
        (Mock::new("dead", [Step::Die]), Mock::new("cutting", [Step::CutBeforeContent]));
    let router = router(&[&dead, &cutting], |builder| {
        builder.route("r", Route::new().model("dead/m", 1.0).model("cutting/m", 1.0))
    });
    let start = tokio::time::Instant::now();
    let clients = (0..CLIENTS).map(|_| stream(&router, "r", &Value::Null));
    for outcome in join_all(clients).await {
        let error = outcome.unwrap_err();
        assert!(error.is_retryable());
        assert!(error.metadata().is_some_and(|metadata| metadata.get("gateway").is_some()));
    }
    assert!(start.elapsed() < Duration::from_secs(5));
    let mocks: [&Arc<Mock>; 2] = [&dead, &cutting];
    assert!(mocks.iter().all(|mock| mock.n_calls() <= 3 * CLIENTS && mock.n_open() == 0));
}
