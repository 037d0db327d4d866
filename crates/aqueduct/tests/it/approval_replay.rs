//! Answers to questions for leave, in the messages of the next request.

use std::sync::{Arc, Mutex};

use aqueduct::message::{
    AssistantMessage, ToolApprovalRequestPart, ToolApprovalResponsePart, ToolMessage, ToolPart,
    ToolResultOutput,
};
use aqueduct::spec::language::{ToolCallPart, ToolResultPart};
use aqueduct::tool::ToolApproval;
use aqueduct::{ErrorKind, Message, TextResult, TextStreamPart, Tool, generate_text, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize, Serialize, JsonSchema)]
struct Removal {
    path: String,
}

type Paths = Arc<Mutex<Vec<String>>>;

/// A tool that notes what it was asked to remove.
fn remove(removed: &Paths) -> Tool {
    let removed = Arc::clone(removed);
    let tool = Tool::new("remove").input::<Removal>().execute(move |removal, _| {
        removed.lock().unwrap().push(removal.path);
        async { "removed" }
    });
    tool.needs_approval(true)
}

fn mock() -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::text("done"))
}

async fn ask(secret: Option<&str>) -> TextResult {
    let call = Turn::tool_call("a", "remove", &json!({ "path": "/tmp" }));
    let model = MockLanguageModel::answers([call]);
    let request = generate_text(model).prompt("go").tool(remove(&Paths::default()));
    match secret {
        Some(secret) => request.tool_approval_secret(secret),
        None => request,
    }
    .await
    .unwrap()
}

/// The conversation, with an answer to its question.
fn answered(asked: &TextResult, answer: ToolApprovalResponsePart) -> Vec<Message> {
    let mut messages = vec![Message::user("go")];
    messages.extend(asked.response_messages());
    messages.push(ToolMessage::new(vec![answer.into()]).into());
    messages
}

fn allowed(asked: &TextResult) -> Vec<Message> {
    answered(asked, asked.tool_approval_requests().next().unwrap().approve())
}

fn refused(asked: &TextResult) -> Vec<Message> {
    answered(asked, asked.tool_approval_requests().next().unwrap().deny("not today"))
}

/// The only result that the model was sent.
fn sent_result(model: &MockLanguageModel) -> ToolResultPart {
    let prompt = model.calls()[0].options.prompt.clone();
    assert_eq!(prompt.len(), 3, "{prompt:?}");
    let Message::Tool(tool) = &prompt[2] else { panic!("{prompt:?}") };
    let [ToolPart::ToolResult(result)] = tool.content.as_slice() else { panic!("{tool:?}") };
    result.clone()
}

#[tokio::test]
async fn what_was_allowed_runs_before_the_model_is_asked() {
    let asked = ask(None).await;
    for is_stream in [false, true] {
        let (removed, model) = (Paths::default(), mock());
        let request = generate_text(&model).messages(allowed(&asked)).tool(remove(&removed));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(*removed.lock().unwrap(), ["/tmp"]);
        assert_eq!(sent_result(&model).output, ToolResultOutput::text("removed"));
        let messages = answer.response_messages();
        assert!(matches!(messages.as_slice(), [Message::Tool(_), Message::Assistant(_)]));
    }
}

#[tokio::test]
async fn what_was_refused_does_not_run_and_the_model_learns_why() {
    let asked = ask(None).await;
    let (removed, model) = (Paths::default(), mock());
    generate_text(&model).messages(refused(&asked)).tool(remove(&removed)).await.unwrap();
    assert!(removed.lock().unwrap().is_empty());
    let ToolResultOutput::ExecutionDenied(denied) = sent_result(&model).output else { panic!() };
    assert_eq!(denied.reason.as_deref(), Some("not today"));
}

#[tokio::test]
async fn streams_show_both_before_the_first_step() {
    let asked = ask(None).await;
    for (messages, expected) in [(allowed(&asked), "result"), (refused(&asked), "denied")] {
        let tool = remove(&Paths::default());
        let mut stream = stream_text(mock()).messages(messages).tool(tool).await.unwrap();
        let mut seen = Vec::new();
        while let Some(part) = stream.next().await {
            seen.push(match part.unwrap() {
                TextStreamPart::Start => "start",
                TextStreamPart::StartStep(_) => "start-step",
                TextStreamPart::ToolResult(result) => {
                    assert_eq!(result.input, json!({ "path": "/tmp" }));
                    "result"
                }
                TextStreamPart::ToolOutputDenied(denied) => {
                    assert_eq!((&*denied.tool_call_id, &*denied.tool_name), ("a", "remove"));
                    "denied"
                }
                _ => continue,
            });
        }
        assert_eq!(seen, ["start", expected, "start-step"]);
    }
}

#[tokio::test]
async fn the_rules_have_the_last_word() {
    let asked = ask(None).await;
    let (removed, model) = (Paths::default(), mock());
    generate_text(&model)
        .messages(allowed(&asked))
        .tool(remove(&removed))
        .tool_approval("remove", ToolApproval::denied().because("the rules have changed"))
        .await
        .unwrap();
    assert!(removed.lock().unwrap().is_empty());
    let ToolResultOutput::ExecutionDenied(denied) = sent_result(&model).output else { panic!() };
    assert_eq!(denied.reason.as_deref(), Some("the rules have changed"));
}

