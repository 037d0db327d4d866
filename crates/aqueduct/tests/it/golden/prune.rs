//! Conversations made shorter.

use aqueduct::Message;
use aqueduct::message::{Prune, PruneFrom, prune_messages};
use serde::Deserialize;
use serde_json::{Value, json};

use super::script::read;
use super::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    messages: Option<Vec<Message>>,
    count: Option<usize>,
    options: Value,
}

fn from(word: &str) -> Option<PruneFrom> {
    Some(match word {
        "none" => return None,
        "all" => PruneFrom::All,
        "before-last-message" => PruneFrom::BeforeLastMessage,
        word => {
            let count = word.strip_prefix("before-last-").unwrap();
            PruneFrom::BeforeLast(count.strip_suffix("-messages").unwrap().parse().unwrap())
        }
    })
}

fn options(options: &Value) -> Prune {
    let mut prune = Prune::new();
    if let Some(from) = options["reasoning"].as_str().and_then(from) {
        prune = prune.reasoning(from);
    }
    match &options["toolCalls"] {
        Value::String(word) => {
            if let Some(from) = from(word) {
                prune = prune.tool_calls(from);
            }
        }
        Value::Array(rules) => {
            for rule in rules {
                let from = from(rule["type"].as_str().unwrap()).unwrap();
                prune = prune.tool_calls_of(read::<Vec<String>>(&rule["tools"]), from);
            }
        }
        _ => {}
    }
    if options["emptyMessages"] == "keep" { prune.keep_empty_messages() } else { prune }
}

#[test]
fn conversations_are_shortened_as_by_the_ai_sdk() {
    let mut golden = Golden::new("prune");
    let mut conversation = Vec::new();
    for scenario in scenarios::<Scenario>("prune") {
        // The first scenario has the messages of all.
        conversation = scenario.messages.unwrap_or(conversation);
        let count = scenario.count.unwrap_or(conversation.len());
        let pruned = prune_messages(conversation[..count].to_vec(), &options(&scenario.options));
        golden.compare_all(&scenario.name, &json!({ "messages": pruned }));
    }
    golden.finish();
}
