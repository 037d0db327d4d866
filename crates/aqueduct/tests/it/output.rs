//! Answers that have a form.

use std::error::Error as _;
use std::sync::Arc;

use aqueduct::output::{Misfit, NoObjectGenerated, OutputKind};
use aqueduct::spec::language::{ResponseFormat, Text, UnifiedFinishReason};
use aqueduct::{ErrorKind, Output, Tool, generate_object, generate_text, step_count_is};
#[cfg(feature = "groq")]
use aqueduct::{Registry, Settings};
use aqueduct_testkit::{MockLanguageModel, Turn};
#[cfg(feature = "groq")]
use aqueduct_testkit::{Reply, ScriptedUpstream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// What is cooked.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Recipe {
    title: String,
    /// All of them.
    ingredients: Vec<Ingredient>,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Ingredient {
    name: String,
    grams: u32,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Weather {
    /// Without clouds.
    Sunny,
    Rainy,
}

const RECIPE: &str = r#"{"title":"Soup","ingredients":[{"name":"water","grams":500}]}"#;

fn says(text: &str, finish: UnifiedFinishReason) -> MockLanguageModel {
    let turn = Turn::content([Text::new(text)], finish);
    MockLanguageModel::answers([turn])
}

fn stops(text: &str) -> MockLanguageModel {
    says(text, UnifiedFinishReason::Stop)
}

fn format_of(kind: &impl OutputKind) -> Value {
    serde_json::to_value(kind.response_format()).unwrap()
}

#[test]
fn the_model_is_asked_for_what_the_type_is() {
    let expected = json!({
        "type": "json",
        "schema": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "description": "What is cooked.",
            "type": "object",
            "properties": {
                "title": { "type": "string" },
                "ingredients": {
                    "description": "All of them.",
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": { "type": "string" },
                            "grams": { "type": "integer", "minimum": 0 },
                        },
                        "required": ["name", "grams"],
                        "additionalProperties": false,
                    },
                },
                "note": { "type": ["string", "null"] },
            },
            "required": ["title", "ingredients", "note"],
            "additionalProperties": false,
        },
        "name": "recipe",
        "description": "a recipe",
    });
    let kind = Output::object::<Recipe>().name("recipe").description("a recipe");
    assert_eq!(format_of(&kind), expected);
}

#[test]
fn lists_and_choices_are_wrapped() {
    let list = Output::array_with_schema::<Value>(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": { "a": { "type": "string" } },
        "$ref": "#/definitions/a",
    }));
    let expected = json!({
        "type": "json",
        "schema": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": { "a": { "type": "string" } },
            "type": "object",
            "properties": { "elements": { "type": "array", "items": { "$ref": "#/definitions/a" } } },
            "required": ["elements"],
            "additionalProperties": false,
        },
        "name": "texts",
        "description": "some texts",
    });
    assert_eq!(format_of(&list.name("texts").description("some texts")), expected);

    let expected = json!({
        "type": "json",
        "schema": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": { "result": { "type": "string", "enum": ["sunny", "rainy"] } },
            "required": ["result"],
            "additionalProperties": false,
        },
        "name": "weather",
        "description": "the weather",
    });
    let choice = Output::choice(["sunny", "rainy"]).name("weather").description("the weather");
    assert_eq!(format_of(&choice), expected);
    let mut of_type = Output::choice_of::<Weather>();
    let mut names = of_type.options().to_vec();
    names.sort();
    assert_eq!(names, ["rainy", "sunny"]);
    of_type = of_type.name("w");
    assert_eq!(format_of(&of_type)["name"], "w");

    let json = Output::json().name("any").description("anything");
    let expected = json!({ "type": "json", "name": "any", "description": "anything" });
    assert_eq!(format_of(&json), expected);
    assert_eq!(format_of(&Output::json()), json!({ "type": "json" }));
    assert_eq!(format_of(&Output::text()), json!({ "type": "text" }));
}

