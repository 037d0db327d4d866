//! Leave to run a tool: who decides, and what happens until somebody has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aqueduct::message::{AssistantPart, ToolPart, ToolResultOutput};
use aqueduct::spec::Context;
use aqueduct::spec::language::{
    Content, Text, ToolApprovalRequest as SpecRequest, ToolCall, UnifiedFinishReason,
};
use aqueduct::text::ContentPart;
use aqueduct::tool::{ApprovalQuestion, ToolApproval};
use aqueduct::{Message, TextStreamPart, Tool, generate_text, step_count_is, stream_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// A tool that counts how often it ran.
fn remove(ran: &Arc<AtomicUsize>) -> Tool {
    let ran = Arc::clone(ran);
    Tool::new("remove").execute(move |_, _| {
        ran.fetch_add(1, Ordering::Relaxed);
        async { "removed" }
    })
}

fn model() -> Arc<MockLanguageModel> {
    let call = Turn::tool_call("a", "remove", &json!({ "path": "/tmp" }));
    Arc::new(MockLanguageModel::answers([call, Turn::text("done")]))
}

fn tags(answer: &aqueduct::TextResult) -> Vec<&'static str> {
    answer
        .content()
        .iter()
        .map(|part| match part {
            ContentPart::ToolCall(_) => "call",
            ContentPart::ToolApprovalRequest(_) => "request",
            ContentPart::ToolApprovalResponse(_) => "response",
            ContentPart::ToolResult(_) => "result",
            ContentPart::Text(_) => "text",
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn a_tool_waits_until_somebody_allows_it() {
    for is_stream in [false, true] {
        let (ran, model) = (Arc::default(), model());
        let request = generate_text(&model)
            .prompt("go")
            .tool(remove(&ran).needs_approval(true))
            .stop_when(step_count_is(5));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!((ran.load(Ordering::Relaxed), model.calls().len()), (0, 1));
        assert_eq!(tags(&answer), ["call", "request"]);
        let asked = answer.tool_approval_requests().next().unwrap();
        assert_eq!((asked.tool_call.tool_call_id.as_str(), asked.is_automatic), ("a", false));
        assert_eq!(asked.signature, None);
        let messages = answer.response_messages();
        let [Message::Assistant(said)] = messages.as_slice() else { panic!("{messages:?}") };
        let AssistantPart::ToolApprovalRequest(part) = &said.content[1] else { panic!("{said:?}") };
        assert_eq!((&part.approval_id, part.tool_call_id.as_str()), (&asked.approval_id, "a"));
    }
}

#[tokio::test]
async fn other_calls_of_the_step_run() {
    let calls = [ToolCall::new("a", "remove", "{}"), ToolCall::new("b", "list", "{}")];
    let model = MockLanguageModel::answers([Turn::content(calls, UnifiedFinishReason::ToolCalls)]);
    let answer = generate_text(model)
        .prompt("go")
        .tool(remove(&Arc::default()).needs_approval(true))
        .tool(Tool::new("list").execute(|_, _| async { "a b" }))
        .stop_when(step_count_is(5))
        .await
        .unwrap();
    assert_eq!(tags(&answer), ["call", "request", "call", "result"]);
    assert_eq!(answer.steps().len(), 1, "one call has no outcome yet");
}

#[derive(Deserialize, JsonSchema)]
struct Removal {
    path: String,
}

#[tokio::test]
async fn a_tool_may_look_at_its_input() {
    for (path, times) in [("/tmp", 1), ("/", 0)] {
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let tool = Tool::new("remove")
            .input::<Removal>()
            .needs_approval_when(|removal, cx| async move {
                assert_eq!((cx.tool_call_id.as_str(), cx.messages.len()), ("a", 1));
                removal.path == "/"
            })
            .execute(move |_, _| {
                counter.fetch_add(1, Ordering::Relaxed);
                async { 1 }
            });
        let call = Turn::tool_call("a", "remove", &json!({ "path": path }));
        let model = MockLanguageModel::answers([call]);
        generate_text(model).prompt("go").tool(tool).await.unwrap();
        assert_eq!(ran.load(Ordering::Relaxed), times, "{path}");
    }
}

#[tokio::test]
async fn the_request_wins_over_the_tool() {
    let ran = Arc::default();
    let answer = generate_text(model())
        .prompt("go")
        .tool(remove(&ran).needs_approval(true))
        .tool_approval("remove", ToolApproval::NotApplicable)
        .stop_when(step_count_is(2))
        .await
        .unwrap();
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    assert_eq!(tags(&answer), ["call", "result", "text"], "nobody asks");
    let answer = generate_text(model())
        .prompt("go")
        .tool(remove(&ran))
        .tool_approval("remove", ToolApproval::user())
        .await
        .unwrap();
    assert_eq!(tags(&answer), ["call", "request"]);
}

#[tokio::test]
async fn a_rule_may_allow_and_the_conversation_says_so() {
    for is_stream in [false, true] {
        let (ran, model) = (Arc::default(), model());
        let request = generate_text(&model)
            .prompt("go")
            .tool(remove(&ran))
            .tool_approval_when("remove", |input: Value, _| async move {
                assert_eq!(input["path"], "/tmp");
                ToolApproval::approved().because("it is temporary")
            })
            .stop_when(step_count_is(2));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(ran.load(Ordering::Relaxed), 1);
        assert_eq!(tags(&answer), ["call", "request", "response", "result", "text"]);
        assert!(answer.tool_approval_requests().next().unwrap().is_automatic);
        let Message::Tool(tool) = &answer.response_messages()[1] else { panic!("no tool") };
        let ToolPart::ToolApprovalResponse(response) = &tool.content[0] else { panic!("{tool:?}") };
        assert_eq!(
            (response.approved, response.reason.as_deref()),
            (true, Some("it is temporary"))
        );
        let Message::Tool(sent) = &model.calls()[1].options.prompt[2] else { panic!("no tool") };
        assert_eq!(sent.content.len(), 1, "the model is shown the result alone");
    }
}

#[tokio::test]
async fn a_rule_may_refuse_and_the_model_learns_why() {
    for is_stream in [false, true] {
        let (ran, model) = (Arc::default(), model());
        let request = generate_text(&model)
            .prompt("go")
            .tool(remove(&ran))
            .approve_tools_with(|question: ApprovalQuestion| async move {
                assert_eq!(question.tool_call.tool_name, "remove");
                assert_eq!(question.messages.len(), 1);
                assert_eq!(*question.contexts.runtime::<u8>().unwrap(), 3);
                ToolApproval::denied().because("read only")
            })
            .runtime_context(3_u8)
            .stop_when(step_count_is(2));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(ran.load(Ordering::Relaxed), 0);
        assert_eq!(tags(&answer), ["call", "request", "response", "text"]);
        assert_eq!(model.calls().len(), 2, "a refusal is an outcome: the loop goes on");
        let Message::Tool(sent) = &model.calls()[1].options.prompt[2] else { panic!("no tool") };
        let [ToolPart::ToolResult(result)] = sent.content.as_slice() else { panic!("{sent:?}") };
        let ToolResultOutput::ExecutionDenied(denied) = &result.output else { panic!() };
        assert_eq!(denied.reason.as_deref(), Some("read only"));
    }
}

#[tokio::test]
async fn ids_are_spent_only_on_questions_and_secrets_sign_them() {
    let ids = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ids);
    let next = move || format!("id-{}", counter.fetch_add(1, Ordering::Relaxed));
    let context = Context::default().with_ids(next);
    let request = || {
        let tool = remove(&Arc::default());
        generate_text(model()).prompt("go").tool(tool).context(context.clone())
    };
    request().await.unwrap();
    assert_eq!(ids.load(Ordering::Relaxed), 2, "the request and the response");
    let request =
        request().tool_approval("remove", ToolApproval::user()).tool_approval_secret("test-secret");
    let answer = request.await.unwrap();
    let asked = answer.tool_approval_requests().next().unwrap();
    assert_eq!(asked.approval_id, "id-3");
    assert_eq!(asked.signature.as_ref().unwrap().len(), 43, "32 bytes");
}

#[tokio::test]
async fn questions_come_right_behind_their_calls_in_a_stream() {
    let mut stream = stream_text(model())
        .prompt("go")
        .tool(remove(&Arc::default()))
        .tool_approval("remove", ToolApproval::denied())
        .await
        .unwrap();
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        seen.push(match part.unwrap() {
            TextStreamPart::ToolCall(_) => "call",
            TextStreamPart::ToolApprovalRequest(_) => "request",
            TextStreamPart::ToolApprovalResponse(response) => {
                assert!(!response.approved);
                "response"
            }
            TextStreamPart::FinishStep(_) => "finish",
            _ => continue,
        });
    }
    assert_eq!(seen, ["call", "request", "response", "finish"]);
}

#[tokio::test]
async fn the_providers_own_questions_are_passed_on() {
    let mut call = ToolCall::new("m", "mcp", "{}");
    call.provider_executed = Some(true);
    let content = [
        Content::ToolCall(call),
        Content::ToolApprovalRequest(SpecRequest::new("ask-m", "m")),
        Content::Text(Text::new("may I?")),
    ];
    let model = MockLanguageModel::answers([Turn::content(content, UnifiedFinishReason::Stop)]);
    let answer = generate_text(model).prompt("go").stop_when(step_count_is(5)).await.unwrap();
    assert_eq!(tags(&answer), ["call", "request", "text"]);
    let asked = answer.tool_approval_requests().next().unwrap();
    assert_eq!((asked.approval_id.as_str(), asked.tool_call.tool_name.as_str()), ("ask-m", "mcp"));
    assert_eq!(asked.approve().provider_executed, Some(true));
}

#[tokio::test]
async fn a_question_about_no_call_is_an_error_of_the_provider() {
    let content = [Content::ToolApprovalRequest(SpecRequest::new("ask", "nobody"))];
    let model = MockLanguageModel::answers([Turn::content(content, UnifiedFinishReason::Stop)]);
    let mut stream = stream_text(model).prompt("go").await.unwrap();
    let mut codes = Vec::new();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::Error(error) = part.unwrap() {
            codes.push(error.code().map(str::to_owned));
        }
    }
    assert_eq!(codes, [Some("tool_call_not_found_for_approval".to_owned())]);
}
