//! Recorded exchanges, replayed: what was asked, what went to the vendor and came back, and the answer that is to be made of it.
//!
//! A few are in `tests/fixtures/<provider>/`. Files with more of them can be named in the environment variable
//! `AQUEDUCT_CASES`, separated by `:`, as JSON lists of the same shape.

mod case;
mod compare;
mod multipart;
mod play;

use std::path::Path;

use serde_json::Value;

pub(crate) use case::{Case, replaced, text};
pub(crate) use play::options;

/// All fixtures, each with its provider and the name of its file, in the order of their names.
pub(crate) fn fixtures() -> Vec<(String, String, Case)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut cases = Vec::new();
    for directory in std::fs::read_dir(fixtures).unwrap() {
        let directory = directory.unwrap();
        let provider = directory.file_name().into_string().unwrap();
        for file in std::fs::read_dir(directory.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                cases.push((provider.clone(), name, Case::new(read(&path))));
            }
        }
    }
    cases.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    cases
}

#[tokio::test]
async fn fixtures_pass() {
    let cases: Vec<Case> = fixtures().into_iter().map(|(_, _, case)| case).collect();
    assert!(cases.len() >= 10, "the fixtures are gone");
    let (count, failed) = (cases.len(), failures(cases).await);
    assert_eq!(failed, 0, "of {count} fixtures so many fail");
}

#[tokio::test]
async fn further_cases_pass() {
    #[expect(clippy::disallowed_methods, reason = "names files of a developer's own")]
    let Ok(files) = std::env::var("AQUEDUCT_CASES") else {
        println!("AQUEDUCT_CASES names no further cases");
        return;
    };
    let mut failed = 0;
    for file in files.split(':') {
        let Value::Array(cases) = read(Path::new(file)) else { panic!("{file} is no list") };
        let count = cases.len();
        let failed_here = failures(cases.into_iter().map(Case::new).collect()).await;
        println!("{file}: {} of {count}", count - failed_here);
        failed += failed_here;
    }
    assert_eq!(failed, 0, "so many recorded cases fail");
}

fn read(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Plays cases, tells what is different, and returns how many fail.
async fn failures(cases: Vec<Case>) -> usize {
    let mut failed = 0;
    for case in cases {
        let differences = play::play(&case).await;
        if !differences.is_empty() {
            failed += 1;
            println!("{}", case.title());
            differences.iter().for_each(|difference| println!("    {difference}"));
        }
    }
    failed
}
