//! JSON that is not complete: every beginning of a text, as `parse_partial_json` reads it.
//!
//! The generator is that of `tests/clients/golden/subjects/partial-json.mjs`.

use aqueduct::output::{PartialJson, PartialJsonState, PartialText, parse_partial_json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    text: Option<String>,
    #[serde(default)]
    seed: u32,
    #[serde(default)]
    texts: usize,
}

struct Chance(u32);

impl Chance {
    fn pick(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % below
    }

    fn of(&mut self, list: &[&'static str]) -> &'static str {
        let at = self.pick(list.len());
        list[at]
    }
}

const SPACES: &[&str] = &["", "", "", " ", "\n", "\t "];
const PLAIN: &[&str] = &["a", "Z", "é", "日", "😀", " ", "{", "[", ",", ":", "n", "-", "true"];
const ESCAPES: &[&str] = &["\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\t"];
const GARBAGE: &[&str] = &["\"", "{", "}", "[", "]", ",", ":", "x", "-", "\\", " ", "e", ".", "0"];

fn string(chance: &mut Chance, pieces: &[&'static str]) -> String {
    let inner: String = (0..chance.pick(5)).map(|_| chance.of(pieces)).collect();
    format!("\"{inner}\"")
}

fn number(chance: &mut Chance, in_list: bool) -> String {
    let mut text = String::new();
    if !in_list && chance.pick(3) == 0 {
        text.push('-');
    }
    let whole = if chance.pick(2) == 0 { chance.pick(10) } else { 1 + chance.pick(9999) };
    text.push_str(&whole.to_string());
    if chance.pick(3) == 0 {
        text.push_str(&format!(".{}", 1 + chance.pick(99)));
    }
    if chance.pick(4) == 0 {
        text.push_str(chance.of(&["e", "E"]));
        text.push_str(chance.of(&["", "+", "-"]));
        text.push_str(&chance.pick(3).to_string());
    }
    text
}

fn list(
    chance: &mut Chance,
    [open, close]: [&str; 2],
    item: impl Fn(&mut Chance) -> String,
) -> String {
    let mut text = format!("{open}{}", chance.of(SPACES));
    for left in (1..=chance.pick(4)).rev() {
        text.push_str(&item(chance));
        text.push_str(chance.of(SPACES));
        if left > 1 {
            text.push(',');
            text.push_str(chance.of(SPACES));
        }
    }
    text + close
}

fn value(chance: &mut Chance, depth: usize, in_list: bool) -> String {
    match chance.pick(if depth > 3 { 5 } else { 8 }) {
        0 => string(chance, &[PLAIN, ESCAPES].concat()),
        1 => number(chance, in_list),
        2 => "true".to_owned(),
        3 => "false".to_owned(),
        4 => "null".to_owned(),
        5 => list(chance, ["[", "]"], |chance| value(chance, depth + 1, true)),
        _ => list(chance, ["{", "}"], |chance| {
            let key = string(chance, PLAIN) + chance.of(SPACES);
            let space = chance.of(SPACES);
            format!("{key}:{space}{}", value(chance, depth + 1, false))
        }),
    }
}

/// A text, whole or with a flaw.
fn make_text(chance: &mut Chance) -> String {
    let text = chance.of(SPACES).to_owned();
    let text = text + &value(chance, 0, false);
    let text = text + chance.of(SPACES);
    let mut text: Vec<char> = text.chars().collect();
    if chance.pick(4) == 0 {
        let at = chance.pick(text.len() + 1);
        let flaw = chance.of(GARBAGE).chars();
        let end = (at + 1).min(text.len());
        match chance.pick(3) {
            0 => drop(text.splice(at..at, flaw)),
            1 => drop(text.splice(at..end, [])),
            _ => drop(text.splice(at..end, flaw)),
        }
    }
    text.into_iter().collect()
}

fn told(partial: PartialJson) -> Value {
    let state = match partial.state {
        PartialJsonState::SuccessfulParse => "s",
        PartialJsonState::RepairedParse => "r",
        _ => return json!(["f"]),
    };
    json!([state, plain(partial.value.unwrap())])
}

/// Numbers as JavaScript writes them.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap();
            let whole = (number.fract() == 0.0).then_some(number as i64);
            whole.map_or(json!(number), |whole| json!(whole))
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key, plain(value))).collect()
        }
        value => value,
    }
}

/// Every beginning, read anew and as a text that grows, which must be the same.
fn beginnings(text: &str) -> Vec<Value> {
    let mut growing = PartialText::default();
    let mut read = Vec::new();
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        growing.push(&text[start..end]);
        let anew = parse_partial_json(&text[..end]);
        assert_eq!(growing.json(), anew, "{:?}", &text[..end]);
        read.push(told(anew));
    }
    read
}

/// FNV-1a of 32 bits.
fn digest(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[test]
fn beginnings_are_read_as_the_ai_sdk_reads_them() {
    let mut golden = Golden::new("partial-json");
    for scenario in scenarios::<Scenario>("partial-json") {
        let theirs = golden.take(&scenario.name);
        if let Some(text) = &scenario.text {
            golden.compare(&scenario.name, "read", &beginnings(text).into(), &theirs["read"]);
            continue;
        }
        let mut chance = Chance(scenario.seed);
        let theirs: Vec<_> = theirs["digests"].as_str().unwrap().split(' ').collect();
        assert_eq!(theirs.len(), scenario.texts);
        for theirs in theirs {
            let text = make_text(&mut chance);
            let read = beginnings(&text);
            let told: Vec<_> = read.iter().map(Value::to_string).collect();
            let ours = digest(&told.join("\n"));
            let place = format!("of {text:?}");
            golden.compare(&scenario.name, &place, &ours.into(), &theirs.into());
        }
    }
    golden.finish();
}
