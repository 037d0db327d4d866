//! Messages for user interfaces on their way: written, read, sent, resumed and checked.

use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{StreamPart, TextDelta, TextStart};
use aqueduct::ui::{
    DataChunk, ErrorChunk, ResetStepChunk, ResumableStreams, SSE_DONE, StartChunk, StartStepChunk,
    TextDeltaChunk, TextStartChunk, ToolInputDeltaChunk, ToolInputStartChunk, UiMessage,
    UiMessageChecks, UiMessageChunk, UiMessageEnd, UiMessageOptions, UiMessageStream,
    create_ui_message_stream, last_assistant_message_is_complete_with_approval_responses,
    last_assistant_message_is_complete_with_tool_calls, read_ui_message_stream, resumed_response,
    validate_ui_messages,
};
use aqueduct::{Error, Tool, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

async fn all(stream: UiMessageStream) -> Vec<Value> {
    stream.map(|chunk| serde_json::to_value(chunk).unwrap()).collect().await
}

fn tags(chunks: &[Value]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_broken_stream_ends_with_an_error_that_tells_nothing() {
    let model = || {
        let parts = [TextStart::new("1").into(), StreamPart::from(TextDelta::new("1", "a"))];
        MockLanguageModel::answers([Turn::broken(
            parts,
            Error::internal("the secret host is down"),
        )])
    };
    let stream = stream_text(model()).prompt("go").stream();
    let chunks = all(stream.into_ui_messages(UiMessageOptions::new())).await;
    assert_eq!(tags(&chunks), ["start", "start-step", "text-start", "text-delta", "error"]);
    assert_eq!(chunks[4]["errorText"], "An error occurred.");
    let options = UiMessageOptions::new().on_error(|error| error.to_string());
    let chunks = all(stream_text(model()).prompt("go").stream().into_ui_messages(options)).await;
    assert_eq!(chunks[4]["errorText"], "the secret host is down");
}

#[tokio::test]
async fn a_program_writes_and_merges() {
    let end: Arc<Mutex<Option<UiMessageEnd>>> = Arc::default();
    let seen = Arc::clone(&end);
    let options = UiMessageOptions::new().generate_message_id(|| "m".to_owned()).on_end(
        move |event: UiMessageEnd| {
            *seen.lock().unwrap() = Some(event);
            async {}
        },
    );
    let stream = create_ui_message_stream(options, |writer| async move {
        writer.write(StartChunk::default()).await;
        let mut data = DataChunk::new("data-status", "busy");
        data.id = Some("s".to_owned());
        writer.write(data.clone()).await;
        let answer = stream_text(MockLanguageModel::text("hi")).prompt("go").stream();
        writer.merge(answer.into_ui_messages(UiMessageOptions::new().send_start(false))).await;
        // More than there is room for.
        for number in 0..100 {
            data.data = json!(number);
            writer.write(data.clone()).await;
        }
        Err(Error::internal("late"))
    });
    let chunks = all(stream).await;
    assert_eq!(chunks[0], json!({ "type": "start", "messageId": "m" }));
    assert_eq!(chunks.iter().filter(|chunk| chunk["type"] == "data-status").count(), 101);
    assert_eq!(tags(&chunks).iter().filter(|tag| **tag == "error").count(), 1);
    assert!(tags(&chunks).contains(&"finish"), "the merged stream is read to its end");
    let end = end.lock().unwrap().take().unwrap();
    assert_eq!(
        (end.response_message.text().as_str(), end.response_message.id.as_str()),
        ("hi", "m")
    );
    let data: Vec<_> =
        end.response_message.parts.iter().filter(|part| part.tag() == "data-status").collect();
    assert_eq!(data.len(), 1, "data of the same id is replaced");
}

/// A page would show what comes before the beginning twice.
#[tokio::test]
async fn a_message_begins_before_its_first_part_and_has_one_id() {
    let written = |transient: bool| {
        let options = UiMessageOptions::new().generate_message_id(|| "outer".to_owned());
        create_ui_message_stream(options, move |writer| async move {
            let mut data = DataChunk::new("data-status", "busy");
            data.transient = transient.then_some(true);
            writer.write(data).await;
            let answer = stream_text(MockLanguageModel::text("hi")).prompt("go").stream();
            let options = UiMessageOptions::new().generate_message_id(|| "inner".to_owned());
            writer.merge(answer.into_ui_messages(options)).await;
            Ok(())
        })
    };
    let chunks = all(written(false)).await;
    assert_eq!(tags(&chunks)[..4], ["start", "data-status", "start", "start-step"]);
    assert_eq!(
        (&chunks[0]["messageId"], &chunks[2]["messageId"]),
        (&json!("outer"), &json!("outer"))
    );
    // Of what is for the moment alone no message is made.
    let chunks = all(written(true)).await;
    assert_eq!(tags(&chunks)[..3], ["data-status", "start", "start-step"]);
    assert_eq!(chunks[1]["messageId"], "inner");
    let failed = |_| async { Err(Error::internal("no")) };
    let chunks = all(create_ui_message_stream(UiMessageOptions::new(), failed)).await;
    assert_eq!(tags(&chunks), ["error"]);
}

#[tokio::test]
async fn a_chunk_of_nothing_that_began_is_an_error_and_the_end() {
    let chunks = || {
        stream::iter([
            UiMessageChunk::from(ErrorChunk::new("told")),
            TextDeltaChunk::new("1", "a").into(),
            StartStepChunk::default().into(),
        ])
    };
    let read: Vec<_> = read_ui_message_stream(chunks()).collect().await;
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].as_ref().unwrap_err().to_string(), "told");
    assert!(read[1].as_ref().unwrap_err().to_string().contains("did not begin"));
    let read: Vec<_> = read_ui_message_stream(chunks()).terminate_on_error(true).collect().await;
    assert_eq!(read.len(), 1);
}