#[test]
fn only_objects_that_stand_alone_are_closed() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Shape {
        name: String,
        #[serde(flatten)]
        kind: Kind,
        sizes: std::collections::BTreeMap<String, u32>,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Kind {
        Circle { radius: u32 },
        Square { side: u32 },
    }
    let format = format_of(&Output::object::<Shape>());
    let schema = &format["schema"];
    assert!(schema.get("additionalProperties").is_none(), "{schema:#}");
    assert!(schema["oneOf"][0].get("additionalProperties").is_none(), "{schema:#}");
    assert_eq!(schema["properties"]["sizes"]["additionalProperties"]["type"], "integer");
    let format = format_of(&Output::object::<Kind>());
    assert_eq!(format["schema"]["oneOf"][0]["additionalProperties"], false, "{format:#}");
}

#[test]
fn what_may_be_missing_is_asked_for_as_null() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Note {
        author: Option<Ingredient>,
        weather: Option<Weather>,
        text: String,
        #[serde(default)]
        stars: u8,
    }
    let format = format_of(&Output::array::<Note>());
    let item = &format["schema"]["properties"]["elements"]["items"];
    assert_eq!(item["required"], json!(["author", "weather", "text"]), "{item:#}");
    assert_eq!(item["additionalProperties"], false);
    assert_eq!(item["properties"]["author"]["additionalProperties"], false, "{item:#}");
    assert!(item.get("$schema").is_none());
}

#[test]
fn a_type_may_hold_itself() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Tree {
        name: String,
        branches: Vec<Self>,
    }
    for kind in [format_of(&Output::object::<Tree>()), format_of(&Output::array::<Tree>())] {
        let schema = &kind["schema"];
        let text = schema.to_string();
        let reference = text.split("\"$ref\":\"#").nth(1).unwrap().split('"').next().unwrap();
        let tree = schema.pointer(reference).unwrap();
        assert_eq!(tree["properties"]["name"]["type"], "string", "{schema:#}");
        assert_eq!(tree["additionalProperties"], false, "{schema:#}");
    }
}

#[tokio::test]
async fn an_object_is_read() {
    let model = Arc::new(stops(RECIPE));
    let request = generate_text(&model).prompt("soup").output(Output::object::<Recipe>());
    let answer = request.await.unwrap();
    let water = Ingredient { name: "water".to_owned(), grams: 500 };
    let soup = Recipe { title: "Soup".to_owned(), ingredients: vec![water], note: None };
    assert_eq!(answer.output().unwrap(), soup);
    assert_eq!(answer.text(), RECIPE, "it is still a text");
    let sent = model.calls()[0].options.response_format.clone();
    assert_eq!(sent, Some(Output::object::<Recipe>().response_format()));
    let plain = Arc::new(stops("hi"));
    generate_text(&plain).prompt("soup").await.unwrap();
    assert_eq!(plain.calls()[0].options.response_format, None::<ResponseFormat>);
}

