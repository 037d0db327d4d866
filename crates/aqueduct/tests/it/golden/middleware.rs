//! Layers over scripted answers: whole, and streamed with a cut at every place.

use std::sync::Arc;

use aqueduct::layer::{
    ExtractJson, ExtractReasoning, InputExamples, SimulateStreaming, add_tool_input_examples,
    default_settings,
};
use aqueduct::spec::language::{CallOptions, Content, Generate, Stream, StreamPart};
use aqueduct::spec::{Context, LanguageModel, Model};
use aqueduct_testkit::fold;
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::script::{Script, read};
use super::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    middleware: (String, Value),
    text: Option<String>,
    parts: Option<Vec<Value>>,
    #[serde(default)]
    call: Map<String, Value>,
}

/// Options of a call; the prompt is none of our concern here.
fn call(settings: &Map<String, Value>) -> CallOptions {
    let mut settings = settings.clone();
    settings.insert("prompt".to_owned(), json!([]));
    read(&settings.into())
}

fn layered(script: &Script, (kind, settings): &(String, Value)) -> Arc<dyn LanguageModel> {
    let model = script.model("mock");
    match kind.as_str() {
        "reasoning" => {
            let mut layer = ExtractReasoning::new(model, settings["tagName"].as_str().unwrap());
            if let Some(separator) = settings["separator"].as_str() {
                layer = layer.with_separator(separator);
            }
            if settings["startWithReasoning"] == true {
                layer = layer.start_with_reasoning();
            }
            Arc::new(layer)
        }
        "json" => Arc::new(ExtractJson::new(model)),
        "defaults" => Arc::new(default_settings(model, call(settings.as_object().unwrap()))),
        "examples" => {
            let mut examples = InputExamples::default();
            if let Some(prefix) = settings["prefix"].as_str() {
                examples = examples.with_prefix(prefix);
            }
            if settings["remove"] == false {
                examples = examples.keep();
            }
            Arc::new(add_tool_input_examples(model, examples))
        }
        _ => Arc::new(SimulateStreaming::new(model)),
    }
}

fn in_pieces(pieces: &[&str]) -> Value {
    let mut parts = vec![
        json!({ "type": "stream-start", "warnings": [] }),
        json!({ "type": "text-start", "id": "1" }),
    ];
    let delta = |piece: &&str| json!({ "type": "text-delta", "id": "1", "delta": piece });
    parts.extend(pieces.iter().filter(|piece| !piece.is_empty()).map(delta));
    parts.push(json!({ "type": "text-end", "id": "1" }));
    let usage = json!({ "inputTokens": {}, "outputTokens": {} });
    let reason = json!({ "unified": "stop" });
    parts.push(json!({ "type": "finish", "finishReason": reason, "usage": usage }));
    parts.into()
}

async fn streamed(scenario: &Scenario, parts: Value) -> (Vec<StreamPart>, Script) {
    let script = Script::new(vec![parts]);
    let model = layered(&script, &scenario.middleware);
    let call = Stream::from(call(&scenario.call));
    let result = Model::<Stream>::call(&*model, call, &Context::default()).await.unwrap();
    (result.stream.try_collect().await.unwrap(), script)
}

fn blocks(content: &[Content]) -> Value {
    let block = |part: &Content| match part {
        Content::Text(part) => json!(["text", part.text]),
        Content::Reasoning(part) => json!(["reasoning", part.text]),
        other => panic!("{other:?}"),
    };
    content.iter().map(block).collect()
}

async fn play(scenario: &Scenario) -> Value {
    let Some(text) = &scenario.text else {
        let parts = scenario.parts.clone().map_or_else(|| in_pieces(&["x"]), Value::from);
        let (parts, script) = streamed(scenario, parts).await;
        let calls: Vec<_> = script.calls().into_iter().map(|(_, call)| call).collect();
        return json!({ "parts": parts, "calls": calls });
    };
    let script = Script::new(vec![in_pieces(&[text])]);
    let model = layered(&script, &scenario.middleware);
    let call = Generate::from(call(&scenario.call));
    let whole = Model::<Generate>::call(&*model, call, &Context::default()).await.unwrap();
    let characters: Vec<_> = text.char_indices().collect();
    let mut cuts: Vec<Vec<&str>> =
        characters.iter().map(|(at, _)| vec![&text[..*at], &text[*at..]]).collect();
    cuts.push(characters.iter().map(|(at, one)| &text[*at..at + one.len_utf8()]).collect());
    let mut told: Vec<Value> = Vec::new();
    for (at, pieces) in cuts.iter().enumerate() {
        let (parts, _) = streamed(scenario, in_pieces(pieces)).await;
        let said = blocks(&fold(parts.into_iter().map(Ok)).unwrap().content);
        if told.last().is_none_or(|last| last["said"] != said) {
            told.push(json!({ "at": at, "said": said }));
        }
    }
    json!({ "whole": blocks(&whole.content), "streamed": told })
}

#[tokio::test]
async fn layers_do_what_the_middleware_of_the_ai_sdk_does() {
    let mut golden = Golden::new("middleware");
    for scenario in scenarios::<Scenario>("middleware") {
        let ours = play(&scenario).await;
        golden.compare_all(&scenario.name, &ours);
    }
    golden.finish();
}
