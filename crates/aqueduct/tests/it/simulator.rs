//! The verbs against the simulator, as a newcomer meets them.

use aqueduct::{Output, Tool, generate_text, rerank, step_count_is, stream_text};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

#[tokio::test]
async fn a_conversation_goes_on() {
    let first = generate_text("simulator/reasoning").prompt("one").await.unwrap();
    assert!(first.reasoning_text().is_some());
    let mut messages = vec![aqueduct::Message::user("one")];
    messages.extend(first.response_messages());
    messages.push(aqueduct::Message::user("two"));
    let second = generate_text("simulator/echo").messages(messages).await.unwrap();
    assert_eq!(second.text(), "two");
}

#[tokio::test]
async fn tools_run_in_a_loop() {
    let steps = json!({ "steps": [
        { "toolCalls": [
            { "toolName": "add", "input": { "a": 1, "b": 2 } },
            { "toolName": "add", "input": "{broken" },
        ] },
        { "text": "three" },
    ] });
    let add = Tool::new("add").execute(|input: Value, _| async move {
        input["a"].as_i64().zip(input["b"].as_i64()).map(|(a, b)| a + b)
    });
    for is_stream in [false, true] {
        let request = generate_text("simulator/echo")
            .prompt("what is 1 + 2?")
            .tool(add.clone())
            .stop_when(step_count_is(5))
            .provider_options("simulator", &steps);
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(answer.text(), "three");
        let first = &answer.steps()[0];
        assert_eq!(first.tool_results().next().unwrap().output, 3);
        assert_eq!(first.tool_errors().count(), 1);
    }
}

#[tokio::test]
async fn text_streams() {
    let mut stream = stream_text("simulator/lorem").prompt("go").await.unwrap();
    let mut text = String::new();
    while let Some(delta) = stream.text_stream().next().await {
        text.push_str(&delta.unwrap());
    }
    assert_eq!(stream.collect().await.unwrap().text(), text);
}

#[tokio::test]
async fn documents_are_ranked() {
    let answer = rerank("simulator/reranking")
        .query("rainy city")
        .documents(["sunny beach", "rainy city"])
        .await
        .unwrap();
    assert_eq!(answer.ranking[0].original_index, 1);
}

/// What the simulator makes up.
#[derive(Debug, Deserialize, JsonSchema)]
struct Plan {
    title: String,
    steps: Vec<Step>,
    pace: Pace,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Step {
    name: String,
    minutes: Option<u32>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Pace {
    Slow,
    Fast,
}

#[tokio::test]
async fn answers_have_the_type_that_is_asked_for() {
    for model in ["simulator/json", "simulator/echo"] {
        let plan = generate_text(model).prompt("go").output(Output::object::<Plan>());
        let plan = plan.await.unwrap().output().unwrap();
        assert!(!plan.title.is_empty() && !plan.steps[0].name.is_empty(), "{plan:?}");
        assert!(plan.pace == Pace::Slow && plan.steps[0].minutes.is_some(), "{plan:?}");

        let request = stream_text(model).prompt("go").output(Output::array::<Step>());
        let mut stream = request.await.unwrap();
        let streamed: Vec<_> = stream.element_stream().map(Result::unwrap).collect().await;
        let whole = stream.collect().await.unwrap().output().unwrap();
        assert_eq!(streamed.len(), whole.len());
        assert!(!whole.is_empty());

        let pace = generate_text(model).prompt("go").output(Output::choice_of::<Pace>());
        pace.await.unwrap().output().unwrap();
    }
}

#[tokio::test]
async fn tools_run_before_the_answer_that_has_a_type() {
    let look = Tool::new("look").execute(|_: Value, _| async { "blue" });
    let request = generate_text("simulator/tools")
        .prompt("What colour is the sky?")
        .tool(look)
        .stop_when(step_count_is(3))
        .output(Output::object::<Step>());
    for is_stream in [false, true] {
        let request = request.clone();
        let answer =
            if is_stream { request.stream().collect().await } else { request.await }.unwrap();
        assert_eq!(answer.steps().len(), 2);
        assert_eq!(answer.tool_results().next().unwrap().output, "blue");
        assert!(!answer.output().unwrap().name.is_empty());
    }
}
