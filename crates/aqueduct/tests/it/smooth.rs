//! Text at an even pace.

use std::time::Duration;

use aqueduct::spec::language::{
    Finish, ReasoningDelta, ReasoningEnd, ReasoningStart, StreamPart, TextDelta, TextEnd,
    TextStart, UnifiedFinishReason, Usage,
};
use aqueduct::spec::{JsonObject, ProviderOptions};
use aqueduct::text::{Smoothing, smooth_stream};
use aqueduct::{TextStreamPart, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use tokio::time::Instant;

fn text(deltas: &[&str]) -> Vec<StreamPart> {
    let mut parts = vec![StreamPart::from(TextStart::new("0"))];
    parts.extend(deltas.iter().map(|delta| TextDelta::new("0", *delta).into()));
    parts.push(TextEnd::new("0").into());
    parts
}

/// The deltas that a reader sees, and when.
async fn read(mut parts: Vec<StreamPart>, smoothing: Smoothing) -> Vec<(String, u64)> {
    parts.push(Finish::new(UnifiedFinishReason::Stop, Usage::default()).into());
    let start = Instant::now();
    let mut stream = stream_text(MockLanguageModel::answers([Turn::parts(parts)]))
        .prompt("go")
        .transform(smooth_stream(smoothing))
        .await
        .unwrap();
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        let text = match part.unwrap() {
            TextStreamPart::TextDelta(part) => part.delta,
            TextStreamPart::ReasoningDelta(part) => format!("thought: {}", part.delta),
            TextStreamPart::TextEnd(_) => "end".to_owned(),
            TextStreamPart::Error(_) => "error".to_owned(),
            _ => continue,
        };
        let after = u64::try_from(start.elapsed().as_millis()).unwrap();
        seen.push((text, after));
    }
    seen
}

async fn pieces(deltas: &[&str], smoothing: Smoothing) -> Vec<String> {
    read(text(deltas), smoothing).await.into_iter().map(|(text, _)| text).collect()
}

#[tokio::test(start_paused = true)]
async fn words_come_one_by_one() {
    let seen = read(text(&["Hel", "lo, wor", "ld! How are"]), Smoothing::words()).await;
    let expected = [("Hello, ", 0), ("world! ", 10), ("How ", 20), ("are", 30), ("end", 30)];
    assert_eq!(seen, expected.map(|(text, ms)| (text.to_owned(), ms)));
}

#[tokio::test(start_paused = true)]
async fn blanks_stay_with_their_words() {
    let seen = pieces(&["  a \n\n b", "c  "], Smoothing::words()).await;
    assert_eq!(seen, ["  a \n\n ", "bc  ", "end"]);
}

#[tokio::test(start_paused = true)]
async fn lines_come_one_by_one() {
    let smoothing = Smoothing::lines().delay(Duration::from_millis(7));
    let seen = read(text(&["one two\nthree\n\nfo", "ur"]), smoothing).await;
    let expected = [("one two\n", 0), ("three\n\n", 7), ("four", 14), ("end", 14)];
    assert_eq!(seen, expected.map(|(text, ms)| (text.to_owned(), ms)));
}

#[tokio::test(start_paused = true)]
async fn pieces_may_be_found_by_a_function() {
    let smoothing = Smoothing::custom(|text| text.find('_').map(|end| end + 1)).without_delay();
    let seen = read(text(&["a_b_", "c"]), smoothing).await;
    let expected = [("a_", 0), ("b_", 0), ("c", 0), ("end", 0)];
    assert_eq!(seen, expected.map(|(text, ms)| (text.to_owned(), ms)));
}

#[tokio::test(start_paused = true)]
async fn a_piece_that_is_none_is_an_error_and_no_text_is_lost() {
    for wrong in [0, 1, 99] {
        let smoothing = Smoothing::custom(move |_| Some(wrong)).without_delay();
        assert_eq!(pieces(&["é", "!"], smoothing).await, ["error", "é!", "end"], "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn thoughts_are_smoothed_and_keep_their_signature() {
    let signature =
        ProviderOptions::of("mock", JsonObject::from_iter([("s".to_owned(), 1.into())]));
    let mut signed = ReasoningDelta::new("1", "");
    signed.provider_metadata = Some(signature.clone());
    let parts = vec![
        ReasoningStart::new("1").into(),
        ReasoningDelta::new("1", "let me ").into(),
        ReasoningDelta::new("1", "see").into(),
        signed.into(),
        ReasoningDelta::new("1", "!").into(),
        ReasoningEnd::new("1").into(),
        Finish::new(UnifiedFinishReason::Stop, Usage::default()).into(),
    ];
    let stream = stream_text(MockLanguageModel::answers([Turn::parts(parts)]))
        .prompt("go")
        .transform(smooth_stream(Smoothing::words()))
        .await
        .unwrap();
    let answer = stream.collect().await.unwrap();
    let thought = answer.reasoning().next().unwrap();
    assert_eq!(thought.text, "let me see!");
    assert_eq!(thought.provider_metadata.as_ref(), Some(&signature));
}

#[tokio::test(start_paused = true)]
async fn blocks_are_not_mixed() {
    let parts = vec![
        TextStart::new("0").into(),
        ReasoningStart::new("0").into(),
        TextDelta::new("0", "te").into(),
        ReasoningDelta::new("0", "th").into(),
        TextDelta::new("0", "xt").into(),
        TextEnd::new("0").into(),
    ];
    let seen: Vec<_> =
        read(parts, Smoothing::words()).await.into_iter().map(|(text, _)| text).collect();
    assert_eq!(seen, ["te", "thought: th", "xt", "end"]);
}

#[cfg(feature = "regex")]
#[tokio::test(start_paused = true)]
async fn pieces_may_be_found_by_a_pattern() {
    let smoothing = Smoothing::pattern(regex::Regex::new("[.;]").unwrap()).without_delay();
    assert_eq!(pieces(&["a.b;", "c"], smoothing).await, ["a.", "b;", "c", "end"]);
}
