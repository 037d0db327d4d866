//! Tools: their schemas, their inputs, what they may return, and that they run side by side.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::message::ToolResultOutput;
use aqueduct::spec::language::{Tool as SpecTool, ToolCall, UnifiedFinishReason};
use aqueduct::tool::ToolFailureKind;
use aqueduct::{Error, TextStreamPart, Tool, ToolContext, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize, JsonSchema)]
struct City {
    /// The city's name.
    name: String,
    unit: Option<Unit>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Celsius,
    Kelvin,
}

#[derive(Serialize)]
struct Weather {
    degrees: f64,
}

fn calls<'a>(calls: impl IntoIterator<Item = (&'a str, &'a str)>) -> Turn {
    let calls = calls.into_iter().enumerate();
    let calls = calls.map(|(n, (tool, input))| ToolCall::new(format!("c{n}"), tool, input));
    Turn::content(calls, UnifiedFinishReason::ToolCalls)
}

#[tokio::test]
async fn types_give_schemas() {
    let model = Arc::new(MockLanguageModel::answers([Turn::text("ok")]));
    let tool = Tool::new("weather")
        .description("Tells the weather")
        .strict(true)
        .input::<City>()
        .execute(|_, _| async { 1 });
    generate_text(&model).prompt("hi").tool(tool).await.unwrap();
    let tools = model.calls()[0].options.tools.clone().unwrap();
    let [SpecTool::Function(tool)] = tools.as_slice() else { panic!("{tools:?}") };
    assert_eq!(tool.description.as_deref(), Some("Tells the weather"));
    assert_eq!(tool.strict, Some(true));
    let schema = &tool.input_schema;
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["properties"]["name"]["description"], "The city's name.");
    assert_eq!(schema["required"], json!(["name"]));
    let text = schema.to_string();
    assert!(text.contains("kelvin") && !text.contains("$ref") && !text.contains("$schema"));
}

