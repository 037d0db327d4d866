//! Delays, failures and limits, on a clock that does not run by itself.

use std::time::Duration;

use aqueduct_spec::language::{CallOptions, Message, StreamPart};
use aqueduct_spec::{Context, ErrorKind, Model, Stream};
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::time::{Instant, advance};

use super::{generate, scripted, simulator, stream};

fn hello() -> CallOptions {
    CallOptions::new([Message::user("one two three")])
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer_takes_as_long_as_its_stream() {
    let settings = json!({ "latencyMs": 100, "firstChunkDelayMs": 50, "chunkDelayMs": 10 });
    let provider = simulator(settings);
    let start = Instant::now();
    generate(&provider, "echo", hello()).await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 170);
    let start = Instant::now();
    stream(&provider, "echo", hello()).await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 170);
    let start = Instant::now();
    generate(&provider, "echo", scripted("one two", json!({ "latencyMs": 0 }))).await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 60);
}

#[tokio::test]
async fn a_failure_heals_after_so_many_times() {
    let provider = simulator(json!({}));
    let options =
        scripted("hi", json!({ "failure": { "status": 503, "times": 2, "message": "busy" } }));
    for _ in 0..2 {
        for expected in ["busy", "busy", "hi"] {
            let said = match generate(&provider, "echo", options.clone()).await {
                Ok(result) => result.text(),
                Err(error) => {
                    assert!(error.is_retryable());
                    error.to_string()
                }
            };
            assert_eq!(said, expected);
        }
    }
}

#[tokio::test]
async fn failures_are_of_the_kind_asked_for() {
    let provider = simulator(json!({}));
    for (failure, kind) in [
        (json!({ "status": 401 }), ErrorKind::Authentication),
        (json!({ "status": 413 }), ErrorKind::TooLarge),
        (json!({ "status": 200 }), ErrorKind::Provider),
        (json!({ "kind": "network" }), ErrorKind::Network),
        (json!({ "kind": "timeout" }), ErrorKind::Timeout),
    ] {
        let error = generate(&provider, "echo", scripted("hi", json!({ "failure": failure })))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{failure}");
        if let Some(body) = error.response_body() {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            assert_eq!(body["error"]["type"], "simulated");
        }
    }
}

#[tokio::test]
async fn a_cut_stream_fails_after_its_chunks() {
    let provider = simulator(json!({}));
    for (chunks, expected) in [(0, 0), (2, 2), (3, 3)] {
        let options = scripted("one two three", json!({ "failAfterChunks": chunks }));
        let parts = stream(&provider, "echo", options.clone()).await.unwrap();
        let deltas =
            parts.iter().filter(|part| matches!(part, Ok(StreamPart::TextDelta(_)))).count();
        assert_eq!(deltas, expected);
        assert_eq!(parts.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Network);
        assert_eq!(
            generate(&provider, "echo", options).await.unwrap_err().kind(),
            ErrorKind::Network
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_stream_never_goes_on() {
    let provider = simulator(json!({}));
    let model = provider.language_model("echo").unwrap();
    let options = scripted("one two three", json!({ "stallAfterChunks": 1 }));
    let result = Model::<Stream>::call(&*model, options.into(), &Context::default()).await.unwrap();
    let mut parts = result.stream;
    for tag in ["stream-start", "response-metadata", "text-start", "text-delta"] {
        assert_eq!(parts.next().await.unwrap().unwrap().tag(), tag);
    }
    assert!(parts.next().now_or_never().is_none());
    advance(Duration::from_secs(3600)).await;
    assert!(parts.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_limit_refuses_and_says_when_to_come_back() {
    let provider = simulator(json!({ "requestsPerMinute": 2 }));
    for _ in 0..2 {
        generate(&provider, "echo", hello()).await.unwrap();
    }
    let error = generate(&provider, "echo", hello()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.response_headers().unwrap()["x-ratelimit-limit-requests"], "2");
    let wait = error.retry_after().unwrap();
    assert_eq!(wait.as_secs(), 30);
    advance(wait).await;
    generate(&provider, "echo", hello()).await.unwrap();
    assert!(generate(&provider, "echo", hello()).await.is_err());
}

#[tokio::test]
async fn luck_is_the_same_for_every_instance_with_the_same_seed() {
    async fn fates(settings: serde_json::Value) -> Vec<bool> {
        let provider = simulator(settings);
        let mut fates = Vec::new();
        for _ in 0..200 {
            fates.push(generate(&provider, "echo", hello()).await.is_ok());
        }
        fates
    }
    let first = fates(json!({ "failureRate": 0.25, "seed": 7 })).await;
    assert_eq!(first, fates(json!({ "failureRate": 0.25, "seed": 7 })).await);
    assert_ne!(first, fates(json!({ "failureRate": 0.25, "seed": 8 })).await);
    let failed = first.iter().filter(|is_ok| !**is_ok).count();
    assert!((30..=70).contains(&failed), "{failed} of 200");
    assert!(fates(json!({ "failureRate": 1.0 })).await.iter().all(|is_ok| !is_ok));
    assert!(fates(json!({ "cutRate": 1.0 })).await.iter().all(|is_ok| !is_ok));
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    use aqueduct_http::Client;
    use aqueduct_providers::{Settings, find};
    for (name, value) in [
        ("failureRate", json!(1.5)),
        ("failureRate", json!("often")),
        ("failureStatus", json!(200)),
        ("requestsPerMinute", json!(0)),
    ] {
        let built =
            find("simulator").unwrap().build(&Settings::new().with(name, value), &Client::new());
        assert_eq!(built.err().unwrap().kind(), ErrorKind::Configuration);
    }
}
