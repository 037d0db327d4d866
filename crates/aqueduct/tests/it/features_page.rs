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

impl Row<'_> {
    fn is_there(&self) -> bool {
        self.names != "not yet"
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
    let there = rows.iter().filter(|row| row.is_there()).count();
    let sentence = format!(
        "Of {} capabilities {there} are there, each with a test; {} are not yet.",
        rows.len(),
        rows.len() - there
    );
    assert!(PAGE.contains(&sentence), "the page should say: {sentence}");
}

#[test]
fn every_test_exists() {
    let mut wrong = Vec::new();
    for row in rows() {
        if row.is_there() == (row.tests == "–") {
            wrong.push(format!("{}: what is there has a test, and nothing else", row.id));
        }
        for test in quoted(row.tests) {
            let (path, name) = test.split_once("::").unwrap_or((test, ""));
            let text = fs::read_to_string(crates().join(path)).unwrap_or_default();
            if !text.contains(&format!("fn {name}(")) {
                wrong.push(format!("{}: there is no test {test}", row.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_name_is_in_the_sources() {
    let sources = sources();
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let words: BTreeSet<_> = sources.split(|character| !is_of_word(character)).collect();
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.is_there()) {
        assert!(quoted(row.names).next().is_some(), "{} has no name", row.id);
        let parts = quoted(row.names).flat_map(|name| name.split(|c| !is_of_word(c)));
        for part in parts.filter(|part| !part.is_empty() && !words.contains(part)) {
            wrong.push(format!("{}: {part}", row.id));
        }
    }
    assert!(wrong.is_empty(), "not in the sources:\n{}", wrong.join("\n"));
}
