//! Whole results of `generate_text` and `stream_text`, and what the model was asked.

mod play;
pub(super) mod shape;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Golden, scenarios, settled};
use play::Scenario;

/// Compares what ours makes of a scenario, in one of the two ways.
fn compare(golden: &mut Golden, place: (&str, &str), ours: &Value, theirs: &Map<String, Value>) {
    let (name, mode) = place;
    let ours = ours.as_object().unwrap();
    let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for key in keys {
        let of = |fields: &Map<String, Value>| match (key.as_str(), fields.get(key)) {
            ("parts", Some(parts)) => settled(parts, ["tool-result", "tool-error"]),
            (_, value) => value.cloned().unwrap_or_default(),
        };
        golden.compare(name, &format!("{mode}.{key}"), &of(ours), &of(theirs));
    }
}

/// A stream that failed gives its failure when it is collected, not the steps before it, and a request that is wrong does not
/// even start: its parts and calls are what there is to compare.
fn of_failure(ours: &mut Value, theirs: &mut Map<String, Value>) {
    if ours.get("error").is_none() {
        return;
    }
    let is_compared = |key: &String, _: &mut Value| matches!(key.as_str(), "parts" | "calls");
    ours.as_object_mut().unwrap().retain(is_compared);
    theirs.retain(is_compared);
    let has_started = ours["parts"][0]["type"] == "start";
    if let (false, Some(Value::Array(parts))) = (has_started, theirs.get_mut("parts")) {
        parts.remove(0);
    }
}

#[tokio::test(start_paused = true)]
async fn results_and_calls_are_those_of_the_ai_sdk() {
    let mut golden = Golden::new("text");
    for scenario in ["ui", "text"].map(scenarios::<Scenario>).into_iter().flatten() {
        let name = scenario.name.clone();
        let mut theirs = golden.take(&name);
        let mut of = |mode: &str| match theirs.shift_remove(mode) {
            Some(Value::Object(answer)) => Some(answer),
            _ => None,
        };
        let (whole, streamed) = (of("whole"), of("streamed"));
        if let Some(theirs) = &whole {
            compare(&mut golden, (&name, "whole"), &play::whole(&scenario).await, theirs);
        }
        if let Some(news) = streamed {
            // Only what the streamed result says otherwise is written down.
            let mut theirs = whole.unwrap_or_default();
            theirs.extend(news);
            let mut ours = play::streamed(&scenario).await;
            of_failure(&mut ours, &mut theirs);
            compare(&mut golden, (&name, "streamed"), &ours, &theirs);
        }
    }
    golden.finish();
}
