//! Each layer by itself.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::layer::{
    Balance, Cache, Cached, Cooldown, CooldownPolicy, Fallback, FirstPart, Retry, RetryPolicy,
    Timeout, Timeouts,
};
use aqueduct::spec::language::{GenerateResult, StreamResult};
use aqueduct::spec::{
    Context, Describe as _, Embed, ErrorKind, Generate, LanguageModel, Model, Result, Stream,
    embedding::EmbedOptions,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::mock::{Mock, Step, options};

async fn generate(model: &impl Model<Generate>) -> Result<GenerateResult> {
    model.call(Generate::from(options(&Value::Null)), &Context::default()).await
}

async fn stream(model: &impl Model<Stream>) -> Result<StreamResult> {
    model.call(Stream::from(options(&Value::Null)), &Context::default()).await
}

#[tokio::test(start_paused = true)]
async fn retry_waits_as_told_or_twice_as_long_each_time() {
    let cases = [
        (vec![Step::Die, Step::Die, Step::Answer], 3, 6, true),
        (vec![Step::Die, Step::Die, Step::Die, Step::Answer], 3, 6, false),
        (vec![Step::Status(429, Some(Duration::from_secs(11))), Step::Answer], 2, 11, true),
        (vec![Step::Status(400, None), Step::Answer], 1, 0, false),
    ];
    for (script, n_calls, seconds, succeeds) in cases {
        let mock = Mock::new("a", script);
        let start = Instant::now();
        let answer = generate(&Retry::new(Arc::clone(&mock), RetryPolicy::default())).await;
        assert_eq!(answer.is_ok(), succeeds);
        assert_eq!((mock.n_calls(), start.elapsed().as_secs()), (n_calls, seconds));
    }
}

#[test]
fn chance_adds_to_our_own_waits_alone() {
    let policy = RetryPolicy::times(1).with_jitter(0.5);
    let error = aqueduct::Error::new(ErrorKind::Network, "cut");
    for _ in 0..50 {
        let delay = policy.delay(&error, 1).unwrap().as_millis();
        assert!((2000..=3000).contains(&delay), "{delay}");
    }
    let asked = error.with_retry_after(Duration::from_secs(1));
    assert_eq!(policy.delay(&asked, 1), Some(Duration::from_secs(1)));
    assert_eq!(policy.delay(&asked, 2), None);
}

#[tokio::test(start_paused = true)]
async fn timeout_bounds_the_beginning_and_not_the_rest() {
    let slow = || Mock::new("a", [Step::Slow(Duration::from_secs(10))]);
    let limits = Timeouts::default().with_answer(Duration::from_secs(5)).with_first_part(None);
    let error = generate(&Timeout::new(slow(), limits)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert!(stream(&Timeout::new(slow(), limits)).await.is_ok());
    let stalled = FirstPart::new(Mock::new("a", [Step::StallInStream]));
    let error = stream(&Timeout::new(stalled, Timeouts::both(Duration::from_secs(1)))).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn first_part_turns_an_early_failure_into_an_error() {
    for step in [Step::CutBeforeContent, Step::ErrorPart(json!({ "message": "no" }))] {
        let mock = Mock::new("a", [step]);
        assert!(stream(&mock).await.is_ok());
        assert!(stream(&FirstPart::new(mock)).await.is_err());
    }
    assert!(stream(&FirstPart::new(Mock::new("a", [Step::CutAfterContent]))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn fallback_asks_the_next_and_balance_any() {
    let (bad, good) =
        (Mock::new("bad", [Step::Status(400, None)]), Mock::new("good", [Step::Answer]));
    let model = Fallback::new(Arc::clone(&bad)).then(Arc::clone(&good));
    assert_eq!(generate(&model).await.unwrap().text(), "good");
    assert_eq!(model.info().provider, "bad");

    let (a, b) = (Mock::new("a", [Step::Answer]), Mock::new("b", [Step::Answer]));
    let model = Balance::new(Arc::clone(&a), 0.0).and(Arc::clone(&b), 2.0);
    for _ in 0..10 {
        assert_eq!(generate(&model).await.unwrap().text(), "b");
    }
}

#[tokio::test(start_paused = true)]
async fn cooldown_answers_for_a_model_that_is_not_well() {
    let mock = Mock::new("a", [Step::Die, Step::Die, Step::Answer]);
    let policy = CooldownPolicy::default().with_failures(2).with_initial(Duration::from_secs(30));
    let model = Cooldown::new(Arc::clone(&mock), policy);
    for _ in 0..4 {
        assert!(generate(&model).await.is_err());
    }
    assert_eq!(mock.n_calls(), 2);
    let error = generate(&model).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    tokio::time::advance(Duration::from_secs(30)).await;
    assert!(generate(&model).await.is_ok());

    let limited = Mock::new("a", [Step::Status(429, Some(Duration::from_secs(7))), Step::Answer]);
    let model = Cooldown::new(Arc::clone(&limited), CooldownPolicy::default());
    assert!(generate(&model).await.is_err());
    assert_eq!(generate(&model).await.unwrap_err().retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(limited.n_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn layers_stack_over_any_kind_and_over_dyn_models() {
    let mock = Mock::new("a", [Step::Die, Step::Answer]);
    let cache = Cache::memory(Duration::from_secs(60), 1 << 20);
    let stack = Cached::new(
        Retry::new(
            Timeout::new(FirstPart::new(Arc::clone(&mock)), Timeouts::default()),
            RetryPolicy::times(1),
        ),
        cache,
    );
    let embed = || Embed::from(EmbedOptions::new(["x".to_owned()]));
    let first = stack.call(embed(), &Context::default()).await.unwrap();
    let second = stack.call(embed(), &Context::default()).await.unwrap();
    assert_eq!(first.embeddings, second.embeddings, "to the last bit");
    assert_eq!(mock.n_calls(), 2);

    let model: Arc<dyn LanguageModel> = Arc::new(stack);
    let model: Arc<dyn LanguageModel> = Arc::new(Retry::new(model, RetryPolicy::never()));
    assert_eq!(generate(&model).await.unwrap().text(), "a");
}
