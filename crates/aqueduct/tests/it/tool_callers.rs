//! Tools that other tools call.

use std::sync::Arc;

use aqueduct::spec::JsonObject;
use aqueduct::spec::language::Tool as SpecTool;
use aqueduct::tool::ToolCaller;
use aqueduct::{Tool, ToolContext, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::{Value, json};

fn add() -> Tool {
    Tool::new("add").execute(|input: Value, _| async move {
        input["a"].as_i64().unwrap() + input["b"].as_i64().unwrap()
    })
}

/// A tool that stands for code that a model writes: it calls `add` twice.
fn code() -> Tool {
    Tool::new("code").execute(|_, _| async { "unbound" }).calls_tools(|tool, called| {
        tool.clone().execute(move |_, _| {
            let called = called.clone();
            async move {
                let cx = || ToolContext::new("inner", []);
                let Some(add) = called.first() else { return Ok(Value::from("nothing to call")) };
                let sum = add.call(json!({ "a": 1, "b": 2 }), cx()).await?;
                add.call(json!({ "a": sum, "b": 4 }), cx()).await
            }
        })
    })
}

fn names(model: &MockLanguageModel) -> Vec<String> {
    let tools = model.calls()[0].options.tools.clone();
    tools.iter().flatten().map(SpecTool::name).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_tool_of_ours_calls_what_it_may() {
    let model = Arc::new(MockLanguageModel::answers([Turn::tool_call("a", "code", &json!({}))]));
    let answer = generate_text(&model)
        .prompt("go")
        .tools([add(), code()])
        .tool_callers("add", ["code"])
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, 7);
    assert_eq!(names(&model), ["code"], "the model is not told of what it may not call");
}

#[tokio::test]
async fn a_tool_may_be_called_by_both() {
    let model = Arc::new(MockLanguageModel::text("ok"));
    generate_text(&model)
        .prompt("go")
        .tools([add(), code()])
        .tool_callers("add", [ToolCaller::Model, "code".into()])
        .await
        .unwrap();
    assert_eq!(names(&model), ["add", "code"]);
}

#[tokio::test]
async fn a_tool_of_the_providers_is_told_through_options() {
    let model = Arc::new(MockLanguageModel::text("ok"));
    let sandbox =
        Tool::provider("mock.code", "code", JsonObject::new()).calls_tools_at_provider(|options| {
            options.entry("mock").insert("allowedCallers".to_owned(), json!(["code"]));
        });
    generate_text(&model)
        .prompt("go")
        .tools([add(), sandbox])
        .tool_callers("add", ["code"])
        .await
        .unwrap();
    let tools = model.calls()[0].options.tools.clone().unwrap();
    let SpecTool::Function(add) = &tools[0] else { panic!("{tools:?}") };
    let options = add.provider_options.as_ref().unwrap().get("mock").unwrap();
    assert_eq!(options["allowedCallers"], json!(["code"]));
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let request =
        || generate_text(MockLanguageModel::text("ok")).prompt("go").tools([add(), code()]);
    let error = request().tool_callers("nobody", ["code"]).await.unwrap_err();
    assert!(error.message().contains("'nobody'"));
    let error = request().tool_callers("code", ["add"]).await.unwrap_err();
    assert!(error.message().contains("calls no tools"));
}
