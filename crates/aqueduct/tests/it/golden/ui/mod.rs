//! Chunks for pages, messages of them, and messages for a model again.

mod messages;
mod play;
mod reader;

use serde_json::{Map, Value};

use super::{Golden, plain_ids, scenarios, settled};
use play::{Scenario, play};

#[tokio::test]
async fn chunks_and_messages_are_those_of_the_ai_sdk() {
    let scenarios: Vec<Scenario> = scenarios("ui");
    assert!(scenarios.len() >= 40);
    let mut golden = Golden::new("ui");
    for scenario in scenarios {
        let name = scenario.name.clone();
        let mut ours = play(scenario).await;
        plain_ids(&mut ours);
        let mut theirs = golden.take(&name);
        if let Some(Value::Object(end)) = theirs.shift_remove("end") {
            let known = ["isAborted", "isContinuation", "responseMessage", "messages"];
            let is_known = |key: &str| known.contains(&key) || key == "finishReason";
            let end: Map<_, _> = end.into_iter().filter(|(key, _)| is_known(key)).collect();
            theirs.insert("end".to_owned(), end.into());
        }
        for (key, theirs) in theirs {
            let ours = &ours[&key];
            if key == "chunks" {
                let results = ["tool-output-available", "tool-output-error"];
                golden.compare(&name, &key, &settled(ours, results), &settled(&theirs, results));
            } else {
                golden.compare(&name, &key, ours, &theirs);
            }
        }
    }
    golden.finish();
}
