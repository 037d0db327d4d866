//! Streams: their parts, their failures, and that they run only while they are read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{
    ErrorPart, Finish, GenerateResult, ResponseMetadata, StreamPart, StreamResult, StreamStart,
    TextDelta, TextEnd, TextStart, UnifiedFinishReason, Usage,
};
use aqueduct::spec::model::{BoxFuture, Describe, Model, ModelInfo};
use aqueduct::spec::{Generate, Stream, Warning};
use aqueduct::{
    Context, Error, ErrorKind, Result, TextStreamPart, Tool, generate_text, step_count_is,
    stream_text,
};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

fn parts(finish: UnifiedFinishReason) -> Vec<StreamPart> {
    let mut metadata = ResponseMetadata::default();
    metadata.id = Some("r-1".to_owned());
    vec![
        StreamStart::new([Warning::unsupported("seed")]).into(),
        metadata.into(),
        TextStart::new("0").into(),
        TextDelta::new("0", "hel").into(),
        TextDelta::new("0", "lo").into(),
        TextEnd::new("0").into(),
        Finish::new(finish, Usage::default()).into(),
    ]
}

fn name(part: &TextStreamPart) -> &'static str {
    match part {
        TextStreamPart::Start => "start",
        TextStreamPart::StartStep(_) => "start-step",
        TextStreamPart::TextStart(_) => "text-start",
        TextStreamPart::TextDelta(_) => "text-delta",
        TextStreamPart::TextEnd(_) => "text-end",
        TextStreamPart::ToolCall(_) => "tool-call",
        TextStreamPart::ToolResult(_) => "tool-result",
        TextStreamPart::FinishStep(_) => "finish-step",
        TextStreamPart::Finish(_) => "finish",
        TextStreamPart::Error(_) => "error",
        _ => "other",
    }
}

#[tokio::test]
async fn has_all_parts_of_all_steps() {
    let call = Turn::parts([
        aqueduct::spec::language::ToolCall::new("a", "echo", "{}").into(),
        Finish::new(UnifiedFinishReason::ToolCalls, Usage::default()).into(),
    ]);
    let model = MockLanguageModel::answers([call, Turn::parts(parts(UnifiedFinishReason::Stop))]);
    let chunks = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&chunks);
    let mut stream = stream_text(model)
        .prompt("go")
        .tool(Tool::new("echo").execute(|input: Value, _| async move { input }))
        .stop_when(step_count_is(3))
        .on_chunk(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        })
        .await
        .unwrap();
    let mut names = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.unwrap();
        if let TextStreamPart::StartStep(start) = &part {
            assert_eq!(start.warnings.len(), start.step_number, "the second step has a warning");
        }
        names.push(name(&part));
    }
    let expected = [
        "start",
        "start-step",
        "tool-call",
        "tool-result",
        "finish-step",
        "start-step",
        "text-start",
        "text-delta",
        "text-delta",
        "text-end",
        "finish-step",
        "finish",
    ];
    assert_eq!(names, expected);
    assert_eq!(chunks.load(Ordering::Relaxed), expected.len());
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.text(), "hello");
    assert_eq!(answer.response().id.as_deref(), Some("r-1"));
    assert_eq!(answer.warnings().count(), 1);
}

#[tokio::test]
async fn the_text_can_be_read_alone_and_the_rest_collected() {
    let model = MockLanguageModel::answers([Turn::parts(parts(UnifiedFinishReason::Stop))]);
    let mut stream = generate_text(model).prompt("go").stream();
    let first = stream.text_stream().next().await.unwrap().unwrap();
    assert_eq!(first, "hel");
    assert_eq!(stream.collect().await.unwrap().text(), "hello", "what was read is not lost");
}

