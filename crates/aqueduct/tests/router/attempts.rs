//! What is tried after what.

use std::time::Duration;

use aqueduct::layer::{CooldownPolicy, RetryPolicy, Timeouts};
use aqueduct::router::Route;
use aqueduct::spec::{Context, Error, ErrorKind, Generate, Model as _, Provider as _};
use serde_json::{Value, json};

use crate::mock::{Mock, Step, attempts, generate, options, router, routing, stream};

#[tokio::test(start_paused = true)]
async fn each_failure_has_its_consequence() {
    let long = Error::invalid_request("too long").with_code("context_length_exceeded");
    let cases: Vec<(Step, Vec<&str>)> = vec![
        (Step::Answer, vec!["a 200"]),
        (Step::Status(503, None), vec!["a 503", "a 503", "a 503", "b 200"]),
        (
            Step::Die,
            vec!["a connection refused", "a connection refused", "a connection refused", "b 200"],
        ),
        (Step::Status(503, Some(Duration::from_secs(30))), vec!["a 503", "b 200"]),
        (Step::Status(429, None), vec!["a 429", "b 200"]),
        (Step::Status(401, None), vec!["a 401", "b 200"]),
        (Step::Status(403, None), vec!["a 403", "b 200"]),
        (Step::Status(402, None), vec!["a 402", "b 200"]),
        (Step::Status(404, None), vec!["a 404", "b 200"]),
        (Step::Status(413, None), vec!["a 413", "b 200"]),
        (Step::Fail(long), vec!["a too long", "b 200"]),
        (
            Step::Fail(Error::unsupported("images")),
            vec!["a 'images' functionality not supported", "b 200"],
        ),
        (Step::Stall, vec!["a the model 'm' did not answer within 60s", "b 200"]),
    ];
    for (step, expected) in cases {
        let (a, b) = (Mock::new("a", [step.clone()]), Mock::new("b", [Step::Answer]));
        let router = router(&[&a, &b], |builder| {
            builder
                .route("r", Route::new().model("a/m", 1.0).model("b/m", 0.0))
                .timeouts(Timeouts::both(Duration::from_secs(60)))
        });
        let answer = generate(&router, "r", &Value::Null).await.unwrap();
        assert_eq!(attempts(&routing(&answer)), expected, "{step:?}");
        assert_eq!(a.n_open(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_call_goes_to_another_model_only() {
    let wrong = Step::Status(400, None);
    let (a, b) = (Mock::new("a", [wrong]), Mock::new("b", [Step::Answer]));
    let router = router(&[&a, &b], |builder| {
        builder.route("r", Route::new().model("a/m", 1.0).model("b/m", 0.0))
    });
    let error = generate(&router, "r", &Value::Null).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert_eq!(b.n_calls(), 0);

    let answer = generate(&router, "a/m", &json!({ "models": ["b/other"] })).await.unwrap();
    let routing = routing(&answer);
    assert_eq!(attempts(&routing), ["a 400", "b 200"]);
    assert_eq!(routing["modelAttemptCount"], 2);
    assert_eq!(routing["modelAttempts"][0]["success"], false);
    assert_eq!(routing["modelAttempts"][1]["modelId"], "b/other");
    assert_eq!(routing["finalProvider"], "b");
    assert_eq!(routing["fallbacksAvailable"], json!(["b"]));
}

#[tokio::test(start_paused = true)]
async fn a_stream_fails_over_until_its_first_content_and_not_after() {
    for step in [
        Step::Die,
        Step::Stall,
        Step::CutBeforeContent,
        Step::ErrorPart(json!({ "message": "overloaded" })),
        Step::Status(429, Some(Duration::from_secs(9))),
    ] {
        let (a, b) = (Mock::new("a", [step.clone()]), Mock::new("b", [Step::Answer]));
        let router = router(&[&a, &b], |builder| builder);
        let options = json!({ "models": ["b/m"] });
        let (text, metadata) = stream(&router, "a/m", &options).await.unwrap();
        assert_eq!(text, "b", "{step:?}");
        let tried = attempts(&metadata["gateway"]["routing"]);
        assert!(tried.len() > 1 && tried.last().unwrap() == "b 200", "{tried:?}");
    }
    let (a, b) = (Mock::new("a", [Step::CutAfterContent]), Mock::new("b", [Step::Answer]));
    let router = router(&[&a, &b], |builder| builder);
    assert!(stream(&router, "a/m", &json!({ "models": ["b/m"] })).await.is_err());
    assert_eq!(b.n_calls(), 0, "what was shown is not said again by another");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_before_it_may_be() {
    for status in [429, 503] {
        let busy = Mock::new("a", [Step::Status(status, Some(Duration::from_secs(90)))]);
        let router = router(&[&busy], |builder| builder);
        let error = generate(&router, "a/m", &Value::Null).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
        assert_eq!(busy.n_calls(), 1, "{status}: longer than anyone waits");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_tells_every_attempt() {
    let (a, b) = (
        Mock::new("a", [Step::Status(429, Some(Duration::from_secs(7)))]),
        Mock::new("b", [Step::Status(401, None)]),
    );
    let router = router(&[&a, &b], |builder| builder.retry(RetryPolicy::never()));
    let error = generate(&router, "a/m", &json!({ "models": ["b/m"] })).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "what passes tells more than a bad key");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let metadata = serde_json::to_value(error.metadata()).unwrap();
    assert_eq!(attempts(&metadata["gateway"]["routing"]), ["a 429", "b 401"]);
    let id = error.generation_id().unwrap();
    assert!(id.starts_with("gen_") && id.len() == 30);
    assert_eq!(metadata["gateway"]["generationId"], id);
}

#[tokio::test(start_paused = true)]
async fn a_lone_target_is_waited_for() {
    let wait = Duration::from_secs(20);
    let a = Mock::new("a", [Step::Status(429, Some(wait)), Step::Answer]);
    let router = router(&[&a], |builder| builder);
    let start = tokio::time::Instant::now();
    let answer = generate(&router, "m", &Value::Null).await.unwrap();
    assert_eq!(attempts(&routing(&answer)), ["a 429", "a 200"]);
    assert_eq!(start.elapsed(), wait);
}

#[tokio::test(start_paused = true)]
async fn a_failing_target_is_left_alone_and_then_tried_by_one() {
    let a = Mock::new("a", [Step::Die, Step::Die, Step::Answer]);
    let b = Mock::new("b", [Step::Answer]);
    let router = router(&[&a, &b], |builder| {
        let minute = Duration::from_secs(60);
        builder
            .route("r", Route::new().model("a/m", 1.0).model("b/m", 0.0))
            .retry(RetryPolicy::never())
            .cooldown(CooldownPolicy::default().with_failures(2).with_durations(minute, minute * 8))
    });
    for expected in [1, 2, 2, 2] {
        generate(&router, "r", &Value::Null).await.unwrap();
        assert_eq!(a.n_calls(), expected);
    }
    tokio::time::advance(Duration::from_secs(61)).await;
    let answer = generate(&router, "r", &Value::Null).await.unwrap();
    assert_eq!(attempts(&routing(&answer)), ["a 200"], "well again");
    generate(&router, "r", &Value::Null).await.unwrap();
    assert_eq!(a.n_calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn if_all_rest_one_is_tried_anyway() {
    let a = Mock::new("a", [Step::Die, Step::Answer]);
    let router = router(&[&a], |builder| {
        builder.retry(RetryPolicy::never()).cooldown(CooldownPolicy::default().with_failures(1))
    });
    assert!(generate(&router, "a/m", &Value::Null).await.is_err());
    assert!(generate(&router, "a/m", &Value::Null).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_or_a_stream_ends_it_upstream() {
    let a = Mock::new("a", [Step::Stall]);
    let router_a = router(&[&a], |builder| builder);
    let call = generate(&router_a, "a/m", &Value::Null);
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    assert_eq!((a.n_calls(), a.n_open()), (1, 0));

    let b = Mock::new("b", [Step::Answer]);
    let router_b = router(&[&b], |builder| builder);
    let model = aqueduct::spec::Provider::language_model(&router_b, "b/m").unwrap();
    let call = aqueduct::spec::Stream::from(options(&Value::Null));
    let answer = model.call(call, &Context::default()).await.unwrap();
    assert_eq!(b.n_open(), 1);
    drop(answer);
    assert_eq!(b.n_open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lone_target_that_stalls_is_waited_for_twice() {
    let a = Mock::new("a", [Step::Stall]);
    let router = router(&[&a], |builder| builder.timeouts(Timeouts::both(Duration::from_secs(60))));
    let error = stream(&router, "a/m", &Value::Null).await.unwrap_err();
    assert_eq!((error.kind(), a.n_calls()), (ErrorKind::Timeout, 2));
}

#[tokio::test(start_paused = true)]
async fn what_was_tried_can_be_left_out_of_answers_but_not_of_errors() {
    let (a, b) =
        (Mock::new("a", [Step::Status(503, None)]), Mock::new("b", [Step::Answer, Step::Answer]));
    let router = router(&[&a, &b], |builder| {
        builder.route("r", Route::new().model("a/m", 1.0).model("b/m", 0.0))
    });
    let mut context = Context::default();
    context.include.routing = false;
    let ask = async |name: &str| {
        let model = router.language_model(name)?;
        model.call(Generate::from(options(&Value::Null)), &context).await
    };
    let answer = ask("r").await.unwrap();
    let outcome = json!({ "finalProvider": "b", "totalProviderAttemptCount": 4 });
    assert_eq!(routing(&answer), outcome);

    let error = ask("a/m").await.unwrap_err();
    let metadata = serde_json::to_value(error.metadata()).unwrap();
    assert!(!attempts(&metadata["gateway"]["routing"]).is_empty());
}
