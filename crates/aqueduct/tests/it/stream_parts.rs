//! What a stream is made of, and the ways to read it.

use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{
    Content, ErrorPart, File, Finish, GenerateResult, RawPart, StreamPart, Text, TextDelta,
    TextEnd, TextStart, ToolCall, ToolInputStart, UnifiedFinishReason, Usage,
};
use aqueduct::spec::{Data, FileData};
use aqueduct::text::stream_model_call;
use aqueduct::tool::ToolApproval;
use aqueduct::ui::{ToolUiState, UiMessageOptions, read_ui_message_stream};
use aqueduct::{
    Error, ErrorKind, TextStreamPart, Tool, generate_text, loop_finished, step_count_is,
    stream_text,
};
use aqueduct_testkit::{MockLanguageModel, Turn, unfold};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

fn echo() -> Tool {
    Tool::new("echo").execute(|input: Value, _| async move { input })
}

fn call(id: &str) -> Turn {
    let content = [
        Content::Text(Text::new("hm")),
        ToolCall::new(id, "echo", format!("{{\"n\":\"{id}\"}}")).into(),
    ];
    Turn::content(content, UnifiedFinishReason::ToolCalls)
}

#[tokio::test]
async fn no_two_blocks_of_a_stream_share_an_id() {
    let model = MockLanguageModel::answers([call("a"), call("b"), Turn::text("done")]);
    let mut stream =
        stream_text(model).prompt("go").tool(echo()).stop_when(loop_finished()).await.unwrap();
    let (mut begun, mut written, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(part) = stream.next().await {
        match part.unwrap() {
            TextStreamPart::TextStart(part) => begun.push(part.id),
            TextStreamPart::TextDelta(part) => written.push(part.id),
            TextStreamPart::TextEnd(part) => ended.push(part.id),
            _ => {}
        }
    }
    assert_eq!((begun.len(), &begun, &begun), (3, &written, &ended));
    begun.sort();
    begun.dedup();
    assert_eq!(begun.len(), 3);
}

/// Otherwise a page would show two calls.
#[tokio::test]
async fn an_unknown_tool_of_the_providers_is_dynamic_from_the_first_piece_of_its_input() {
    let mut start = ToolInputStart::new("a", "search");
    let mut call = ToolCall::new("a", "search", "{}");
    (start.provider_executed, call.provider_executed) = (Some(true), Some(true));
    let finish = Finish::new(UnifiedFinishReason::Stop, Usage::default());
    let parts = [StreamPart::from(start), call.into(), finish.into()];
    let stream =
        stream_text(MockLanguageModel::answers([Turn::parts(parts)])).prompt("go").stream();
    let chunks = stream.into_ui_messages(UiMessageOptions::new());
    let messages: Vec<_> = read_ui_message_stream(chunks).collect().await;
    let message = messages.last().unwrap().as_ref().unwrap();
    let calls: Vec<_> = message.tools().map(|call| (call.is_dynamic(), call.state)).collect();
    assert_eq!(calls, [(true, ToolUiState::InputAvailable)]);
}

#[tokio::test]
async fn pieces_without_text_are_passed_over() {
    let parts: [StreamPart; 5] = [
        TextStart::new("0").into(),
        TextDelta::new("0", "").into(),
        TextDelta::new("0", "a").into(),
        TextEnd::new("0").into(),
        Finish::new(UnifiedFinishReason::Stop, Usage::default()).into(),
    ];
    let mut stream =
        stream_text(MockLanguageModel::answers([Turn::parts(parts)])).prompt("go").await.unwrap();
    let deltas: Vec<_> = stream.text_stream().map(Result::unwrap).collect().await;
    assert_eq!(deltas, ["a"]);
}

#[tokio::test]
async fn a_finished_step_has_all_its_fields() {
    let mut stream = stream_text(MockLanguageModel::text("hi")).prompt("go").await.unwrap();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::FinishStep(part) = part.unwrap() {
            assert_eq!(part.usage.total_tokens(), Some(8));
            assert_eq!(part.response.model_id.as_deref(), Some("mock"));
            assert!(part.response.id.is_some() && part.response.timestamp.is_some());
            assert_eq!(part.finish_reason.unified, UnifiedFinishReason::Stop);
            assert!(part.performance.time_to_first_output.is_some());
        }
    }
}