#[tokio::test]
async fn what_the_provider_reports_is_a_part_and_what_breaks_is_an_error() {
    let mut reported = parts(UnifiedFinishReason::Error);
    let overloaded = json!({ "error": { "message": "overloaded", "type": "server_error" } });
    reported.insert(5, ErrorPart::new(overloaded).into());
    let errors = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&errors);
    let model = MockLanguageModel::answers([Turn::parts(reported.clone())]);
    let mut stream = stream_text(model)
        .prompt("go")
        .on_error(move |error| {
            log.lock().unwrap().push(error.to_string());
            std::future::ready(())
        })
        .await
        .unwrap();
    let mut names = Vec::new();
    while let Some(part) = stream.next().await {
        names.push(name(&part.unwrap()));
    }
    assert!(names.contains(&"error") && names.ends_with(&["finish-step", "finish"]));
    assert_eq!(stream.collect().await.unwrap_err().message(), "overloaded");
    assert_eq!(*errors.lock().unwrap(), ["overloaded"]);

    let cut = Turn::broken(reported[..4].to_vec(), Error::new(ErrorKind::Network, "cut"));
    let mut stream = generate_text(MockLanguageModel::answers([cut])).prompt("go").stream();
    let items: Vec<_> = (&mut stream).collect::<Vec<_>>().await;
    let (last, before) = items.split_last().unwrap();
    assert!(before.iter().all(Result::is_ok));
    assert_eq!(last.as_ref().unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(stream.collect().await.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_taken_for_complete() {
    let mut unfinished = parts(UnifiedFinishReason::Stop);
    unfinished.pop();
    let model = MockLanguageModel::answers([Turn::parts(unfinished)]);
    let error = generate_text(model).prompt("go").stream().collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn a_wrong_request_is_an_error_at_once_or_the_first_item() {
    let model = Arc::new(MockLanguageModel::text("no"));
    assert!(stream_text(&model).await.is_err());
    let items: Vec<_> = generate_text(&model).stream().map(|item| item.map(|_| ())).collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].as_ref().unwrap_err().kind(), ErrorKind::InvalidPrompt);
}

/// A model whose stream never ends, and that tells how far it was read and when it was dropped.
struct Endless {
    info: ModelInfo,
    read: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
}

struct OnDrop(Arc<AtomicUsize>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Describe for Endless {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<Generate> for Endless {
    fn call<'a>(&'a self, _: Generate, _: &'a Context) -> BoxFuture<'a, Result<GenerateResult>> {
        let guard = OnDrop(Arc::clone(&self.dropped));
        Box::pin(async move {
            let _guard = guard;
            std::future::pending().await
        })
    }
}

impl Model<Stream> for Endless {
    fn call<'a>(&'a self, _: Stream, _: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        let read = Arc::clone(&self.read);
        let guard = OnDrop(Arc::clone(&self.dropped));
        let parts = stream::repeat_with(move || {
            let _ = &guard;
            read.fetch_add(1, Ordering::Relaxed);
            Ok(TextDelta::new("0", "x").into())
        });
        Box::pin(async move { Ok(StreamResult::new(parts)) })
    }
}

#[tokio::test]
async fn reads_no_further_than_it_is_read_and_dropping_it_cancels() {
    let (read, dropped) = (Arc::default(), Arc::default());
    let model = Endless {
        info: ModelInfo::new("mock", "endless"),
        read: Arc::clone(&read),
        dropped: Arc::clone(&dropped),
    };
    let model = Arc::new(model);
    let mut stream = stream_text(&model).prompt("go").await.unwrap();
    assert_eq!(read.load(Ordering::Relaxed), 0, "nothing runs before it is polled");
    for _ in 0..10 {
        stream.next().await.unwrap().unwrap();
    }
    assert_eq!(read.load(Ordering::Relaxed), 8, "start and start-step are ours");
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    drop(stream);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);

    let request = tokio::time::timeout(
        std::time::Duration::ZERO,
        IntoFuture::into_future(generate_text(&model).prompt("go")),
    );
    assert!(request.await.is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_spans_the_whole_request() {
    let model = Endless {
        info: ModelInfo::new("mock", "endless"),
        read: Arc::default(),
        dropped: Arc::default(),
    };
    let limit = std::time::Duration::from_secs(3);
    let error = generate_text(model).prompt("go").timeout(limit).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

/// Requests and streams cross threads, as servers need.
#[test]
fn everything_is_send() {
    fn is_send<T: Send>(_: T) {}
    let model = Arc::new(MockLanguageModel::text("hi"));
    is_send(generate_text(&model).prompt("go").into_future());
    is_send(generate_text(&model).prompt("go").stream());
    is_send(generate_text(&model).prompt("go").stream().collect());
    is_send(stream_text(&model).prompt("go").into_future());
}
