//! Agents: requests under a name.

use std::sync::{Arc, Mutex};

use aqueduct::text::StepChanges;
use aqueduct::{Agent, Error, Message, TextStreamPart, Tool, ToolLoopAgent, step_count_is};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

fn echo() -> Tool {
    Tool::new("echo").execute(|input: Value, _| async move { input })
}

/// A model that calls a tool for ever.
fn tireless() -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::new(|_, number| {
        Turn::tool_call(&format!("c{number}"), "echo", &json!({}))
    }))
}

#[tokio::test]
async fn stops_after_twenty_steps_unless_told_otherwise() {
    let model = tireless();
    let agent = ToolLoopAgent::builder(&model).tool(echo()).build();
    let answer = agent.generate("go").await.unwrap();
    assert_eq!((answer.steps().len(), model.calls().len()), (20, 20));
    let agent = ToolLoopAgent::builder(tireless()).tool(echo()).stop_when(step_count_is(3)).build();
    assert_eq!(agent.generate("go").await.unwrap().steps().len(), 3);
    let answer = agent.stream("go").await.unwrap().collect().await.unwrap();
    assert_eq!(answer.steps().len(), 3);
}

#[tokio::test]
async fn is_asked_again_and_again_with_the_same_settings() {
    let model = Arc::new(MockLanguageModel::text("hi"));
    let agent = ToolLoopAgent::builder(&model)
        .instructions("be kind")
        .temperature(0.5)
        .tool(echo())
        .build()
        .with_id("greeter");
    assert_eq!((agent.id(), agent.tools()[0].name()), (Some("greeter"), "echo"));
    agent.generate("one").await.unwrap();
    agent.generate([Message::user("two")]).temperature(0.0).await.unwrap();
    agent.stream("three").await.unwrap().collect().await.unwrap();
    let calls = model.calls();
    let asked: Vec<_> = calls.iter().map(|call| call.options.prompt.clone()).collect();
    let expected =
        ["one", "two", "three"].map(|text| vec![Message::system("be kind"), Message::user(text)]);
    assert_eq!(asked, expected);
    let temperatures: Vec<_> = calls.iter().map(|call| call.options.temperature).collect();
    assert_eq!(temperatures, [Some(0.5), Some(0.0), Some(0.5)], "a change is for one call");
}

fn noted<E>(
    log: &Arc<Mutex<Vec<&'static str>>>,
    name: &'static str,
) -> impl Fn(E) -> std::future::Ready<()> + use<E> {
    let log = Arc::clone(log);
    move |_| {
        log.lock().unwrap().push(name);
        std::future::ready(())
    }
}

#[tokio::test]
async fn callbacks_of_the_agent_come_before_those_of_the_call() {
    let log: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let agent = ToolLoopAgent::builder(MockLanguageModel::text("hi"))
        .on_step_end(noted(&log, "agent"))
        .build();
    agent.generate("go").on_step_end(noted(&log, "call")).await.unwrap();
    agent.generate("go").await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["agent", "call", "agent"]);
    log.lock().unwrap().clear();
    let agent = ToolLoopAgent::builder(MockLanguageModel::text("hi"));
    let agent = agent.on_start(noted(&log, "agent")).build();
    agent.generate("go").on_start(noted(&log, "call")).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["agent", "call"]);
}

#[derive(Clone)]
struct Reader {
    age: u8,
}

#[tokio::test]
async fn options_of_a_call_change_its_request() {
    let (small, large) =
        (Arc::new(MockLanguageModel::text("small")), Arc::new(MockLanguageModel::text("large")));
    let other = Arc::clone(&large);
    let agent = ToolLoopAgent::builder(&small).build_with(move |reader: Reader, request| {
        let other = Arc::clone(&other);
        async move {
            if reader.age > 99 {
                return Err(Error::invalid_request("nobody is that old"));
            }
            let request = request.instructions(format!("for {} year olds", reader.age));
            let is_grown = reader.age > 17;
            Ok(request.runtime_context(reader).prepare_step(move |_| {
                let other = Arc::clone(&other);
                async move { is_grown.then(|| StepChanges::new().model(&other)) }
            }))
        }
    });
    let answer = agent.generate_with(Reader { age: 7 }, "a story").await.unwrap();
    assert_eq!(answer.text(), "small");
    assert_eq!(answer.last_step().contexts.runtime::<Reader>().unwrap().age, 7);
    let expected = [Message::system("for 7 year olds"), Message::user("a story")];
    assert_eq!(small.calls()[0].options.prompt, expected);
    let stream = agent.stream_with(Reader { age: 40 }, "a story").stream();
    assert_eq!(stream.collect().await.unwrap().text(), "large");
    let error = agent.generate_with(Reader { age: 100 }, "a story").await.unwrap_err();
    assert_eq!(error.message(), "nobody is that old");
    let mut stream = agent.stream_with(Reader { age: 100 }, "x").stream();
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn programs_may_take_any_agent() {
    let agents: Vec<Box<dyn Agent>> = vec![
        Box::new(ToolLoopAgent::builder(MockLanguageModel::text("a")).build().with_id("a")),
        Box::new(ToolLoopAgent::builder(MockLanguageModel::text("b")).build()),
    ];
    let mut texts = Vec::new();
    for agent in &agents {
        texts.push(agent.generate((), "go".into()).await.unwrap().text());
    }
    assert_eq!(texts, ["a", "b"]);
    assert_eq!((agents[0].id(), agents[1].id()), (Some("a"), None));
}

#[tokio::test]
async fn an_agent_may_be_anothers_tool() {
    let searcher = Arc::new(MockLanguageModel::answers([
        Turn::tool_call("inner", "echo", &json!({})),
        Turn::text("found it"),
    ]));
    let helper = ToolLoopAgent::builder(&searcher).tool(echo()).build();
    let boss = MockLanguageModel::answers([
        Turn::tool_call("outer", "search", &json!({ "prompt": "find it" })),
        Turn::text("done"),
    ]);
    let agent =
        ToolLoopAgent::builder(boss).tool(helper.into_tool("search", "Finds things")).build();
    let mut stream = agent.stream("go").await.unwrap();
    let mut results = Vec::new();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::ToolResult(result) = part.unwrap() {
            results.push((result.output, result.preliminary));
        }
    }
    let found = json!("found it");
    assert_eq!(results, [(found.clone(), true), (found.clone(), true), (found, false)]);
    assert_eq!(searcher.calls()[0].options.prompt, [Message::user("find it")]);
    assert_eq!(stream.collect().await.unwrap().text(), "done");
}

#[tokio::test]
async fn an_agent_that_fails_as_a_tool_is_reported_to_the_other() {
    let helper = ToolLoopAgent::builder(MockLanguageModel::failing(Error::invalid_request("lost")));
    let tool = helper.build().into_tool("search", "Finds things");
    for (input, message) in
        [(json!({ "prompt": "x" }), "lost"), (json!({}), "the task has no prompt")]
    {
        let boss = MockLanguageModel::answers([Turn::tool_call("o", "search", &input)]);
        let agent = ToolLoopAgent::builder(boss).tool(tool.clone());
        let answer = agent.stop_when(step_count_is(1)).build().generate("go").await.unwrap();
        assert_eq!(answer.tool_errors().next().unwrap().failure.message, message);
    }
}