#[tokio::test]
async fn inputs_are_read_as_they_are_written_and_steps_can_be_void() {
    let chunks: [UiMessageChunk; 6] = [
        StartStepChunk::default().into(),
        ToolInputStartChunk::new("c", "weather").into(),
        ToolInputDeltaChunk::new("c", r#"{"city": "Ro"#).into(),
        ResetStepChunk::default().into(),
        TextStartChunk::new("1").into(),
        TextDeltaChunk::new("1", "again").into(),
    ];
    let read: Vec<_> =
        read_ui_message_stream(stream::iter(chunks)).map(Result::unwrap).collect().await;
    assert_eq!(read[1].tools().next().unwrap().input, Some(json!({ "city": "Ro" })));
    assert_eq!(read[2].parts.len(), 1, "only the mark of the step is left");
    assert_eq!((read[4].parts.len(), read[4].text().as_str()), (2, "again"));
}

fn event(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[tokio::test]
async fn streams_are_resumed_from_their_start() {
    let streams = ResumableStreams::new();
    let (send, receive) = tokio::sync::mpsc::channel(1);
    let source = Box::pin(stream::unfold(receive, |mut receive| async {
        Some((receive.recv().await?, receive))
    }));
    let (mut first, driver) = streams.keep("chat", source);
    let driver = tokio::spawn(driver);
    send.send(event("a")).await.unwrap();
    assert_eq!(first.next().await.unwrap(), event("a"));
    drop(first);
    let again = streams.resume("chat").unwrap();
    assert!(streams.resume("other").is_none());
    send.send(event("b")).await.unwrap();
    drop(send);
    assert_eq!(again.collect::<Vec<_>>().await, [event("a"), event("b")]);
    driver.await.unwrap();
    assert!(streams.resume("chat").is_none(), "what is over is forgotten");
    assert_eq!(resumed_response(streams.resume("chat")).status(), 204);
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let streams = ResumableStreams::new().max_bytes(10).max_streams(1);
    let long = stream::repeat(event("12345"));
    let (events, driver) = streams.keep("a", long);
    let (_second, _driver) = streams.keep("b", stream::empty());
    assert!(streams.resume("a").is_none(), "the oldest makes room");
    driver.await;
    let events: Vec<_> = events.collect().await;
    assert_eq!(events.len(), 4);
    assert!(events[2].starts_with(b"data: {\"type\":\"error\""));
    assert_eq!(events[3], event("data: [DONE]\n\n"));
    let (events, driver) = streams.keep("c", stream::pending());
    drop(driver);
    assert_eq!(events.count().await, 0, "a driver that is dropped ends the stream");
}

#[tokio::test]
async fn answers_over_http() {
    use http_body_util::BodyExt as _;
    let answer = || stream_text(MockLanguageModel::text("hi")).prompt("go").stream();
    let response = answer().into_ui_messages(UiMessageOptions::new()).into_response();
    assert_eq!(response.headers()["x-vercel-ai-ui-message-stream"], "v1");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(b"data: {\"type\":\"start\"}\n\n") && body.ends_with(SSE_DONE));
    let response = answer().into_text_response();
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hi");
}

fn message(parts: &Value) -> Value {
    json!([{ "id": "m", "role": "assistant", "parts": parts }])
}

#[derive(Deserialize, JsonSchema)]
struct City {
    #[expect(dead_code, reason = "only its shape counts")]
    name: String,
}

#[test]
fn messages_from_outside_are_checked() {
    let weather = Tool::new("weather").input::<City>().execute(|_, _| async { 1 });
    let checks = UiMessageChecks::new().data::<u32>("count").tools([weather]);
    let call = |state: &str, more: Value| {
        let mut part = json!({ "type": "tool-weather", "toolCallId": "c", "state": state });
        part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([part])
    };
    let good = [
        json!([{ "type": "text", "text": "hi" }, { "type": "data-count", "data": 1 }]),
        call("input-available", json!({ "input": { "name": "Rome" } })),
        call("output-available", json!({ "input": 5, "output": null })),
        call(
            "approval-requested",
            json!({ "input": { "name": "Rome" }, "approval": { "id": "a" } }),
        ),
        json!([{ "type": "tool-gone", "toolCallId": "c", "state": "output-error", "errorText": "e" }]),
    ];
    for parts in good {
        validate_ui_messages(message(&parts), &checks).unwrap();
    }
    let bad = [
        (json!([{ "type": "text" }]), "text"),
        (json!([{ "type": "hologram" }]), "unknown kind"),
        (json!([{ "type": "data-count", "data": "x" }]), "parts[0].data"),
        (json!([{ "type": "data-other", "data": 1 }]), "nobody named"),
        (call("input-available", json!({ "input": { "town": 1 } })), "parts[0].input"),
        (
            call(
                "output-denied",
                json!({ "input": {}, "approval": { "id": "a", "approved": true } }),
            ),
            "approval",
        ),
        (call("input-available", json!({ "input": {}, "output": 1 })), "result"),
        (call("output-error", json!({})), "error text"),
        (call("output-available", json!({ "input": {} })), "a result must be there"),
        (call("input-available", json!({})), "without an input"),
        (
            call("approval-requested", json!({ "input": {}, "approval": { "id": "a" } })),
            "parts[0].input",
        ),
        (
            json!([{ "type": "tool-gone", "toolCallId": "c", "state": "input-available", "input": 1 }]),
            "none of",
        ),
    ];
    for (parts, problem) in bad {
        let error = validate_ui_messages(message(&parts), &checks).unwrap_err().to_string();
        assert!(error.contains(problem), "{parts}: {error}");
    }
    assert!(validate_ui_messages(json!([]), &checks).is_err());
    assert!(validate_ui_messages(json!(null), &checks).is_err());
    let empty = json!([{ "id": "m", "role": "user", "parts": [] }]);
    assert!(validate_ui_messages(empty, &checks).is_err());
}

#[test]
fn whether_a_conversation_goes_on_by_itself() {
    let read =
        |parts: Value| -> Vec<UiMessage> { serde_json::from_value(message(&parts)).unwrap() };
    let call = |state: &str| json!({ "type": "tool-x", "toolCallId": "c", "state": state });
    let mark = json!({ "type": "step-start" });
    let with_calls = last_assistant_message_is_complete_with_tool_calls;
    let with_answers = last_assistant_message_is_complete_with_approval_responses;
    let cases = [
        (json!([mark, call("output-available")]), true, false),
        (json!([mark, call("output-available"), call("input-available")]), false, false),
        (json!([mark, call("output-error"), mark, { "type": "text", "text": "x" }]), false, false),
        (json!([mark, call("approval-responded"), call("output-available")]), false, true),
        (json!([mark, call("approval-responded"), call("approval-requested")]), false, false),
        (json!([]), false, false),
    ];
    for (parts, calls, answers) in cases {
        let messages = read(parts.clone());
        assert_eq!((with_calls(&messages), with_answers(&messages)), (calls, answers), "{parts}");
    }
    let user = [UiMessage::user("u", "hi")];
    assert!(!with_calls(&user) && !with_answers(&user) && !with_calls(&[]));
}
