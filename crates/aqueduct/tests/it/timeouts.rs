//! Limits on time: each one's error names it, and tools go on without the one that was late.

use std::time::Duration;

use aqueduct::spec::Warning;
use aqueduct::spec::language::{
    Finish, StreamPart, StreamStart, TextDelta, TextEnd, TextStart, UnifiedFinishReason, Usage,
};
use aqueduct::tool::ToolFailureKind;
use aqueduct::{Error, ErrorKind, Timeouts, Tool, generate_text, step_count_is, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use serde_json::json;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn sleeper(seconds: u64) -> Tool {
    Tool::new("sleep").execute(move |_, _| async move {
        tokio::time::sleep(s(seconds)).await;
        "slept"
    })
}

fn call() -> Turn {
    Turn::tool_call("a", "sleep", &json!({}))
}

fn check(error: &Error, setting: &str, message: &str) {
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.param(), Some(&json!(setting)));
    assert_eq!(error.message(), message);
    assert!(!error.is_retryable(), "a limit of the caller's is no reason to try again");
}

#[tokio::test(start_paused = true)]
async fn the_total_spans_all_steps() {
    let turns = || MockLanguageModel::answers([call().after(s(2)), Turn::text("hi").after(s(2))]);
    let request = |limit: Duration| {
        generate_text(turns())
            .prompt("go")
            .tool(sleeper(2))
            .stop_when(step_count_is(2))
            .timeout(limit)
    };
    assert_eq!(request(s(7)).await.unwrap().text(), "hi");
    let error = request(s(5)).await.unwrap_err();
    check(&error, "timeout.total", "total timeout of 5000ms exceeded");
}

#[tokio::test(start_paused = true)]
async fn every_step_has_its_own_time() {
    let turns = || MockLanguageModel::answers([call().after(s(2)), Turn::text("hi").after(s(4))]);
    let request = |limit| {
        generate_text(turns())
            .prompt("go")
            .tool(sleeper(2))
            .stop_when(step_count_is(2))
            .timeout(Timeouts::new().step(limit))
    };
    assert_eq!(request(s(5)).await.unwrap().text(), "hi", "8 s in all");
    let error = request(s(3)).await.unwrap_err();
    check(&error, "timeout.step", "step timeout of 3000ms exceeded");
}

/// A stream with content after these seconds each.
fn paced(seconds: &[u64]) -> MockLanguageModel {
    let mut parts: Vec<(Duration, StreamPart)> =
        vec![(s(0), StreamStart::new([]).into()), (s(0), TextStart::new("0").into())];
    parts.extend(seconds.iter().map(|after| (s(*after), TextDelta::new("0", "x").into())));
    parts.push((s(0), TextEnd::new("0").into()));
    let finish = Finish::new(UnifiedFinishReason::Stop, Usage::default());
    parts.push((s(0), finish.into()));
    MockLanguageModel::answers([Turn::paced(parts).after(s(60))])
}

#[tokio::test(start_paused = true)]
async fn the_first_chunk_is_waited_for_from_the_beginning_of_the_stream() {
    let collect = |seconds: &[u64], limit| {
        let timeouts = Timeouts::new().first_chunk(limit);
        generate_text(paced(seconds)).prompt("go").timeout(timeouts).stream().collect()
    };
    assert_eq!(collect(&[4, 9], s(5)).await.unwrap().text(), "xx", "only the first counts");
    let error = collect(&[6], s(5)).await.unwrap_err();
    check(&error, "timeout.first_chunk", "first chunk timeout of 5000ms exceeded");
}

#[tokio::test(start_paused = true)]
async fn chunks_are_waited_for_after_the_first() {
    let collect = |seconds: &[u64], limit| {
        let timeouts = Timeouts::new().chunk(limit);
        generate_text(paced(seconds)).prompt("go").timeout(timeouts).stream().collect()
    };
    assert_eq!(collect(&[9, 4, 4], s(5)).await.unwrap().text(), "xxx", "not the first");
    let error = collect(&[1, 6], s(5)).await.unwrap_err();
    check(&error, "timeout.chunk", "chunk timeout of 5000ms exceeded");
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_slow_reader_is_not_the_models() {
    let timeouts = Timeouts::new().chunk(s(5));
    let mut stream = stream_text(paced(&[1, 1])).prompt("go").timeout(timeouts).await.unwrap();
    while let Some(part) = stream.next().await {
        part.unwrap();
        tokio::time::sleep(s(60)).await;
    }
    assert_eq!(stream.collect().await.unwrap().text(), "xx");
}

#[tokio::test]
async fn a_whole_answer_says_that_it_has_no_chunks() {
    let answer = generate_text(MockLanguageModel::text("hi"))
        .prompt("go")
        .timeout(Timeouts::new().first_chunk(s(1)).chunk(s(1)))
        .await
        .unwrap();
    let features: Vec<_> = answer
        .warnings()
        .map(|warning| match warning {
            Warning::Unsupported(warning) => warning.feature.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(features, ["timeout.first_chunk", "timeout.chunk"]);
}

#[tokio::test(start_paused = true)]
async fn the_model_learns_of_a_tool_that_was_late() {
    let model = MockLanguageModel::answers([call(), Turn::text("never mind")]);
    let answer = generate_text(model)
        .prompt("go")
        .tool(sleeper(9))
        .stop_when(step_count_is(2))
        .timeout(Timeouts::new().tool(s(3)))
        .await
        .unwrap();
    assert_eq!(answer.text(), "never mind");
    let failure = &answer.tool_errors().next().unwrap().failure;
    assert_eq!(failure.kind, ToolFailureKind::Timeout);
    assert_eq!(failure.message, "tool timeout of 3000ms exceeded");
    assert_eq!(answer.steps()[0].performance.tool_execution["a"], s(3));
}

#[tokio::test(start_paused = true)]
async fn a_tool_may_have_its_own_time() {
    let timeouts = Timeouts::new().tool(s(3)).tool_named("sleep", s(10));
    let answer = generate_text(MockLanguageModel::answers([call()]))
        .prompt("go")
        .tool(sleeper(9))
        .timeout(timeouts)
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, "slept");
}