#[tokio::test]
async fn functions_return_values_or_results() {
    let model = MockLanguageModel::answers([calls([
        ("text", "{}"),
        ("object", r#"{"name":"Rome","unit":"kelvin"}"#),
        ("fails", "{}"),
        ("dynamic", r#"{"a":[1]}"#),
        ("object", r#"{"unit":"kelvin"}"#),
        ("custom", "{}"),
    ])]);
    let answer = generate_text(model)
        .prompt("go")
        .tool(Tool::new("text").execute(|_, _| async { "sunny" }))
        .tool(Tool::new("object").input::<City>().execute(|city, _| async move {
            let degrees = match city.unit {
                Some(Unit::Kelvin) => 290.0,
                Some(Unit::Celsius) | None => 17.0,
            };
            if city.name.is_empty() {
                return Err(Error::invalid_request("no city"));
            }
            Ok(Weather { degrees })
        }))
        .tool(
            Tool::new("fails")
                .execute(|_, _| async { Err::<(), _>(std::io::Error::other("the well is dry")) }),
        )
        .tool(Tool::dynamic("dynamic", json!({}), |input: Value, _| async move { input }))
        .tool(
            Tool::new("custom")
                .execute(|_, _| async { 1 })
                .to_model_output(|output| ToolResultOutput::text(format!("<{output}>"))),
        )
        .await
        .unwrap();
    let outputs: Vec<_> = answer.tool_results().map(|result| &result.model_output).collect();
    assert_eq!(
        outputs,
        [
            &ToolResultOutput::text("sunny"),
            &ToolResultOutput::json(json!({ "degrees": 290.0 })),
            &ToolResultOutput::json(json!({ "a": [1] })),
            &ToolResultOutput::text("<1>"),
        ]
    );
    let failures: Vec<_> = answer.tool_errors().map(|error| error.failure.clone()).collect();
    assert_eq!(failures[0].kind, ToolFailureKind::Failed);
    assert_eq!(failures[0].message, "the well is dry");
    assert!(std::error::Error::source(&failures[0]).is_some());
    assert_eq!(failures[1].kind, ToolFailureKind::InvalidInput);
    assert!(failures[1].message.contains("name"), "it names the field: {}", failures[1].message);
    let dynamic: Vec<_> = answer.tool_calls().map(|call| call.dynamic).collect();
    assert_eq!(dynamic, [false, false, false, true, true, false], "an invalid call fits no type");
    let city: City = answer.tool_calls().nth(1).unwrap().input_as().unwrap();
    assert_eq!(city.name, "Rome");
}

#[tokio::test(start_paused = true)]
async fn tools_run_side_by_side_and_their_results_keep_the_order_of_the_calls() {
    let model =
        MockLanguageModel::answers([calls([("sleep", "3"), ("sleep", "1"), ("sleep", "2")])]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let contexts = Arc::clone(&seen);
    let tool = Tool::new("sleep").input::<u64>().execute(move |seconds, cx: ToolContext| {
        contexts.lock().unwrap().push((cx.tool_call_id, cx.messages.len()));
        async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            seconds
        }
    });
    let start = tokio::time::Instant::now();
    let mut stream = generate_text(model).prompt("go").tool(tool).stream();
    let mut arrived = Vec::new();
    while let Some(part) = stream.next().await {
        if let TextStreamPart::ToolResult(result) = part.unwrap() {
            arrived.push(result.output);
        }
    }
    assert_eq!(arrived, [1, 2, 3], "emitted as they come");
    assert_eq!(start.elapsed(), Duration::from_secs(3), "the clock is paused: as long as one");
    let answer = stream.collect().await.unwrap();
    let kept: Vec<_> = answer.tool_results().map(|result| result.output.clone()).collect();
    assert_eq!(kept, [3, 1, 2]);
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, [("c0".into(), 1), ("c1".into(), 1), ("c2".into(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn no_more_tools_run_side_by_side_than_allowed() {
    let run = async |limit: usize| {
        let answer = calls([("sleep", "3"), ("sleep", "1"), ("sleep", "4"), ("count", "{}")]);
        let log = Arc::new(Mutex::new(Vec::new()));
        let (begun, ended) = (Arc::clone(&log), Arc::clone(&log));
        let sleep = Tool::new("sleep").input::<u64>().execute(async |seconds, _| {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            seconds
        });
        let count = Tool::new("count").execute_stream(|_: Value, _| stream::iter([1, 2]));
        let start = tokio::time::Instant::now();
        let request = generate_text(MockLanguageModel::answers([answer])).prompt("go");
        let request = request.tools([sleep, count]).tool_call_concurrency(limit);
        let request = request
            .on_tool_start(move |event| {
                begun.lock().unwrap().push(format!("+{}", event.tool_call.tool_call_id));
                std::future::ready(())
            })
            .on_tool_end(move |event| {
                ended.lock().unwrap().push(format!("-{}", event.outcome.tool_call_id()));
                std::future::ready(())
            });
        let results = request.await?.tool_results().count();
        assert_eq!(results, 4);
        let log = log.lock().unwrap().join(" ");
        Ok::<_, Error>((start.elapsed().as_secs(), log))
    };
    let one_by_one = (8, "+c0 -c0 +c1 -c1 +c2 -c2 +c3 -c3".to_owned());
    assert_eq!(run(1).await.unwrap(), one_by_one);
    assert_eq!(run(2).await.unwrap(), (5, "+c0 +c1 -c1 +c2 -c0 +c3 -c3 -c2".to_owned()));
    let (seconds, all) = run(9).await.unwrap();
    assert!(seconds == 4 && all.starts_with("+c0 +c1 +c2 +c3 "), "{all}");
    let error = run(0).await.unwrap_err();
    assert!(error.message().contains("tool_call_concurrency"), "{error}");
}

#[tokio::test]
async fn only_active_tools_are_offered() {
    let tool = |name: &str| Tool::new(name).execute(|_, _| async { 1 });
    let model = Arc::new(MockLanguageModel::answers([calls([("b", "{}")])]));
    let answer = generate_text(&model)
        .prompt("go")
        .tools([tool("a"), tool("b")])
        .active_tools(["a"])
        .await
        .unwrap();
    let names: Vec<_> = model.calls()[0]
        .options
        .tools
        .iter()
        .flatten()
        .map(SpecTool::name)
        .map(str::to_owned)
        .collect();
    assert_eq!(names, ["a"]);
    let failure = &answer.tool_errors().next().unwrap().failure;
    assert_eq!(failure.kind, ToolFailureKind::NoSuchTool);
}
