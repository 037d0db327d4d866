//! JSON that is not complete yet.

use std::fmt::Write as _;

use aqueduct::output::{PartialJsonState, PartialText, fix_json, parse_partial_json};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Source: the table of `fixJson` in the AI SDK's documentation of partial JSON, 2026-08.
const FIXED: &[(&str, &str)] = &[
    ("", ""),
    ("nul", "null"),
    ("t", "true"),
    ("fals", "false"),
    ("12.", "12"),
    ("12.2", "12.2"),
    ("-12", "-12"),
    ("-", ""),
    ("2.5e", "2.5"),
    ("2.5e-", "2.5"),
    ("2.5e3", "2.5e3"),
    ("-2.5e3", "-2.5e3"),
    ("2.5E", "2.5"),
    ("2.5E-", "2.5"),
    ("-2.5E3", "-2.5E3"),
    ("12.e", "12"),
    ("12.34e", "12.34"),
    ("5e", "5"),
    (r#""abc"#, r#""abc""#),
    (r#""say \"hi\" and \\ go"#, r#""say \"hi\" and \\ go""#),
    (r#""value with \"#, r#""value with ""#),
    (r#""\u"#, r#""""#),
    (r#""\u12"#, r#""""#),
    (r#""text \u00"#, r#""text ""#),
    (r#"{"a":"\u12"#, r#"{"a":""}"#),
    (r#""less \u003C""#, r#""less \u003C""#),
    ("[", "[]"),
    ("[[1], [2", "[[1], [2]]"),
    (r#"[["1"], ["2"#, r#"[["1"], ["2"]]"#),
    ("[[false], [nu", "[[false], [null]]"),
    ("[[[]], [[]", "[[[]], [[]]]"),
    ("[[{}], [{", "[[{}], [{}]]"),
    ("[1, ", "[1]"),
    ("[[], 123", "[[], 123]"),
    (r#"{"key":"#, "{}"),
    (r#"{"a": {"b": 1}, "c": {"d": 2"#, r#"{"a": {"b": 1}, "c": {"d": 2}}"#),
    (r#"{"a": {"b": "1"}, "c": {"d": 2"#, r#"{"a": {"b": "1"}, "c": {"d": 2}}"#),
    (r#"{"a": {"b": false}, "c": {"d": 2"#, r#"{"a": {"b": false}, "c": {"d": 2}}"#),
    (r#"{"a": {"b": []}, "c": {"d": 2"#, r#"{"a": {"b": []}, "c": {"d": 2}}"#),
    (r#"{"a": {"b": {}}, "c": {"d": 2"#, r#"{"a": {"b": {}}, "c": {"d": 2}}"#),
    (r#"{"ke"#, "{}"),
    (r#"{"k1": 1, "k2"#, r#"{"k1": 1}"#),
    (r#"{"k1": 1, "k2":"#, r#"{"k1": 1}"#),
    (r#"{"key": "value"  "#, r#"{"key": "value"}"#),
    (r#"{"a": {"b": {}"#, r#"{"a": {"b": {}}}"#),
    ("[1, [2, 3, [", "[1, [2, 3, []]]"),
    ("[false, [true, [", "[false, [true, []]]"),
    (r#"{"key": {"subKey":"#, r#"{"key": {}}"#),
    (r#"{"key": 123, "key2": {"subKey":"#, r#"{"key": 123, "key2": {}}"#),
    (r#"{"key": null, "key2": {"subKey":"#, r#"{"key": null, "key2": {}}"#),
    (r#"{"key": [1, 2, {"#, r#"{"key": [1, 2, {}]}"#),
    (r#"[1, 2, {"key": "value","#, r#"[1, 2, {"key": "value"}]"#),
    (r#"{"a": {"b": ["c", {"d": "e","#, r#"{"a": {"b": ["c", {"d": "e"}]}}"#),
    (r#"{"a": {"b": {"c": {"d":"#, r#"{"a": {"b": {"c": {}}}}"#),
    (r#"{"a": 1, "b": ["#, r#"{"a": 1, "b": []}"#),
    (r#"{"a": 1, "b": {"#, r#"{"a": 1, "b": {}}"#),
    (r#"{"a": 1, "b": ""#, r#"{"a": 1, "b": ""}"#),
    (
        "{\n  \"a\": [\n    {\n \"a1\": \"v1\"\n }\n ],\n \"b\": [\n {\n \"b1\": \"n",
        "{\n  \"a\": [\n    {\n \"a1\": \"v1\"\n }\n ],\n \"b\": [\n {\n \"b1\": \"n\"}]}",
    ),
    (
        r#"{"type":"div","children":[{"type":"Card","props":{}"#,
        r#"{"type":"div","children":[{"type":"Card","props":{}}]}"#,
    ),
    // What no table says, but every stream may stop at.
    ("[-", "[]"),
    (r#"["\ud83d"#, r#"[""]"#),
    (r#"["\ud83d\ude0"#, r#"[""]"#),
    (r#"["\ud83d\ude00"#, r#"["\ud83d\ude00"]"#),
    (r#"{"a\": \"b": tr"#, r#"{"a\": \"b": true}"#),
    // Nothing is mended that is no beginning of JSON, but what follows a whole value is cut off.
    (r#"{"a": 1} and more"#, r#"{"a": 1}"#),
    (r#"{"a": nope"#, r#"{"a": n}"#),
];

#[test]
fn what_is_open_is_closed() {
    for (text, fixed) in FIXED {
        assert_eq!(fix_json(text), *fixed, "{text}");
    }
}

#[test]
fn says_how_it_came_by_the_value() {
    use PartialJsonState as State;
    let cases = [
        (None, None, State::UndefinedInput),
        (Some(r#"{"key": "value"}"#), Some(json!({ "key": "value" })), State::SuccessfulParse),
        (Some(" null "), Some(Value::Null), State::SuccessfulParse),
        (Some(r#"{"key": "value""#), Some(json!({ "key": "value" })), State::RepairedParse),
        (Some(r#"{"a": 1} and more"#), Some(json!({ "a": 1 })), State::RepairedParse),
        (Some("not json at all"), None, State::FailedParse),
        (Some(r#"{"a": nope"#), None, State::FailedParse),
        (Some(""), None, State::FailedParse),
        (Some("-"), None, State::FailedParse),
    ];
    for (text, value, state) in cases {
        let partial = parse_partial_json(text);
        assert_eq!((partial.value, partial.state), (value, state), "{text:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = parse_partial_json("[".repeat(100).as_str());
    assert_eq!(deep.state, PartialJsonState::RepairedParse);
    for text in ["[".repeat(1 << 20), r#"{"a":"#.repeat(1 << 18)] {
        assert_eq!(parse_partial_json(text.as_str()).state, PartialJsonState::FailedParse);
    }
}

#[test]
fn what_cannot_become_json_is_given_up_on() {
    let mut text = PartialText::default();
    text.push("Sure! Here it is: ");
    for _ in 0..3 {
        text.push(r#"{"a": 1}"#);
        assert_eq!(text.json().state, PartialJsonState::FailedParse);
    }
    assert!(text.text().ends_with(r#"{"a": 1}{"a": 1}{"a": 1}"#), "the text is whole");
}

/// Any JSON, with the letters that are hard to read.
fn any_json() -> impl Strategy<Value = Value> {
    let text = r#"[a-c\\"/:,{}\[\]\u{0}-\u{1f}é😀 -]{0,6}"#;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Few digits: the parser may be off by the last of seventeen.
        any::<i32>().prop_map(|number| (f64::from(number) / 64.0).into()),
        prop::sample::select(vec![1e300, 1e-300, -2.5e21]).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text, inner, 0..4)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

/// Whether a value may grow into another: texts and lists get longer, fields are added, the last number may change.
fn grows_into(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .zip(whole)
            .all(|((name, part), (of_whole, whole))| name == of_whole && grows_into(part, whole)),
        (Value::Array(part), Value::Array(whole)) => {
            part.len() <= whole.len()
                && part.iter().zip(whole).all(|(part, whole)| grows_into(part, whole))
        }
        (Value::String(part), Value::String(whole)) => whole.starts_with(part.as_str()),
        (Value::Number(_), Value::Number(_)) => true,
        (part, whole) => part == whole,
    }
}

/// JSON with every character beyond ASCII written as an escape.
fn escaped(json: &str) -> String {
    let mut out = String::new();
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}").unwrap();
            }
        }
    }
    out
}

proptest! {
    #[test]
    fn every_beginning_of_json_is_read(value in any_json(), is_pretty: bool, is_escaped: bool) {
        let mut json = if is_pretty { format!("{value:#}") } else { value.to_string() };
        if is_escaped {
            json = escaped(&json);
        }
        let mut piecewise = PartialText::default();
        for (start, character) in json.char_indices() {
            let end = start + character.len_utf8();
            piecewise.push(&json[start..end]);
            let beginning = &json[..end];
            let partial = parse_partial_json(beginning);
            prop_assert_eq!(&partial, &piecewise.json(), "{}", beginning);
            match partial.value {
                Some(part) => prop_assert!(grows_into(&part, &value), "{}: {}", beginning, part),
                None => prop_assert_eq!(beginning, "-"),
            }
        }
        let whole = parse_partial_json(json.as_str());
        prop_assert_eq!(whole.state, PartialJsonState::SuccessfulParse);
        prop_assert_eq!(whole.value, Some(value));
    }

    #[test]
    fn no_text_is_too_odd(text in r#"[\[\]{}",:\\u0-9a-f.eE+tnrls é😀\-]{0,40}"#) {
        let mut piecewise = PartialText::default();
        for character in text.chars() {
            piecewise.push(character.encode_utf8(&mut [0; 4]));
            let fresh = parse_partial_json(piecewise.text());
            prop_assert_eq!(piecewise.json(), fresh);
        }
        let partial = parse_partial_json(text.as_str());
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        prop_assert_eq!(is_json, partial.state == PartialJsonState::SuccessfulParse);
        let fixed: Option<Value> = serde_json::from_str(&fix_json(&text)).ok();
        if !is_json {
            prop_assert_eq!(partial.value, fixed);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = fix_json(&text);
        let _ = parse_partial_json(&*text);
    }
}