#[tokio::test]
async fn every_form_is_read() {
    let ask = |text: &str| generate_text(stops(text)).prompt("go");
    let words = ask(r#"{"elements":["a","b"]}"#).output(Output::array::<String>());
    assert_eq!(words.await.unwrap().output().unwrap(), ["a", "b"]);
    let choice = ask(r#"{"result":"rainy"}"#).output(Output::choice(["sunny", "rainy"]));
    assert_eq!(choice.await.unwrap().output().unwrap(), "rainy");
    let choice = ask(r#"{"result":"sunny"}"#).output(Output::choice_of::<Weather>());
    assert_eq!(choice.await.unwrap().output().unwrap(), Weather::Sunny);
    let json = ask(" [1, null] ").output(Output::json());
    assert_eq!(json.await.unwrap().output().unwrap(), json!([1, null]));
    let text = ask("plain").output(Output::text());
    assert_eq!(text.await.unwrap().output().unwrap(), "plain");
    let object = ask(r#"{"a":1}"#).output(Output::object_with_schema::<Value>(json!({})));
    assert_eq!(object.await.unwrap().output().unwrap(), json!({ "a": 1 }));
}

/// What the texts are told to be wrong with, and where.
async fn complaint<K: OutputKind>(kind: K, text: &str) -> (Option<String>, String)
where
    K::Complete: std::fmt::Debug,
{
    let answer = generate_text(stops(text)).prompt("go").output(kind).await.unwrap();
    let error = answer.output().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.code(), Some("no_object_generated"));
    assert!(!error.is_retryable());
    let path = error.param().and_then(Value::as_str).map(str::to_owned);
    (path, error.to_string())
}

#[tokio::test]
async fn what_does_not_fit_is_named_by_its_path() {
    let recipe = Output::object::<Recipe>;
    let unread = (None, "no object generated: could not parse the response".to_owned());
    let unfit = (None, "no object generated: response did not match schema".to_owned());
    let at = |path: &str| {
        let message = format!("no object generated: response did not match schema at `{path}`");
        (Some(path.to_owned()), message)
    };
    assert_eq!(complaint(recipe(), "a soup").await, unread);
    assert_eq!(complaint(recipe(), "").await, unread);
    assert_eq!(complaint(recipe(), r#"{"title":"Soup"}"#).await, unfit);
    let text = r#"{"title":"Soup","ingredients":[{"name":"water","grams":500},{"name":"salt","grams":"secret"}]}"#;
    assert_eq!(complaint(recipe(), text).await, at("ingredients[1].grams"));
    let list = Output::array::<Ingredient>;
    assert_eq!(complaint(list(), r#"{"elements":{}}"#).await, unfit);
    assert_eq!(complaint(list(), "[]").await, unfit);
    assert_eq!(complaint(list(), r#"{"elements":[7]}"#).await, at("elements[0]"));
    let text = r#"{"elements":[{"name":"salt","grams":-1}]}"#;
    assert_eq!(complaint(list(), text).await, at("elements[0].grams"));
    let choice = || Output::choice(["sunny", "rainy"]);
    assert_eq!(complaint(choice(), r#"{"result":"foggy"}"#).await, at("result"));
    assert_eq!(complaint(choice(), r#"{"result":5}"#).await, at("result"));
    assert_eq!(complaint(choice(), r#""sunny""#).await, unfit);
    assert_eq!(complaint(Output::json(), "text").await, unread);
}

#[tokio::test]
async fn an_error_has_the_answer_but_does_not_show_it() {
    let text = r#"{"title":"secret","ingredients":7}"#;
    let request = generate_text(stops(text)).prompt("go").output(Output::object::<Recipe>());
    let answer = request.await.unwrap();
    let error = answer.output().unwrap_err();
    let broken = NoObjectGenerated::of(&error).unwrap();
    assert_eq!(broken.text, text);
    assert_eq!(broken.finish_reason.unified, UnifiedFinishReason::Stop);
    assert_eq!(broken.response.id, answer.response().id);
    assert_eq!(&broken.usage, answer.usage());
    assert!(matches!(&broken.cause, Misfit::WrongType { path, .. } if path == "ingredients"));
    let cause = broken.source().unwrap().source().unwrap().to_string();
    assert!(cause.contains("expected a sequence"), "{cause}");
    for shown in [format!("{error}"), format!("{error:?}"), format!("{broken:?}")] {
        assert!(!shown.contains("secret"), "{shown}");
    }
    assert!(NoObjectGenerated::of(&aqueduct::Error::internal("other")).is_none());
}

#[tokio::test]
async fn an_answer_that_was_cut_off_is_no_output() {
    let answer = async |text, reason| {
        let request = generate_text(says(text, reason)).prompt("go");
        request.output(Output::object::<Recipe>()).await.unwrap()
    };
    let half = &RECIPE[..RECIPE.len() / 2];
    let cut = answer(half, UnifiedFinishReason::Length).await;
    let error = cut.output().unwrap_err();
    assert_eq!(error.code(), Some("no_object_generated"));
    assert!(error.to_string().contains("cut off"), "{error}");
    assert_eq!(cut.text(), half, "what there is can be had");
    for (text, reason) in [("", "length"), (RECIPE, "tool-calls")] {
        let unified = serde_json::from_value(json!(reason)).unwrap();
        let error = answer(text, unified).await.output().unwrap_err();
        assert_eq!(error.code(), Some("no_output_generated"));
        assert!(error.to_string().contains(reason), "{error}");
    }
    // Where it was cut off behind its end, nothing is missing.
    let whole = answer(RECIPE, UnifiedFinishReason::Length).await;
    assert_eq!(whole.output().unwrap().title, "Soup");
}

#[tokio::test]
async fn the_output_is_that_of_the_last_step() {
    let model = Arc::new(MockLanguageModel::answers([
        Turn::tool_call("c1", "pantry", &json!({})),
        Turn::text(RECIPE),
    ]));
    let pantry = Tool::new("pantry").execute(|_: Value, _| async { "water" });
    let answer = generate_text(&model)
        .prompt("soup")
        .output(Output::object::<Recipe>())
        .tool(pantry)
        .stop_when(step_count_is(3))
        .await
        .unwrap();
    assert_eq!(answer.output().unwrap().title, "Soup");
    assert_eq!(answer.steps().len(), 2);
    for call in model.calls() {
        assert!(call.options.response_format.is_some(), "every step is asked for it");
    }
}

#[tokio::test]
async fn a_broken_text_may_be_repaired() {
    let ask = |text: &str| generate_object::<Recipe, _>(stops(text)).prompt("soup");
    let fenced = ask(&format!("```json{RECIPE}```")).await.unwrap();
    let strip = |text: String| text.replace("```json", "").replace("```", "");
    let repaired = fenced.output_or_repair(|broken| async move {
        assert!(matches!(broken.cause, Misfit::NotJson(_)));
        Some(strip(broken.text))
    });
    assert_eq!(repaired.await.unwrap().title, "Soup");
    let error = fenced.output_or_repair(|_| async { None }).await.unwrap_err();
    assert!(NoObjectGenerated::of(&error).unwrap().text.starts_with("```"));
    let error = fenced.output_or_repair(|_| async { Some("{".to_owned()) }).await.unwrap_err();
    assert_eq!(NoObjectGenerated::of(&error).unwrap().text, "{", "once is enough");
    let whole = ask(RECIPE).await.unwrap();
    let untouched = whole.output_or_repair(|_| async { panic!("nothing to repair") }).await;
    assert_eq!(untouched.unwrap().title, "Soup");
}

/// The schema is left out with a warning; the type is checked all the same.
#[cfg(feature = "groq")]
#[tokio::test]
async fn a_provider_without_schemas_is_asked_for_json() {
    let message = json!({ "role": "assistant", "content": RECIPE });
    let body = json!({
        "id": "c1", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
    });
    let upstream = ScriptedUpstream::always(Reply::json(200, &body));
    let settings = Settings::new().with("baseURL", upstream.url()).with("apiKey", "k");
    let registry = Registry::builder().settings("groq", settings).build();
    let answer = generate_text("groq/m")
        .registry(&registry)
        .prompt("soup, as JSON")
        .provider_options("groq", json!({ "structuredOutputs": false }))
        .output(Output::object::<Recipe>())
        .await
        .unwrap();
    assert_eq!(answer.output().unwrap().title, "Soup");
    assert_eq!(answer.warnings().count(), 1, "{answer:?}");
    let sent = upstream.requests()[0].json();
    assert_eq!(sent["response_format"], json!({ "type": "json_object" }));
}
