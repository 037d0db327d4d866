//! The same input through the AI SDK and through ours.
//!
//! A subject is a folder with `scenarios.json`, which both play, and `golden.json`, which is what the AI SDK makes of them
//! (`tests/clients/golden/run.mjs` writes it and the stage `golden` of `scripts/test` checks it). Where ours differs on purpose,
//! `differences.json` says where and why; a difference that is no longer there fails as well.

mod kinds;
mod middleware;
mod output;
mod partial_json;
mod prune;
mod script;
mod smooth;
mod text;
mod ui;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Where ours differs, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    subject: String,
    why: String,
    /// The scenarios and what of them, as in `a prompt: streamed.parts`.
    of: Vec<String>,
}

/// What the AI SDK says of a subject, and where ours says something else.
struct Golden {
    subject: &'static str,
    expected: BTreeMap<String, Map<String, Value>>,
    differing: BTreeSet<String>,
    report: String,
}

/// Reads a file of the folder.
fn read_data<T: DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/tests/it/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads the scenarios of a subject.
fn scenarios<T: DeserializeOwned>(subject: &str) -> Vec<T> {
    read_data(&format!("{subject}/scenarios.json"))
}

impl Golden {
    fn new(subject: &'static str) -> Self {
        let golden: Value = read_data(&format!("{subject}/golden.json"));
        let scenarios = golden["scenarios"].as_array().unwrap();
        let named = scenarios.iter().map(|scenario| {
            let mut fields = scenario.as_object().unwrap().clone();
            let name = fields.shift_remove("name").unwrap();
            (name.as_str().unwrap().to_owned(), fields)
        });
        let expected: BTreeMap<_, _> = named.collect();
        assert_eq!(expected.len(), scenarios.len(), "names of scenarios are unique");
        Self { subject, expected, differing: BTreeSet::new(), report: String::new() }
    }

    /// Takes what the AI SDK says of a scenario.
    fn take(&mut self, name: &str) -> Map<String, Value> {
        self.expected.remove(name).unwrap_or_else(|| panic!("no golden of '{name}'"))
    }

    /// Compares one thing of a scenario.
    fn compare(&mut self, name: &str, what: &str, ours: &Value, theirs: &Value) {
        if ours == theirs {
            return;
        }
        let place = format!("{name}: {what}");
        let (path, ours, theirs) = first_difference(String::new(), ours, theirs);
        let both = format!("  ours   {ours}\n  theirs {theirs}\n");
        self.report.push_str(&format!("{place}{path}\n{both}"));
        self.differing.insert(place);
    }

    /// Compares all of a scenario, field by field.
    fn compare_all(&mut self, name: &str, ours: &Value) {
        let theirs = self.take(name);
        let ours = ours.as_object().unwrap();
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for key in keys {
            let nothing = Value::Null;
            let of = |fields: &Map<String, Value>| fields.get(key).unwrap_or(&nothing).clone();
            self.compare(name, key, &of(ours), &of(&theirs));
        }
    }

    /// Fails unless ours differs where it is known to, and nowhere else.
    fn finish(self) {
        assert!(self.expected.is_empty(), "not played: {:?}", self.expected.keys());
        let known: Vec<Difference> = read_data("differences.json");
        let known = known.iter().filter(|difference| difference.subject == self.subject);
        let known: BTreeSet<String> = known
            .flat_map(|difference| {
                assert!(!difference.why.is_empty());
                difference.of.clone()
            })
            .collect();
        let new: Vec<_> = self.differing.difference(&known).collect();
        let gone: Vec<_> = known.difference(&self.differing).collect();
        let is_known = new.is_empty() && gone.is_empty();
        let subject = self.subject;
        let lists = format!("[{subject}] differs: {new:#?}\ndiffers no longer: {gone:#?}");
        assert!(is_known, "{lists}\n{}", self.report);
    }
}

/// The first place where two values differ, and what is there.
fn first_difference(path: String, ours: &Value, theirs: &Value) -> (String, String, String) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys()) {
                match (a.get(key), b.get(key)) {
                    (Some(one), Some(other)) if one == other => {}
                    (Some(one), Some(other)) => {
                        return first_difference(format!("{path}.{key}"), one, other);
                    }
                    (one, other) => {
                        let told = |value: Option<&Value>| {
                            value.map_or("(nothing)".to_owned(), ToString::to_string)
                        };
                        return (format!("{path}.{key}"), told(one), told(other));
                    }
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for (position, (one, other)) in a.iter().zip(b).enumerate() {
                if one != other && (a.len() == b.len() || !one.is_object()) {
                    return first_difference(format!("{path}[{position}]"), one, other);
                }
            }
        }
        _ => {}
    }
    (path, ours.to_string(), theirs.to_string())
}

/// Ids that were made up, in the order in which they show; each key of the outermost object counts for itself.
fn plain_ids(value: &mut Value) {
    fn plain(value: &mut Value, known: &mut BTreeMap<String, String>) {
        match value {
            Value::String(id) => {
                let number = id.strip_prefix("id-").map(str::parse::<u32>);
                if matches!(number, Some(Ok(_))) {
                    let next = format!("generated-{}", known.len() + 1);
                    *id = known.entry(id.clone()).or_insert(next).clone();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| plain(item, known)),
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter_mut().collect();
                fields.sort_by_key(|(key, _)| (*key).clone());
                fields.into_iter().for_each(|(_, field)| plain(field, known));
            }
            _ => {}
        }
    }
    let fields = value.as_object_mut().unwrap();
    fields.values_mut().for_each(|field| plain(field, &mut BTreeMap::new()));
}

/// Tools run while the model goes on: where among the parts of a step their results come is chance. They are moved behind the
/// others, in the order of their calls.
fn settled(parts: &Value, results: [&str; 2]) -> Value {
    let mut settled: Vec<Value> = Vec::new();
    let mut waiting: Vec<Value> = Vec::new();
    for part in parts.as_array().unwrap() {
        let tag = part["type"].as_str().unwrap();
        if results.contains(&tag) {
            waiting.push(part.clone());
            continue;
        }
        if matches!(tag, "finish-step" | "start-step" | "finish" | "abort" | "error") {
            waiting.sort_by_key(|result| result["toolCallId"].as_str().unwrap().to_owned());
            settled.append(&mut waiting);
        }
        settled.push(part.clone());
    }
    settled.append(&mut waiting);
    Value::Array(settled)
}

#[test]
fn made_up_ids_are_made_plain() {
    let mut value = json!({ "x": ["id-7", { "b": "id-1", "a": "id-3" }, "id-7"], "y": "id-9" });
    plain_ids(&mut value);
    let plain = ["generated-1", "generated-2", "generated-3"];
    let x = json!([plain[0], { "b": plain[2], "a": plain[1] }, plain[0]]);
    assert_eq!(value, json!({ "x": x, "y": "generated-1" }));
}

#[test]
fn the_first_difference_is_found() {
    let ours = json!({ "a": [1, { "b": 2 }] });
    let theirs = json!({ "a": [1, { "b": 3, "c": 4 }] });
    let (path, ours, theirs) = first_difference(String::new(), &ours, &theirs);
    assert_eq!((path.as_str(), ours.as_str(), theirs.as_str()), (".a[1].b", "2", "3"));
}
