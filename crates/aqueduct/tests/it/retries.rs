//! Retries of the model call, on a clock that stands still but for the waits.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::retry::{RetryError, RetryReason};
use aqueduct::{Error, ErrorKind, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use tokio::time::Instant;

fn busy() -> Error {
    Error::new(ErrorKind::RateLimited, "slow down")
}

#[tokio::test(start_paused = true)]
async fn waits_longer_each_time() {
    let model =
        Arc::new(MockLanguageModel::answers([busy().into(), busy().into(), Turn::text("ok")]));
    let start = Instant::now();
    assert_eq!(generate_text(&model).prompt("go").await.unwrap().text(), "ok");
    assert_eq!(start.elapsed(), Duration::from_secs(2 + 4));
}

#[tokio::test(start_paused = true)]
async fn obeys_the_provider() {
    let asked = busy().with_retry_after(Duration::from_millis(250));
    let model = MockLanguageModel::answers([asked.into(), Turn::text("ok")]);
    let start = Instant::now();
    generate_text(model).prompt("go").stream().collect().await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_millis(250));
}

#[tokio::test(start_paused = true)]
async fn gives_up() {
    let model = Arc::new(MockLanguageModel::failing(busy().with_request_id("r-1")));
    let error = generate_text(&model).prompt("go").await.unwrap_err();
    assert_eq!(model.calls().len(), 3);
    assert_eq!(error.to_string(), "failed after 3 attempts, last error: slow down");
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::RateLimited, Some("r-1")));

    let model = Arc::new(MockLanguageModel::failing(busy()));
    let error = generate_text(&model).prompt("go").max_retries(0).await.unwrap_err();
    assert_eq!((model.calls().len(), error.to_string().as_str()), (1, "slow down"));

    let model = Arc::new(MockLanguageModel::failing(Error::invalid_request("no")));
    generate_text(&model).prompt("go").await.unwrap_err();
    assert_eq!(model.calls().len(), 1, "what cannot get better is not sent again");
}

#[tokio::test(start_paused = true)]
async fn all_attempts_are_told_and_why_there_was_no_other() {
    let refused = Error::invalid_request("no such thing").with_request_id("r-2");
    let model = MockLanguageModel::answers([busy().into(), Turn::error(refused)]);
    let error = generate_text(model).prompt("go").await.unwrap_err();
    let words = "failed after 2 attempts with a non-retryable error: no such thing";
    assert_eq!((error.message(), error.request_id()), (words, Some("r-2")));
    let tried = RetryError::of(&error).unwrap();
    assert_eq!(tried.reason, RetryReason::ErrorNotRetryable);
    let kinds: Vec<_> = tried.errors.iter().map(Error::kind).collect();
    assert_eq!(kinds, [ErrorKind::RateLimited, ErrorKind::InvalidRequest]);

    let model = MockLanguageModel::failing(busy());
    let error = generate_text(model).prompt("go").max_retries(1).await.unwrap_err();
    let tried = RetryError::of(&error).unwrap();
    assert_eq!((tried.reason, tried.errors.len()), (RetryReason::MaxRetriesExceeded, 2));

    let model = MockLanguageModel::failing(Error::invalid_request("no"));
    let error = generate_text(model).prompt("go").await.unwrap_err();
    assert!(RetryError::of(&error).is_none(), "there was one attempt");
}
