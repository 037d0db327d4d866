//! docs/providers.md, and that the table of providers tells the truth.

mod ai_sdk;
mod kinds;
mod page;
mod tools;

use aqueduct_providers::PROVIDERS;
use kinds::KINDS;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/providers.md");

#[test]
fn kinds_are_declared_as_they_are() {
    for entry in PROVIDERS {
        let provider = kinds::build(entry, "http://127.0.0.1:9/v1");
        for kind in KINDS {
            let Some(declared) = kind.declared else { continue };
            let is_had = kind.is_had_by(provider.as_ref());
            assert_eq!(entry.kinds.contains(&declared), is_had, "{}: {declared}", entry.id);
        }
    }
}

#[test]
fn kinds_of_the_ai_sdk_have_columns() {
    let mut cells = 0;
    for (package, kinds) in ai_sdk::PACKAGES {
        for name in kinds.split(' ') {
            assert!(KINDS.iter().any(|kind| kind.name == name), "{package}: {name}");
            cells += 1;
        }
    }
    assert_eq!((ai_sdk::PACKAGES.len(), cells, ai_sdk::TOOLS.len()), (44, 131, 53));
}

#[tokio::test]
async fn is_up_to_date() {
    let text = page::text().await;
    if std::env::var_os("AQUEDUCT_BLESS").is_some() {
        std::fs::write(PAGE, &text).unwrap();
    }
    let page = std::fs::read_to_string(PAGE).unwrap_or_default();
    let differs = page.lines().zip(text.lines()).find(|(page, text)| page != text);
    assert!(
        page == text,
        "docs/providers.md is out of date, first here: {differs:?}; write it anew with \
         AQUEDUCT_BLESS=1 cargo test -p aqueduct-providers providers_page"
    );
}
