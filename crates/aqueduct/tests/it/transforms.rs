//! What stands between a stream and its reader.

use std::sync::Arc;

use aqueduct::spec::language::{
    Finish, StreamPart, TextDelta, TextEnd, TextStart, ToolCall, UnifiedFinishReason, Usage,
};
use aqueduct::{ErrorKind, Message, TextStreamPart, Tool, step_count_is, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, future};

fn model() -> Arc<MockLanguageModel> {
    let call = Turn::content(
        [
            aqueduct::spec::language::Content::from(aqueduct::spec::language::Text::new("look")),
            ToolCall::new("a", "echo", r#"{"word":"small"}"#).into(),
        ],
        UnifiedFinishReason::ToolCalls,
    );
    Arc::new(MockLanguageModel::answers([call, Turn::text("done")]))
}

fn echo() -> Tool {
    Tool::new("echo").execute(|input: serde_json::Value, _| async move { input })
}

fn map_text(part: TextStreamPart, map: impl Fn(&str) -> String) -> TextStreamPart {
    match part {
        TextStreamPart::TextDelta(mut delta) => {
            delta.delta = map(&delta.delta);
            TextStreamPart::TextDelta(delta)
        }
        part => part,
    }
}

#[tokio::test]
async fn the_record_is_what_the_reader_saw() {
    let model = model();
    let mut stream = stream_text(&model)
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(2))
        .transform(|parts, cx| {
            assert_eq!(cx.tools[0].name(), "echo");
            parts.map(|part| map_text(part, str::to_uppercase))
        })
        .transform(|parts, _| parts.map(|part| map_text(part, |text| format!("<{text}>"))))
        .await
        .unwrap();
    let seen: Vec<_> = stream.text_stream().map(Result::unwrap).collect().await;
    assert_eq!(seen, ["<LOOK>", "<DONE>"], "one after the other");
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.text(), "<DONE>");
    let Message::Assistant(said) = &model.calls()[1].options.prompt[1] else { panic!() };
    assert!(format!("{said:?}").contains("<LOOK>"), "the model is sent what was seen");
    assert_eq!(answer.tool_results().next().unwrap().output["word"], "small");
}

#[tokio::test]
async fn tools_run_on_what_goes_in() {
    let model = model();
    let stream = stream_text(&model)
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(2))
        .transform(|parts, _| {
            parts.filter(|part| future::ready(!matches!(part, TextStreamPart::TextDelta(_))))
        })
        .await
        .unwrap();
    let answer = stream.collect().await.unwrap();
    assert_eq!((answer.steps().len(), answer.text().as_str()), (2, ""));
}

#[tokio::test]
async fn callbacks_see_what_the_reader_sees() {
    let texts = Arc::new(std::sync::Mutex::new(String::new()));
    let log = Arc::clone(&texts);
    let stream = stream_text(MockLanguageModel::text("hi"))
        .prompt("go")
        .on_chunk(move |part| {
            log.lock().unwrap().push_str(part.as_text_delta().unwrap_or_default());
            async {}
        })
        .transform(|parts, _| parts.map(|part| map_text(part, str::to_uppercase)))
        .await
        .unwrap();
    stream.consume().await;
    assert_eq!(*texts.lock().unwrap(), "HI");
}

/// Deltas of one word each; the model never ends by itself.
fn endless() -> Turn {
    let words = ["one ", "two ", "STOP ", "four "];
    let deltas = words.map(|word| StreamPart::from(TextDelta::new("0", word)));
    let parts = [StreamPart::from(TextStart::new("0"))].into_iter().chain(deltas);
    let end =
        [TextEnd::new("0").into(), Finish::new(UnifiedFinishReason::Stop, Usage::default()).into()];
    let pause = std::time::Duration::from_secs(3600);
    let last = end.into_iter().map(|part| (pause, part));
    Turn::paced(parts.map(|part| (std::time::Duration::ZERO, part)).chain(last))
}

#[tokio::test]
async fn a_transform_may_stop_the_stream_and_its_end_is_regular() {
    let model = Arc::new(MockLanguageModel::answers([endless(), Turn::text("never")]));
    let mut stream = stream_text(&model)
        .prompt("go")
        .stop_when(step_count_is(5))
        .transform(|parts, cx| {
            parts.map(move |part| {
                if part.as_text_delta().is_some_and(|text| text.contains("STOP")) {
                    cx.stop();
                }
                part
            })
        })
        .await
        .unwrap();
    let mut names = Vec::new();
    while let Some(part) = stream.next().await {
        names.push(match part.unwrap() {
            TextStreamPart::TextDelta(part) => part.delta,
            TextStreamPart::TextEnd(_) => "end".to_owned(),
            TextStreamPart::FinishStep(_) => "finish-step".to_owned(),
            TextStreamPart::Finish(_) => "finish".to_owned(),
            _ => continue,
        });
    }
    assert_eq!(names, ["one ", "two ", "STOP ", "end", "finish-step", "finish"]);
    let answer = stream.collect().await.unwrap();
    assert_eq!(answer.text(), "one two STOP ");
    assert_eq!(answer.finish_reason().unified, UnifiedFinishReason::Other);
    assert_eq!(answer.finish_reason().raw.as_deref(), Some("stopped"));
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn a_transform_that_ends_the_stream_itself_is_found_out() {
    let stream = stream_text(MockLanguageModel::text("hi"))
        .prompt("go")
        .transform(|parts, _| parts.take(2))
        .await
        .unwrap();
    let error = stream.collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}
