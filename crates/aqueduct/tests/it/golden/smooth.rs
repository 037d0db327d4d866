//! Text at an even pace: where it is cut.

use aqueduct::TextStreamPart;
use aqueduct::stream_text;
use aqueduct::text::{Smoothing, smooth_stream};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::script::Script;
use super::text::shape;
use super::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    chunking: String,
    parts: Vec<Value>,
}

fn smoothing(chunking: &str) -> Smoothing {
    match chunking {
        "word" => Smoothing::words(),
        "line" => Smoothing::lines(),
        "underscore" => Smoothing::custom(|text| text.find('_').map(|at| at + 1)),
        "character" => Smoothing::custom(|text| text.chars().next().map(char::len_utf8)),
        "never" => Smoothing::custom(|_| None),
        "empty" => Smoothing::custom(|_| Some(0)),
        _ => Smoothing::custom(|text| Some(text.len() + 1)),
    }
}

#[tokio::test]
async fn text_is_cut_where_the_ai_sdk_cuts_it() {
    let mut golden = Golden::new("smooth");
    for scenario in scenarios::<Scenario>("smooth") {
        let mut parts = vec![json!({ "type": "stream-start", "warnings": [] })];
        parts.extend(scenario.parts);
        let usage = json!({ "inputTokens": {}, "outputTokens": {} });
        let reason = json!({ "unified": "stop" });
        parts.push(json!({ "type": "finish", "finishReason": reason, "usage": usage }));
        let smoothing = smoothing(&scenario.chunking).without_delay();
        let script = Script::new(vec![parts.into()]);
        let request = stream_text(script.model("mock")).prompt("go");
        let mut stream = request.transform(smooth_stream(smoothing)).stream();
        let mut shown = Vec::new();
        while let Some(Ok(part)) = stream.next().await {
            if matches!(part, TextStreamPart::Error(_)) {
                // Theirs breaks here.
                shown.push(json!(["error"]));
                break;
            }
            let part = shape::part(&part);
            let tag = part["type"].as_str().unwrap();
            if tag.starts_with("text-") || tag.starts_with("reasoning-") {
                let metadata = part.get("providerMetadata").into_iter();
                let told = [&part["type"], &part["id"], &part["text"]].into_iter().chain(metadata);
                shown.push(told.cloned().collect());
            }
        }
        golden.compare_all(&scenario.name, &json!({ "shown": shown }));
    }
    golden.finish();
}
