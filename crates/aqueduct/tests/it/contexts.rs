//! What a program passes along for its own code.

use std::sync::Arc;

use aqueduct::spec::language::Tool as SpecTool;
use aqueduct::{ErrorKind, Tool, ToolContext, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use serde_json::json;

struct Database {
    name: &'static str,
}

fn model() -> Arc<MockLanguageModel> {
    Arc::new(MockLanguageModel::answers([Turn::tool_call("a", "query", &json!({}))]))
}

fn query() -> Tool {
    Tool::new("query").execute(|_, cx: ToolContext| async move {
        let (own, shared) = (cx.context::<Database>()?.name, *cx.runtime::<u8>()?);
        Ok::<_, aqueduct::Error>(format!("{own} {shared}"))
    })
}

#[tokio::test]
async fn tools_find_values_by_their_types() {
    let answer = generate_text(model())
        .prompt("go")
        .tool(query())
        .tool_context("query", Database { name: "main" })
        .runtime_context(7_u8)
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, "main 7");
    assert_eq!(answer.last_step().contexts.tool::<Database>("query").unwrap().name, "main");
    assert!(answer.last_step().contexts.tool::<u8>("query").is_err());
}

#[tokio::test]
async fn what_is_missing_is_the_tools_to_report() {
    let request =
        generate_text(model()).prompt("go").tool(query()).tool_context("query", "no database");
    let answer = request.await.unwrap();
    let message = &answer.tool_errors().next().unwrap().failure.message;
    assert!(message.contains("Database"), "{message}");
}

#[tokio::test]
async fn a_tool_may_insist_on_its_context() {
    let request = || {
        let tool = query().needs_context::<Database>();
        generate_text(model()).prompt("go").tool(tool).runtime_context(1_u8)
    };
    let error = request().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("tool 'query' needs a context of type"));
    assert!(request().tool_context("query", Database { name: "x" }).await.is_ok());
}

#[tokio::test]
async fn descriptions_may_depend_on_them() {
    let model = model();
    let tool = query().describe_with(|surroundings| match surroundings.context::<Database>() {
        Ok(database) => format!("Asks the database {}", database.name),
        Err(_) => "Asks a database".to_owned(),
    });
    generate_text(&model)
        .prompt("go")
        .tool(tool)
        .tool_context("query", Database { name: "main" })
        .await
        .unwrap();
    let tools = model.calls()[0].options.tools.clone().unwrap();
    let [SpecTool::Function(tool)] = tools.as_slice() else { panic!("{tools:?}") };
    assert_eq!(tool.description.as_deref(), Some("Asks the database main"));
}

#[tokio::test]
async fn a_tool_can_be_tested_alone() {
    let cx = ToolContext::new("a", []).with_context(Database { name: "test" }).with_runtime(1_u8);
    assert_eq!(query().call(json!({}), cx).await.unwrap(), "test 1");
    assert!(Tool::new("none").call(json!({}), ToolContext::new("a", [])).await.is_err());
}