#[tokio::test]
async fn signed_questions_are_believed_and_others_are_not() {
    let asked = ask(Some("secret")).await;
    let unsigned = ask(None).await;
    let mut changed = allowed(&asked);
    let Message::Assistant(said) = &mut changed[1] else { panic!() };
    said.content[0] = ToolCallPart::new("a", "remove", json!({ "path": "/" })).into();
    for (messages, secret, trusted) in [
        (allowed(&asked), "secret", true),
        (allowed(&asked), "another", false),
        (allowed(&unsigned), "secret", false),
        (changed, "secret", false),
        (refused(&unsigned), "secret", true),
    ] {
        let (removed, model) = (Paths::default(), mock());
        let request = generate_text(&model)
            .messages(messages)
            .tool(remove(&removed))
            .tool_approval_secret(secret);
        match request.await {
            Ok(_) => assert!(trusted),
            Err(error) => {
                assert!(!trusted, "{error}");
                assert_eq!(error.code(), Some("invalid_tool_approval_signature"));
                assert_eq!(error.kind(), ErrorKind::Forbidden);
                assert!(model.calls().is_empty() && removed.lock().unwrap().is_empty());
            }
        }
    }
}

#[tokio::test]
async fn inputs_are_checked_again() {
    let asked = ask(None).await;
    let mut messages = allowed(&asked);
    let Message::Assistant(said) = &mut messages[1] else { panic!() };
    said.content[0] = ToolCallPart::new("a", "remove", json!({ "path": 1 })).into();
    let removed = Paths::default();
    let model = mock();
    let request = generate_text(model.clone()).messages(messages).tool(remove(&removed));
    let answer = request.await.unwrap();
    assert!(removed.lock().unwrap().is_empty());
    // The model is told, and may mend it.
    let Some(Message::Tool(told)) = answer.response_messages().first().cloned() else { panic!() };
    let [ToolPart::ToolResult(result)] = told.content.as_slice() else { panic!("{told:?}") };
    assert!(matches!(result.output, ToolResultOutput::ErrorText(_)), "{result:?}");
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_refused() {
    let asked = ask(None).await;
    let messages = answered(&asked, ToolApprovalResponsePart::new("made-up", true));
    let request = || generate_text(mock()).tool(remove(&Paths::default()));
    // The call lacks its result as well, which is found first.
    assert!(request().messages(messages).await.is_err());
    let stray = ToolMessage::new(vec![ToolApprovalResponsePart::new("made-up", true).into()]);
    let messages = [Message::user("go"), stray.into()];
    let error = request().messages(messages).await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_tool_approval"));
}

#[tokio::test]
async fn a_question_about_no_call_is_refused() {
    let said = AssistantMessage::new(vec![ToolApprovalRequestPart::new("ask", "lost").into()]);
    let answer = ToolMessage::new(vec![ToolApprovalResponsePart::new("ask", true).into()]);
    let messages = [Message::user("go"), said.into(), answer.into()];
    let error = generate_text(mock()).messages(messages).await.unwrap_err();
    assert_eq!(error.code(), Some("tool_call_not_found_for_approval"));
}

#[tokio::test]
async fn what_has_run_does_not_run_again() {
    let asked = ask(None).await;
    let mut messages = allowed(&asked);
    let Some(Message::Tool(last)) = messages.last_mut() else { panic!() };
    let output = ToolResultOutput::text("removed before");
    last.content.push(ToolResultPart::new("a", "remove", output).into());
    let (removed, model) = (Paths::default(), mock());
    generate_text(&model).messages(messages).tool(remove(&removed)).await.unwrap();
    assert!(removed.lock().unwrap().is_empty());
    assert_eq!(sent_result(&model).output, ToolResultOutput::text("removed before"));
}

#[tokio::test]
async fn answers_for_the_provider_are_sent_to_it() {
    let mut call = ToolCallPart::new("m", "mcp", json!({}));
    call.provider_executed = Some(true);
    let said =
        AssistantMessage::new(vec![call.into(), ToolApprovalRequestPart::new("ask-m", "m").into()]);
    for approved in [true, false] {
        let answer = ToolApprovalResponsePart::new("ask-m", approved);
        let answer = ToolMessage::new(vec![answer.into()]);
        let model = mock();
        let messages = [Message::user("go"), said.clone().into(), answer.into()];
        generate_text(&model).messages(messages).await.unwrap();
        let prompt = model.calls()[0].options.prompt.clone();
        let Message::Tool(tool) = &prompt[2] else { panic!("{prompt:?}") };
        let [ToolPart::ToolApprovalResponse(sent)] = tool.content.as_slice() else {
            panic!("{tool:?}")
        };
        assert_eq!((sent.approved, sent.provider_executed), (approved, None));
    }
}