#[tokio::test]
async fn generated_files_are_bytes_or_text_as_needed() {
    let file = || File::new("image/png", FileData::base64("iVBORw0KGgo="));
    let content = [Content::File(file()), Content::Text(Text::new("look"))];
    let model = MockLanguageModel::answers([Turn::content(content, UnifiedFinishReason::Stop)]);
    let answer = stream_text(model).prompt("go").await.unwrap().collect().await.unwrap();
    let found: Vec<_> = answer.files().collect();
    assert_eq!(found, [&file()]);
    let FileData::Data(data) = &found[0].data else { panic!("{found:?}") };
    assert_eq!(data.data.to_bytes().unwrap()[..4], *b"\x89PNG");
    assert_eq!(data.data.to_base64(), "iVBORw0KGgo=");
    let bytes = Data::from(data.data.to_bytes().unwrap());
    assert_eq!(bytes.to_base64(), "iVBORw0KGgo=", "bytes are written as they came");
    assert_eq!(bytes.to_data_url("image/png"), "data:image/png;base64,iVBORw0KGgo=");
}

#[tokio::test]
async fn one_call_runs_nothing_and_asks_nobody() {
    let model = Arc::new(MockLanguageModel::answers([call("a"), Turn::text("never")]));
    let stream = stream_model_call(&model)
        .prompt("go")
        .tool(Tool::new("echo").execute(|_, _| async { assert_eq!(1, 2, "nobody said so") }))
        .tool_approval("echo", ToolApproval::user())
        .stop_when(step_count_is(9))
        .repair_tool_call(|_| async { Ok(None) })
        .await
        .unwrap();
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.tool_calls().next().unwrap().input, json!({ "n": "a" }));
    assert_eq!((answer.tool_results().count(), answer.tool_approval_requests().count()), (0, 0));
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn a_stream_may_be_read_for_its_effects_alone() {
    let errors: Arc<Mutex<Vec<ErrorKind>>> = Arc::default();
    for turn in [Turn::text("hi"), Turn::error(Error::invalid_request("no"))] {
        let log = Arc::clone(&errors);
        stream_text(MockLanguageModel::answers([turn]))
            .prompt("go")
            .on_error(move |error| {
                log.lock().unwrap().push(error.kind());
                async {}
            })
            .await
            .unwrap()
            .consume()
            .await;
    }
    assert_eq!(*errors.lock().unwrap(), [ErrorKind::InvalidRequest]);
}

#[tokio::test]
async fn raw_chunks_come_only_if_asked_for() {
    let model = Arc::new(MockLanguageModel::text("hi"));
    stream_text(&model).prompt("go").await.unwrap().consume().await;
    stream_text(&model).prompt("go").include_raw_chunks().await.unwrap().consume().await;
    let asked: Vec<_> = model.calls().iter().map(|call| call.options.include_raw_chunks).collect();
    assert_eq!(asked, [None, Some(true)]);
    let chunk = json!({ "choices": [] });
    let mut parts = vec![RawPart::new(chunk.clone()).into()];
    parts.extend(unfold(GenerateResult::default()));
    let model = MockLanguageModel::answers([Turn::parts(parts)]);
    let stream = stream_text(model).prompt("go").include_raw_chunks().await.unwrap();
    let parts: Vec<_> = stream.map(Result::unwrap).collect().await;
    let raw = parts.iter().find_map(|part| match part {
        TextStreamPart::Raw(raw) => Some(&raw.raw_value),
        _ => None,
    });
    assert_eq!(raw, Some(&chunk));
}

/// What a program logs while it does something.
fn logged(work: impl Future<Output = ()>) -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(work));
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn failures_that_nobody_hears_of_are_logged() {
    let failing = || {
        let reported = json!({ "error": { "message": "overloaded" } });
        let parts: [StreamPart; 2] = [
            ErrorPart::new(reported).into(),
            Finish::new(UnifiedFinishReason::Error, Usage::default()).into(),
        ];
        MockLanguageModel::answers([Turn::parts(parts)])
    };
    let log = logged(async {
        stream_text(failing()).prompt("go").await.unwrap().consume().await;
    });
    assert!(log.contains("ERROR") && log.contains("overloaded"), "{log}");
    let log = logged(async {
        let request = stream_text(failing()).prompt("go").on_error(|_| async {});
        request.await.unwrap().consume().await;
        generate_text(failing()).prompt("go").await.unwrap_err();
    });
    assert!(!log.contains("overloaded"), "somebody was told: {log}");
}
