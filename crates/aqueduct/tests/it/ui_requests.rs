//! Requests of pages, and what answers them: agents, texts, objects, and failures before a stream begins.

use std::sync::{Arc, Mutex};

use aqueduct::spec::language::{Message, StreamPart, TextDelta, TextStart, UserPart};
use aqueduct::ui::{
    ChatRequest, ChatTrigger, CompletionRequest, DataUiPart, ErrorResponse, ResumableStreams,
    StreamBody, UiMessageEnd, UiMessageOptions, UiMessageStream,
};
use aqueduct::{AbortHandle, Agent, Error, Tool, ToolLoopAgent, stream_object, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::Response;
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

async fn all(stream: UiMessageStream) -> Vec<Value> {
    stream.map(|chunk| serde_json::to_value(chunk).unwrap()).collect().await
}

async fn body(response: Response<StreamBody>) -> Result<Bytes, Error> {
    response.into_body().collect().await.map(|body| body.to_bytes())
}

fn remove() -> Tool {
    Tool::new("remove").needs_approval(true).execute(|_: Value, _| async { "removed" })
}

fn hello() -> Value {
    json!([{ "id": "u", "role": "user", "parts": [{ "type": "text", "text": "hi" }] }])
}

#[test]
fn bodies_of_pages_are_read_and_keep_what_the_page_adds() {
    let sent = json!({
        "style": "short",
        "id": "c",
        "messages": hello(),
        "trigger": "regenerate-message",
        "messageId": "m",
    });
    let chat: ChatRequest = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!((chat.id.as_str(), chat.message_id.as_deref()), ("c", Some("m")));
    assert_eq!(chat.trigger, ChatTrigger::RegenerateMessage);
    assert_eq!(chat.rest["style"], "short");
    assert_eq!(serde_json::to_value(chat).unwrap(), sent);
    // A page whose transport is its own may not say why it asks.
    let chat: ChatRequest = serde_json::from_value(json!({ "id": "c", "messages": [] })).unwrap();
    assert_eq!(chat.trigger, ChatTrigger::SubmitMessage);
    assert!(serde_json::from_value::<ChatRequest>(json!({ "messages": [] })).is_err());

    let completion: CompletionRequest =
        serde_json::from_value(json!({ "prompt": "a rhyme", "style": "short" })).unwrap();
    assert_eq!(
        (completion.prompt.as_str(), &completion.rest["style"]),
        ("a rhyme", &json!("short"))
    );
}

/// From the question to the answer, over two requests of a page.
#[tokio::test]
async fn an_agent_answers_a_page_and_goes_on_when_it_has_leave() {
    let model = Arc::new(MockLanguageModel::answers([
        Turn::tool_call("call", "remove", &json!({})),
        Turn::text("done"),
    ]));
    let agent = ToolLoopAgent::builder(&model).tool(remove()).build();
    let end: Arc<Mutex<Option<UiMessageEnd>>> = Arc::default();
    let options = || {
        let end = Arc::clone(&end);
        UiMessageOptions::new().generate_message_id(|| "m".to_owned()).on_end(move |event| {
            *end.lock().unwrap() = Some(event);
            async {}
        })
    };
    let chunks = all(agent.stream_ui(hello()).options(options()).await.unwrap()).await;
    assert_eq!(chunks[0], json!({ "type": "start", "messageId": "m" }));
    assert!(chunks.iter().any(|chunk| chunk["type"] == "tool-approval-request"));

    let mut messages = json!(end.lock().unwrap().take().unwrap().messages);
    let call = &mut messages[1]["parts"][1];
    assert_eq!(call["state"], "approval-requested");
    call["state"] = json!("approval-responded");
    call["approval"]["approved"] = json!(true);
    let any: &dyn Agent = &agent;
    let chunks = all(any.stream_ui((), messages).options(options()).await.unwrap()).await;
    assert_eq!(chunks[0], json!({ "type": "start", "messageId": "m" }));
    let output = chunks.iter().find(|chunk| chunk["type"] == "tool-output-available").unwrap();
    assert_eq!((&output["toolCallId"], &output["output"]), (&json!("call"), &json!("removed")));
    let end = end.lock().unwrap().take().unwrap();
    assert!(end.is_continuation);
    assert_eq!((end.messages.len(), end.response_message.text().as_str()), (2, "done"));
}

#[tokio::test]
async fn messages_for_an_agent_are_checked_and_converted_as_the_program_says() {
    let model = Arc::new(MockLanguageModel::text("ok"));
    let agent = ToolLoopAgent::builder(&model).tool(remove()).build();
    let call =
        json!({ "type": "tool-gone", "toolCallId": "c", "state": "input-available", "input": {} });
    let bad = [
        (json!([]), "messages: there must be one"),
        (json!([{ "id": "m", "role": "assistant", "parts": [call] }]), "there is none of"),
    ];
    for (messages, problem) in bad {
        let error = agent.stream_ui(messages).await.unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
    let note =
        json!([{ "id": "u", "role": "user", "parts": [{ "type": "data-note", "data": "x" }] }]);
    let error = agent.stream_ui(note.clone()).check(|checks| checks.data::<u32>("note")).await;
    assert!(error.unwrap_err().to_string().contains("parts[0].data"));
    let request = agent.stream_ui(note).convert_data_part(|part: &DataUiPart| {
        Some(UserPart::from(aqueduct::spec::language::TextPart::new(part.data.as_str()?)))
    });
    let request = request.request(|request| request.temperature(0.5));
    all(request.await.unwrap()).await;
    let calls = model.calls();
    assert_eq!(calls.len(), 1, "what is wrong does not reach the model");
    assert_eq!(calls[0].options.prompt, [Message::user("x")]);
    assert_eq!(calls[0].options.temperature, Some(0.5));
}

#[tokio::test]
async fn failures_before_a_stream_tell_the_page_what_is_its_own_fault() {
    let wrong = Error::invalid_request("messages[0]: no role");
    let refused = Error::invalid_request("the account is over its limit").with_provider("mock");
    for (error, status, text) in [
        (wrong, 400, "messages[0]: no role"),
        (refused, 500, "An error occurred."),
        (Error::internal("the secret host is down"), 500, "An error occurred."),
    ] {
        let response = ErrorResponse::from(error).into_response();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(body(response).await.unwrap(), text);
    }
}

#[derive(Deserialize, JsonSchema)]
struct Recipe {
    #[expect(dead_code, reason = "only its shape counts")]
    name: String,
}

#[tokio::test]
async fn objects_are_sent_as_they_are_written() {
    let model = MockLanguageModel::text(r#"{"name":"bread"}"#);
    let answer = stream_object::<Recipe, _>(model).prompt("bread").await.unwrap();
    let response = answer.into_text_response();
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(body(response).await.unwrap(), r#"{"name":"bread"}"#);
    let model = MockLanguageModel::answers([Turn::broken([], Error::internal("cut"))]);
    let answer = stream_object::<Recipe, _>(model).prompt("bread").await.unwrap();
    assert!(body(answer.into_text_response()).await.is_err(), "what is cut short is not whole");
}

#[tokio::test]
async fn streams_that_are_kept_are_stopped() {
    let streams = ResumableStreams::new();
    let (events, driver) = streams.keep("chat", stream::pending());
    let driver = tokio::spawn(driver);
    assert!(streams.stop("chat") && !streams.stop("other"));
    let events: Vec<_> = events.collect().await;
    assert_eq!(events.concat(), b"data: {\"type\":\"abort\"}\n\ndata: [DONE]\n\n");
    driver.await.unwrap();
    assert!(streams.resume("chat").is_none() && !streams.stop("chat"));
}

/// Stopped through the handle of its request, a message is kept as far as it went.
#[tokio::test]
async fn a_message_that_is_stopped_is_kept_as_far_as_it_went() {
    let parts = [TextStart::new("1").into(), StreamPart::from(TextDelta::new("1", "One"))];
    let never = std::time::Duration::from_secs(1 << 30);
    let last = [(never, TextDelta::new("1", " two").into())];
    let parts = parts.into_iter().map(|part| (std::time::Duration::ZERO, part)).chain(last);
    let model = MockLanguageModel::answers([Turn::paced(parts)]);
    let (send, mut ends) = tokio::sync::mpsc::unbounded_channel();
    let options = UiMessageOptions::new().on_end(move |end: UiMessageEnd| {
        drop(send.send(end));
        async {}
    });
    let abort = AbortHandle::new();
    let answer = stream_text(model).prompt("count").abort_handle(&abort).stream();
    let events = answer.into_ui_messages(options).into_sse();
    let streams = ResumableStreams::new();
    let (mut events, driver) = streams.keep_abortable("chat", events, &abort);
    let driver = tokio::spawn(driver);
    while !events.next().await.unwrap().ends_with(b"\"delta\":\"One\"}\n\n") {}
    assert!(streams.stop("chat"));
    let rest: Vec<_> = events.collect().await;
    assert_eq!(rest.concat(), b"data: {\"type\":\"abort\"}\n\ndata: [DONE]\n\n");
    driver.await.unwrap();
    let end = ends.recv().await.unwrap();
    assert!(end.is_aborted);
    assert_eq!(end.response_message.text(), "One");
    assert!(streams.resume("chat").is_none());
}
