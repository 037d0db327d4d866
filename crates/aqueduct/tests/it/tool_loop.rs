//! The one loop: when it goes on, when it stops, and what it remembers.

use std::sync::{Arc, Mutex};

use aqueduct::message::{AssistantPart, ToolPart, ToolResultOutput};
use aqueduct::spec::language::{
    Content, FilePart, Reasoning, Text, ToolCall, ToolChoice, ToolResult, UnifiedFinishReason,
    UserMessage,
};
use aqueduct::spec::{FileData, JsonObject, ProviderOptions};
use aqueduct::text::ContentPart;
use aqueduct::{
    ErrorKind, Message, Tool, generate_text, has_tool_call, step_count_is, stream_text,
};
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::{Value, json};

fn echo() -> Tool {
    Tool::new("echo").execute(|input: Value, _| async move { input })
}

fn call(id: &str) -> Turn {
    Turn::tool_call(id, "echo", &json!({ "n": id }))
}

fn model(turns: impl IntoIterator<Item = Turn>) -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::answers(turns))
}

#[tokio::test]
async fn answers() {
    let model = model([Turn::text("hello")]);
    let answer = generate_text(&model)
        .instructions("be kind")
        .prompt("hi")
        .temperature(0.5)
        .header("x-a", "b")
        .provider_options("mock", json!({ "effort": "high" }))
        .await
        .unwrap();
    assert_eq!(answer.text(), "hello");
    assert_eq!(answer.finish_reason().unified, UnifiedFinishReason::Stop);
    assert_eq!(answer.usage().total_tokens(), Some(8));
    assert_eq!(answer.response_messages(), [Message::assistant("hello")]);
    let options = &model.calls()[0].options;
    assert_eq!(options.prompt, [Message::system("be kind"), Message::user("hi")]);
    assert_eq!(options.temperature, Some(0.5));
    assert_eq!(options.headers.as_ref().unwrap()["x-a"].as_deref(), Some("b"));
    assert_eq!(options.provider_options.as_ref().unwrap().get("mock").unwrap()["effort"], "high");
    assert_eq!((&options.tools, &options.tool_choice), (&None, &None));
}

#[tokio::test]
async fn runs_tools_until_there_is_nothing_to_answer() {
    for is_stream in [false, true] {
        let model = model([call("a"), call("b"), Turn::text("done")]);
        let request = generate_text(&model).prompt("go").tool(echo()).stop_when(step_count_is(9));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(answer.text(), "done");
        assert_eq!(answer.steps().len(), 3);
        assert_eq!(answer.steps()[2].step_number, 2);
        assert_eq!(answer.last_step().usage.total_tokens(), Some(8));
        assert_eq!(answer.usage().total_tokens(), Some(24));
        assert_eq!(answer.tool_results().count(), 2, "those of all steps");
        let calls = model.calls();
        assert!(calls.iter().all(|call| call.is_stream == is_stream));
        assert_eq!(calls[0].options.tool_choice, Some(ToolChoice::auto()));
        let prompts: Vec<_> = calls.iter().map(|call| call.options.prompt.len()).collect();
        assert_eq!(prompts, [1, 3, 5], "each step adds its call and its result");
        let Message::Tool(tool) = &calls[2].options.prompt[4] else { panic!("no tool message") };
        let ToolPart::ToolResult(result) = &tool.content[0] else { panic!("no result") };
        assert_eq!(result.output, ToolResultOutput::json(json!({ "n": "b" })));
        assert_eq!(answer.response_messages().len(), 5);
    }
}

#[tokio::test]
async fn stops_when_told() {
    let turns = || model([call("a"), call("b"), call("c"), Turn::text("never")]);
    let once = turns();
    let answer = generate_text(&once).prompt("go").tool(echo()).await.unwrap();
    assert_eq!((once.calls().len(), answer.tool_results().count()), (1, 1), "one step by default");

    let twice = turns();
    generate_text(&twice)
        .prompt("go")
        .tool(echo())
        .stop_when(|steps| steps.len() == 2)
        .stop_when(step_count_is(3))
        .await
        .unwrap();
    assert_eq!(twice.calls().len(), 2, "any condition is enough");

    let named = turns();
    generate_text(&named).prompt("go").tool(echo()).stop_when(has_tool_call("echo")).await.unwrap();
    assert_eq!(named.calls().len(), 1);
}

