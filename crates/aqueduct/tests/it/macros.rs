//! Tools from functions.

use std::sync::Arc;

use aqueduct::spec::language::Tool as SpecTool;
use aqueduct::{Tool, ToolContext, generate_text};
use aqueduct_testkit::{MockLanguageModel, Turn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

/// Tells the weather in a city.
///
/// Only of today.
#[aqueduct::tool]
async fn weather(
    /// The city's name in English.
    city: String,
    unit: Option<Unit>,
    #[serde(default)] days: u8,
    context: ToolContext,
) -> aqueduct::Result<Weather> {
    if city.is_empty() {
        return Err(aqueduct::Error::invalid_request("no city"));
    }
    tokio::task::yield_now().await;
    let shift = *context.runtime::<f64>()?;
    Ok(Weather {
        degrees: if matches!(unit, Some(Unit::Kelvin)) { 290.0 } else { 17.0 }
            + shift
            + f64::from(days),
    })
}

#[aqueduct::tool(name = "sum-of", title = "Sum")]
fn sum(mut a: i64, r#type: i64) -> i64 {
    a += r#type;
    a
}

#[aqueduct::tool]
pub(crate) fn nothing() {}

fn function(tool: &Tool) -> (Option<String>, Value) {
    let SpecTool::Function(tool) = tool.definition() else { panic!("{tool:?}") };
    (tool.description.clone(), tool.input_schema.clone())
}

#[test]
fn comments_and_types_tell_the_model_what_it_needs() {
    let tool = weather();
    assert_eq!(tool.name(), "weather");
    let (description, schema) = function(&tool);
    assert_eq!(description.as_deref(), Some("Tells the weather in a city.\n\nOnly of today."));
    assert_eq!(schema["properties"]["city"]["description"], "The city's name in English.");
    assert_eq!(schema["required"], json!(["city"]));
    let properties: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, ["city", "unit", "days"], "the context is no part of the input");
}

#[test]
fn attributes_name_it_otherwise() {
    let tool = sum();
    assert_eq!((tool.name(), tool.display_title()), ("sum-of", Some("Sum")));
    let (description, schema) = function(&tool);
    assert_eq!((description, schema["required"].clone()), (None, json!(["a", "type"])));
    assert_eq!(function(&nothing()).1["type"], "object");
}

#[tokio::test]
async fn it_runs_as_any_tool_does() {
    let call = |id, input: &Value| Turn::tool_call(id, "weather", input);
    let model = Arc::new(MockLanguageModel::answers([
        call("a", &json!({ "city": "Rome", "unit": "kelvin", "days": 2 })),
        call("b", &json!({ "city": "" })),
        call("c", &json!({ "unit": "kelvin" })),
    ]));
    let answer = generate_text(&model)
        .prompt("go")
        .tool(weather())
        .runtime_context(0.5_f64)
        .stop_when(aqueduct::step_count_is(3))
        .await
        .unwrap();
    assert_eq!(answer.tool_results().next().unwrap().output, json!({ "degrees": 292.5 }));
    let errors: Vec<_> = answer.tool_errors().map(|error| error.failure.message.clone()).collect();
    assert_eq!(errors[0], "no city");
    assert!(errors[1].contains("missing field `city`"), "{}", errors[1]);
    let cx = || ToolContext::new("a", []);
    assert_eq!(sum().call(json!({ "a": 1, "type": 2 }), cx()).await.unwrap(), 3);
    assert_eq!(nothing().call(json!({}), cx()).await.unwrap(), Value::Null);
}
