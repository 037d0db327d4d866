//! docs/features.md: it has every capability, and what it says of each is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../../docs/features.md");

/// What there is to do, counted after the AI SDK 7: a prefix and how many are numbered under it.
const IDS: &[(&str, usize)] = &[
    ("PS", 19), // the provider specification
    ("GT", 20), // generateText
    ("ST", 10), // streamText
    ("OU", 6),  // output kinds and structured functions
    ("EM", 2),  // embed, embedMany
    ("RR", 1),  // rerank
    ("IM", 1),  // generateImage
    ("SP", 1),  // generateSpeech
    ("TR", 2),  // transcribe
    ("TL", 1),  // translate
    ("VI", 2),  // video
    ("RT", 1),  // realtime
    ("FI", 1),  // uploadFile
    ("SK", 1),  // uploadSkill
    ("BA", 1),  // batches
    ("HE", 16), // helpers
    ("PT", 2),  // stream parts
    ("UI", 13), // the UI message stream and its messages
    ("MS", 5),  // model messages
    ("TO", 15), // tools
    ("AG", 6),  // agents
    ("MW", 8),  // middleware
    ("PM", 4),  // provider management
    ("MC", 8),  // MCP
    ("TE", 5),  // telemetry
    ("ER", 8),  // errors
    ("LI", 5),  // retries, timeouts, abort, downloads
    ("TU", 4),  // testing
];

struct Row<'a> {
    id: &'a str,
    names: &'a str,
    tests: &'a str,
}

/// Where a capability stands, as its cell of names says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// We have it.
    There,
    /// Nobody has to write it: the language or a library that everybody has does it.
    RustsOwn,
    NotYet,
    /// It lies at the edge of the AI SDK, is optional, and is not here.
    Frontier,
}

impl Row<'_> {
    fn state(&self) -> State {
        match self.names {
            "not yet" => State::NotYet,
            "frontier" => State::Frontier,
            names if names.starts_with("Rust's own: ") => State::RustsOwn,
            _ => State::There,
        }
    }

    /// Whether a program can do it, which a test has to show.
    fn works(&self) -> bool {
        matches!(self.state(), State::There | State::RustsOwn)
    }
}

fn rows() -> Vec<Row<'static>> {
    PAGE.lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
            let cells: Vec<_> = cells.into_iter().map(str::trim).collect();
            let [id, _, names, tests] = cells[..] else { panic!("a row of other length: {line}") };
            let is_head = id == "id" || id.starts_with("--");
            (!is_head).then_some(Row { id, names, tests })
        })
        .collect()
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of all sources in the `src` folders of all crates.
fn sources() -> String {
    let mut folders: Vec<_> = fs::read_dir(crates())
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .filter(|folder| folder.is_dir())
        .collect();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn has_every_capability_once() {
    let wanted: Vec<_> = IDS
        .iter()
        .flat_map(|(prefix, count)| (1..=*count).map(move |n| format!("{prefix}-{n:02}")))
        .collect();
    let found: Vec<_> = rows().iter().map(|row| row.id.to_owned()).collect();
    let missing: Vec<_> = wanted.iter().filter(|id| !found.contains(id)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert_eq!(found.len(), wanted.len(), "a row too many");
}

#[test]
fn counts_what_is_not_there_yet() {
    let rows = rows();
    let n = |state| rows.iter().filter(|row| row.state() == state).count();
    let sentence = format!(
        "Of {} capabilities {} are there and {} are Rust's own, each with a test; {} are not yet, {} of the frontier not here.",
        rows.len(),
        n(State::There),
        n(State::RustsOwn),
        n(State::NotYet),
        n(State::Frontier)
    );
    assert!(PAGE.contains(&sentence), "the page should say: {sentence}");
}

/// Whether a Rust source has a test of that name: a function right under an attribute that makes it one.
fn has_rust_test(text: &str, name: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_function = |line: &str| line.contains(&format!("fn {name}("));
    let is_test = |line: &str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    lines.iter().enumerate().filter(|(_, line)| is_function(line)).any(|(at, _)| {
        // Attributes and comments may stand between, the test of a `proptest!` has its own.
        lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/'])).any(|l| is_test(l))
    })
}

/// Whether a script of Node has a test of that name.
fn has_script_test(text: &str, name: &str) -> bool {
    ['\'', '"', '`'].iter().any(|quote| text.contains(&format!("test({quote}{name}{quote}")))
}

#[test]
fn every_test_exists() {
    let mut wrong = Vec::new();
    for row in rows() {
        if row.works() == (row.tests == "–") {
            wrong.push(format!("{}: what works has a test, and nothing else", row.id));
        }
        for test in quoted(row.tests) {
            let (path, name) = test.split_once("::").unwrap_or((test, ""));
            // What belongs to no crate is beside them.
            let folder = if path.starts_with("tests/") { crates().join("..") } else { crates() };
            let text = fs::read_to_string(folder.join(path)).unwrap_or_default();
            let exists = match path.ends_with(".rs") {
                true => has_rust_test(&text, name),
                false => has_script_test(&text, name),
            };
            if !exists {
                wrong.push(format!("{}: there is no test {test}", row.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_test_is_no_other_function() {
    let text = "#[test]\n#[ignore]\nfn one() {}\n\nfn two() {}\n\n// #[test]\n\nfn three() {}";
    let found = ["one", "two", "three", "none"].map(|name| has_rust_test(text, name));
    assert_eq!(found, [true, false, false, false]);
    let text = "test('one', () => {});\nconst two = 'two';";
    assert_eq!(["one", "two"].map(|name| has_script_test(text, name)), [true, false]);
}

#[test]
fn every_name_is_in_the_sources() {
    let sources = sources();
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let words: BTreeSet<_> = sources.split(|character| !is_of_word(character)).collect();
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.works()) {
        assert!(quoted(row.names).next().is_some(), "{} has no name", row.id);
        let parts = quoted(row.names).flat_map(|name| name.split(|c| !is_of_word(c)));
        for part in parts.filter(|part| !part.is_empty() && !words.contains(part)) {
            wrong.push(format!("{}: {part}", row.id));
        }
    }
    assert!(wrong.is_empty(), "not in the sources:\n{}", wrong.join("\n"));
}