#[tokio::test]
async fn leaves_calls_without_a_function_to_the_caller() {
    let ask = Tool::new("ask");
    assert_eq!((echo().is_executable(), ask.is_executable()), (true, false));
    let content = [
        Content::ToolCall(ToolCall::new("a", "echo", "{}")),
        Content::ToolCall(ToolCall::new("b", "ask", r#"{"q":1}"#)),
    ];
    let model = model([Turn::content(content, UnifiedFinishReason::ToolCalls)]);
    let answer = generate_text(&model)
        .prompt("go")
        .tools([echo(), ask])
        .stop_when(step_count_is(5))
        .await
        .unwrap();
    let calls: Vec<_> = answer.tool_calls().map(|call| call.tool_name.as_str()).collect();
    assert_eq!(calls, ["echo", "ask"]);
    assert_eq!(answer.tool_results().count(), 1, "the others have run");
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn runs_nothing_of_an_answer_that_was_cut_off() {
    let content = [ToolCall::new("a", "echo", r#"{"n":1}"#)];
    let model = model([Turn::content(content, UnifiedFinishReason::Length)]);
    let answer =
        generate_text(&model).prompt("go").tool(echo()).stop_when(step_count_is(5)).await.unwrap();
    assert_eq!(answer.finish_reason().unified, UnifiedFinishReason::Length);
    assert_eq!((answer.tool_results().count(), answer.tool_errors().count()), (0, 0));
    assert_eq!(model.calls().len(), 1);
}

#[tokio::test]
async fn shows_the_model_what_was_wrong_with_its_calls() {
    let content = [
        ToolCall::new("a", "echo", "{broken"),
        ToolCall::new("b", "nothing", "{}"),
        ToolCall::new("c", "echo", ""),
    ];
    for is_stream in [false, true] {
        let wrong = Turn::content(content.clone(), UnifiedFinishReason::ToolCalls);
        let model = model([wrong, Turn::text("sorry")]);
        let request = generate_text(&model).prompt("go").tool(echo()).stop_when(step_count_is(5));
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(answer.text(), "sorry");
        let prompt = &model.calls()[1].options.prompt;
        let Message::Assistant(assistant) = &prompt[1] else { panic!("no assistant") };
        let AssistantPart::ToolCall(broken) = &assistant.content[0] else { panic!("no call") };
        assert_eq!(broken.input, json!({}), "providers refuse an input that is no object");
        let Message::Tool(tool) = &prompt[2] else { panic!("no tool message") };
        let outputs: Vec<_> = tool
            .content
            .iter()
            .map(|part| match part {
                ToolPart::ToolResult(result) => serde_json::to_value(&result.output).unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(outputs[0]["type"], "error-text");
        assert!(outputs[0]["value"].as_str().unwrap().starts_with("invalid input for tool echo"));
        assert!(outputs[1]["value"].as_str().unwrap().contains("available tools are echo"));
        assert_eq!(
            outputs[2],
            json!({ "type": "json", "value": {} }),
            "nothing is an empty object"
        );
    }
}

#[tokio::test]
async fn keeps_what_the_provider_ran() {
    let mut search = ToolCall::new("s", "web_search", r#"{"q":"x"}"#);
    search.provider_executed = Some(true);
    let content = [
        Content::ToolCall(search),
        Content::ToolResult(ToolResult::new("s", "web_search", json!([1]))),
        Content::Text(Text::new("found")),
    ];
    let model = model([Turn::content(content, UnifiedFinishReason::Stop)]);
    let tool = Tool::provider("mock.search", "web_search", JsonObject::new());
    let request = generate_text(&model).prompt("go").tool(tool).stop_when(step_count_is(5));
    let answer = request.await.unwrap();
    assert_eq!(model.calls().len(), 1, "there is nothing for us to answer");
    let sent = serde_json::to_value(&model.calls()[0].options.tools).unwrap();
    assert_eq!((&sent[0]["type"], &sent[0]["id"]), (&json!("provider"), &json!("mock.search")));
    let result = answer.tool_results().next().unwrap();
    assert_eq!((&result.input, &result.output), (&json!({ "q": "x" }), &json!([1])));
    let messages = answer.response_messages();
    let [Message::Assistant(message)] = messages.as_slice() else { panic!("{messages:?}") };
    let tags: Vec<_> = message.content.iter().map(AssistantPart::tag).collect();
    assert_eq!(tags, ["tool-call", "tool-result", "text"]);
}

#[tokio::test]
async fn goes_on_for_results_that_the_provider_defers() {
    let mut code = ToolCall::new("c", "code", r#"{"src":"1"}"#);
    code.provider_executed = Some(true);
    let pending = Turn::content([code], UnifiedFinishReason::ToolCalls);
    let late = Turn::content([ToolResult::new("c", "code", json!(1))], UnifiedFinishReason::Stop);
    let model = model([pending, late, Turn::text("never")]);
    let tool = Tool::provider("mock.code", "code", JsonObject::new()).deferred_results();
    let answer =
        generate_text(&model).prompt("go").tool(tool).stop_when(step_count_is(5)).await.unwrap();
    assert_eq!(model.calls().len(), 2);
    assert_eq!(answer.tool_results().next().unwrap().input, json!({ "src": "1" }));
}

#[tokio::test]
async fn signatures_survive_into_the_next_request() {
    let signed = |name: &str| {
        let object = JsonObject::from_iter([("signature".to_owned(), name.into())]);
        Some(ProviderOptions::of("mock", object))
    };
    let content = || {
        let mut thought = Reasoning::new("hm");
        thought.provider_metadata = signed("thought");
        let mut empty = Text::new("");
        empty.provider_metadata = signed("text");
        let mut call = ToolCall::new("a", "echo", "{}");
        call.provider_metadata = signed("call");
        [Content::Reasoning(thought), Content::Text(empty), Content::ToolCall(call)]
    };
    for is_stream in [false, true] {
        let first = Turn::content(content(), UnifiedFinishReason::ToolCalls);
        let model = model([first, Turn::text("done")]);
        let request = generate_text(&model).prompt("go").tool(echo()).stop_when(step_count_is(2));
        if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        let Message::Assistant(said) = &model.calls()[1].options.prompt[1] else { panic!() };
        let options: Vec<_> = said
            .content
            .iter()
            .map(|part| match part {
                AssistantPart::Reasoning(part) => part.provider_options.clone(),
                AssistantPart::Text(part) => part.provider_options.clone(),
                AssistantPart::ToolCall(part) => part.provider_options.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(options, [signed("thought"), signed("text"), signed("call")]);
    }
}

#[tokio::test]
async fn whole_and_streamed_answers_read_alike() {
    let content = || {
        let mut unknown = JsonObject::new();
        unknown.insert("type".to_owned(), "hologram".into());
        let mut text = Text::new("a");
        text.rest.insert("annotations".to_owned(), json!([1]));
        [Content::Text(text), Content::Unknown(unknown), Content::Text(Text::new("b"))]
    };
    let turn = || Turn::content(content(), UnifiedFinishReason::Stop);
    let model = model([turn(), turn()]);
    let whole = generate_text(&model).prompt("go").await.unwrap();
    let streamed = stream_text(&model).prompt("go").await.unwrap().collect().await.unwrap();
    assert_eq!(whole.text(), "ab");
    assert_eq!(whole.text(), streamed.text());
    assert_eq!(whole.content().len(), 3);
    let ContentPart::Text(first) = &whole.content()[0] else { panic!("no text") };
    assert_eq!(first.rest["annotations"], json!([1]));
}

#[tokio::test]
async fn callbacks_are_waited_for() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let log = Arc::clone(&log);
        move || {
            let log = Arc::clone(&log);
            async move {
                tokio::task::yield_now().await;
                log.lock().unwrap().push(name);
            }
        }
    };
    let (start, tool_start, tool_end) = (note("step"), note("tool"), note("tool end"));
    let (step_end, second, end) = (note("step end"), note("again"), note("end"));
    let model = model([call("a"), Turn::text("done")]);
    generate_text(&model)
        .prompt("go")
        .tool(echo())
        .stop_when(step_count_is(2))
        .on_step_start(move |_| start())
        .on_tool_start(move |_| tool_start())
        .on_tool_end(move |_| tool_end())
        .on_step_end(move |_| step_end())
        .on_step_end(move |_| second())
        .on_end(move |_| end())
        .await
        .unwrap();
    let expected =
        ["step", "tool", "tool end", "step end", "again", "step", "step end", "again", "end"];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[tokio::test]
async fn refuses_what_is_wrong_before_the_model_is_asked() {
    let model = model([]);
    let error = generate_text(&model).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidPrompt);
    let error = generate_text(&model).prompt("hi").tools([echo(), echo()]).await.unwrap_err();
    assert!(error.to_string().contains("two tools are named 'echo'"));
    let error = generate_text(&model).prompt("hi").provider_options("mock", 1).await.unwrap_err();
    assert!(error.to_string().contains("must be an object"));
    for (request, field) in [
        (generate_text(&model).max_output_tokens(0), "max_output_tokens"),
        (generate_text(&model).temperature(f64::NAN), "temperature"),
        (generate_text(&model).top_p(f64::INFINITY), "top_p"),
    ] {
        let error = request.prompt("hi").await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("{field} is ")), "{error}");
    }
    let tool = Tool::dynamic("odd", json!("object"), |input, _| async move { input });
    let error = generate_text(&model).prompt("hi").tool(tool).await.unwrap_err();
    assert!(error.to_string().contains("schema of tool 'odd'"), "{error}");
    let image = FilePart::new(FileData::url("http://127.0.0.1:9/a.png"), "image/png");
    let message = UserMessage::new(vec![image.into()]).into();
    let error = generate_text(&model).messages([message]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden, "its host is private");
    assert!(model.calls().is_empty());
}

#[tokio::test]
async fn a_history_is_lent_and_a_mock_is_asked_afterwards() {
    let model = MockLanguageModel::answers(["one", "two"].map(Turn::text));
    let mut history = Vec::new();
    for line in ["first", "second"] {
        history.push(Message::user(line));
        let request = generate_text(&model).prompt(&history).headers([("X-Turn", line)]);
        history.extend(request.await.unwrap().response_messages());
    }
    let said: Vec<_> = history.iter().map(Message::text).collect();
    assert_eq!(said, ["first", "one", "second", "two"]);
    let calls = model.calls();
    assert_eq!(calls[1].options.prompt.len(), 3);
    let headers = calls[1].options.headers.as_ref().unwrap();
    assert_eq!(headers.get("x-turn"), Some(&Some("second".to_owned())));
}
