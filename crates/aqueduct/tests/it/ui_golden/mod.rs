//! Scripted model streams, and what the AI SDK makes of them: chunks, messages, and messages for a model again.
//!
//! `golden.json` is what `tests/clients/ui/golden.mjs` prints for `scenarios.json`; it names the version of the AI SDK.

mod play;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use play::{Scenario, play};

/// Where ours differs, and why.
const DIFFERENCES: &[(&str, &str)] =
    &[("the provider's preliminary results", "theirs no longer says that they are preliminary")];

/// Ids that were made up, in the order in which they show.
fn plain_ids(value: &mut Value, known: &mut BTreeMap<String, String>) {
    match value {
        Value::String(id) => {
            let is_made_up =
                id.strip_prefix("id-").is_some_and(|number| number.parse::<u32>().is_ok());
            if is_made_up {
                let next = format!("generated-{}", known.len() + 1);
                *id = known.entry(id.clone()).or_insert(next).clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plain_ids(item, known)),
        Value::Object(fields) => fields.values_mut().for_each(|field| plain_ids(field, known)),
        _ => {}
    }
}

/// Tools run while the model goes on: where among the chunks of a step their results come is chance. They are moved behind the
/// others, in the order of their calls.
fn settled(chunks: &Value) -> Value {
    let mut settled: Vec<Value> = Vec::new();
    let mut results: Vec<Value> = Vec::new();
    for chunk in chunks.as_array().unwrap() {
        let tag = chunk["type"].as_str().unwrap();
        if matches!(tag, "tool-output-available" | "tool-output-error") {
            results.push(chunk.clone());
            continue;
        }
        if matches!(tag, "finish-step" | "start-step" | "finish" | "abort" | "error") {
            results.sort_by_key(|result| result["toolCallId"].as_str().unwrap().to_owned());
            settled.append(&mut results);
        }
        settled.push(chunk.clone());
    }
    settled.append(&mut results);
    Value::Array(settled)
}

#[tokio::test]
async fn ours_are_those_of_the_ai_sdk() {
    let scenarios: Vec<Scenario> = serde_json::from_str(include_str!("scenarios.json")).unwrap();
    let golden: Value = serde_json::from_str(include_str!("golden.json")).unwrap();
    let golden = golden["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), golden.len());
    assert!(scenarios.len() >= 40);
    let mut report = String::new();
    let mut differing = BTreeSet::new();
    for (scenario, expected) in scenarios.into_iter().zip(golden) {
        let name = scenario.name.clone();
        assert_eq!(expected["name"], *name);
        let mut ours = play(scenario).await;
        plain_ids(&mut ours, &mut BTreeMap::new());
        let mut wanted = Map::new();
        for key in ["chunks", "last", "snapshots", "modelMessages"] {
            wanted.insert(key.to_owned(), expected[key].clone());
        }
        let end = &expected["end"];
        for key in ["isAborted", "isContinuation", "responseMessage", "messages", "finishReason"] {
            wanted.insert(key.to_owned(), end[key].clone());
        }
        for (key, wanted) in wanted {
            let ours = &ours[&key];
            let is_same = match key.as_str() {
                "chunks" => settled(ours) == settled(&wanted),
                _ => *ours == wanted,
            };
            if !is_same {
                differing.insert(name.clone());
                report.push_str(&format!("{name}: {key}\n  ours   {ours}\n  theirs {wanted}\n"));
            }
        }
    }
    let known: BTreeSet<String> = DIFFERENCES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(differing, known, "\n{report}");
}

#[test]
fn made_up_ids_are_made_plain() {
    let mut value = json!(["id-7", { "a": "id-3" }, "id-7", "id-x"]);
    plain_ids(&mut value, &mut BTreeMap::new());
    assert_eq!(value, json!(["generated-1", { "a": "generated-2" }, "generated-1", "id-x"]));
}
