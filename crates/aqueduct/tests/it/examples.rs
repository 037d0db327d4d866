//! The examples are short, are declared, and say how they are run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// More than this is no example but a program.
const LONGEST: usize = 60;

fn names() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn are_short_and_say_how_they_are_run() {
    for name in names() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.rs"));
        let text = fs::read_to_string(path).unwrap();
        let n_lines = text.lines().count();
        assert!(n_lines <= LONGEST, "{name} has {n_lines} lines");
        let is_told = text.contains(&format!("--example {name}"));
        assert!(text.starts_with("//!") && is_told, "{name} does not say how it is run");
        assert!(text.contains("\"simulator/"), "{name} does not run without a key");
    }
}

/// Without a declaration an example would be built without its feature.
#[test]
fn are_all_declared() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let declared: BTreeSet<_> = manifest
        .split("[[example]]")
        .skip(1)
        // Those elsewhere are programs of tests.
        .filter(|rest| !rest.split("[[").next().unwrap_or_default().contains("path = "))
        .filter_map(|rest| rest.split('"').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(declared, names());
}
