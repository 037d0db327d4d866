//! Answers of a form.

use aqueduct::output::{ElementsOutput, Misfit, NoObjectGenerated, OutputKind};
use aqueduct::spec::Error;
use aqueduct::{Output, generate_text, stream_text};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use super::script::{Script, read};
use super::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    output: Value,
    pieces: Vec<String>,
    finish: Option<String>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Person {
    name: String,
    #[schemars(with = "Option<f64>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<Number>,
}

fn script(scenario: &Scenario) -> Script {
    let mut parts = vec![
        json!({ "type": "stream-start", "warnings": [] }),
        json!({ "type": "text-start", "id": "1" }),
    ];
    let delta = |piece: &String| json!({ "type": "text-delta", "id": "1", "delta": piece });
    parts.extend(scenario.pieces.iter().map(delta));
    parts.push(json!({ "type": "text-end", "id": "1" }));
    let reason = scenario.finish.as_deref().unwrap_or("stop");
    let usage = json!({ "inputTokens": {}, "outputTokens": {} });
    parts.push(json!({ "type": "finish", "finishReason": { "unified": reason }, "usage": usage }));
    Script::new(vec![parts.into(); 3])
}

fn outcome<T: Serialize>(result: Result<T, Error>) -> Value {
    let error = match result {
        Ok(value) => return json!({ "value": value }),
        Err(error) => error,
    };
    let Some(broken) = NoObjectGenerated::of(&error) else {
        assert_eq!(error.code(), Some("no_output_generated"));
        return json!({ "error": "NoOutputGeneratedError" });
    };
    let cause = match broken.cause {
        Misfit::NotJson(_) => "JSONParseError",
        _ => "TypeValidationError",
    };
    json!({ "error": "NoObjectGeneratedError", "cause": cause })
}

/// Plays a scenario; `partial` writes a partial value.
async fn play<K>(
    script: &Script,
    kind: K,
    partial: impl Fn(K::Partial) -> Value,
) -> Map<String, Value>
where
    K: OutputKind<Complete: Serialize>,
{
    let answer = generate_text(script.model("mock")).prompt("go").output(kind.clone());
    let whole = match answer.await {
        Ok(answer) => outcome(answer.output()),
        Err(error) => outcome::<Value>(Err(error)),
    };
    let request = stream_text(script.model("mock")).prompt("go").output(kind);
    let mut stream = request.stream();
    let mut partials = Vec::new();
    let mut outputs = stream.partial_output_stream();
    while let Some(item) = outputs.next().await {
        partials.push(item.map_or(json!("error"), &partial));
    }
    let streamed = match stream.collect().await {
        Ok(answer) => outcome(answer.output()),
        Err(error) => outcome::<Value>(Err(error)),
    };
    let (_, call) = script.calls().swap_remove(0);
    let told = json!({
        "responseFormat": call.response_format,
        "whole": whole,
        "partials": partials,
        "streamed": streamed,
    });
    read(&told)
}

async fn elements<K>(script: &Script, kind: K) -> Vec<Value>
where
    K: ElementsOutput<Element: Serialize>,
{
    let mut stream = stream_text(script.model("mock")).prompt("go").output(kind).stream();
    stream
        .element_stream()
        .map(|item| item.map_or(json!("error"), |item| json!(item)))
        .collect()
        .await
}

/// Gives a form its name and description.
macro_rules! named {
    ($kind:expr, $told:expr) => {{
        let mut kind = $kind;
        if let Some(name) = $told["name"].as_str() {
            kind = kind.name(name);
        }
        if let Some(description) = $told["description"].as_str() {
            kind = kind.description(description);
        }
        kind
    }};
}

async fn told(scenario: &Scenario) -> Map<String, Value> {
    let (script, output) = (script(scenario), &scenario.output);
    let schema = output["schema"].clone();
    match output["kind"].as_str().unwrap() {
        "object" => {
            let kind = named!(Output::object_with_schema::<Person>(schema), output);
            play(&script, kind, |partial| partial.into_value()).await
        }
        "array" => {
            let kind = named!(Output::array_with_schema::<Person>(schema), output);
            let mut told = play(&script, kind.clone(), |partial| json!(partial)).await;
            told.insert("elements".to_owned(), elements(&script, kind).await.into());
            told
        }
        "choice" => {
            let options: Vec<String> = read(&output["options"]);
            play(&script, named!(Output::choice(options), output), Value::from).await
        }
        "json" => play(&script, named!(Output::json(), output), |partial| partial).await,
        _ => play(&script, Output::text(), Value::from).await,
    }
}

#[tokio::test]
async fn forms_are_asked_for_and_read_as_by_the_ai_sdk() {
    let mut golden = Golden::new("output");
    for scenario in scenarios::<Scenario>("output") {
        let told = told(&scenario).await;
        golden.compare_all(&scenario.name, &told.into());
    }
    golden.finish();
}
