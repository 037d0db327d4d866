//! The text of the page.

use std::collections::BTreeMap;

use aqueduct_providers::openai_compatible::presets::PRESETS;
use aqueduct_providers::{ApiKey, Entry, PROVIDERS, find};

use super::ai_sdk::{PACKAGES, TOOLS};
use super::kinds::{self, KINDS};
use super::tools;

const HEAD: &str = "\
# Providers

What this build can call, told by the code: `tests/it/providers_page` in `crates/aqueduct-providers` builds every provider of the
table, asks it for each kind of model, calls it with each tool, and writes this page. The test fails where the page is no longer
true; `AQUEDUCT_BLESS=1 cargo test -p aqueduct-providers providers_page` writes it anew.
";

/// What one provider has.
struct Found {
    entry: &'static Entry,
    kinds: Vec<&'static str>,
    tools: Vec<&'static str>,
}

pub(super) async fn text() -> String {
    let mut all = Vec::new();
    for entry in PROVIDERS {
        let provider = kinds::build(entry, "http://127.0.0.1:9/v1");
        let had = KINDS.iter().filter(|kind| kind.is_had_by(provider.as_ref()));
        let tools = if is_preset(entry) { Vec::new() } else { tools::passed_on(entry).await };
        all.push(Found { entry, kinds: had.map(|kind| kind.name).collect(), tools });
    }
    [HEAD.to_owned(), matrix(&all), missing(&all), providers(&all), presets(&all), tool_ids(&all)]
        .join("\n")
}

fn is_preset(entry: &Entry) -> bool {
    PRESETS.iter().any(|preset| preset.id == entry.id)
}

fn matrix(all: &[Found]) -> String {
    let (mut cells, mut reached, mut whole) = (0, 0, 0);
    let mut table = row(KINDS.iter().map(|kind| kind.name.replace('-', " ")), "package", "reached");
    table.push_str(&rule(KINDS.len() + 2));
    for (package, has) in PACKAGES {
        let has: Vec<_> = has.split(' ').collect();
        let here = of_package(all, package).map_or(&[][..], |found| &found.kinds);
        let both = has.iter().filter(|kind| here.contains(kind)).count();
        cells += has.len();
        reached += both;
        whole += usize::from(both == has.len());
        let marks =
            KINDS.iter().map(|kind| mark(has.contains(&kind.name), here.contains(&kind.name)));
        table.push_str(&row(marks, package, &format!("{both} of {}", has.len())));
    }
    format!(
        "\
## Beside the AI SDK

The AI SDK 7 has {packages} provider packages with {cells} cells, a cell being a package and a kind of model that it has (however many
wires there are for it). **{cells} cells: {reached} reached**; {whole} packages have all of theirs.

● reached, ○ not there yet, + here but not in the AI SDK

{table}",
        packages = PACKAGES.len()
    )
}

fn mark(in_ai_sdk: bool, here: bool) -> String {
    let mark = match (in_ai_sdk, here) {
        (true, true) => "●",
        (true, false) => "○",
        (false, true) => "+",
        (false, false) => "",
    };
    mark.to_owned()
}

/// The provider of that name.
fn of_package<'a>(all: &'a [Found], package: &str) -> Option<&'a Found> {
    let entry = find(package)?;
    all.iter().find(|found| found.entry.id == entry.id)
}

fn missing(all: &[Found]) -> String {
    let packages = PACKAGES.iter().filter(|(package, _)| of_package(all, package).is_none());
    let lines = packages.map(|(package, has)| {
        format!("- {package}: {}\n", has.replace(' ', ", ").replace('-', " "))
    });
    format!("## Packages that are not there yet\n\n{}", lines.collect::<String>())
}

fn providers(all: &[Found]) -> String {
    let rows = all.iter().filter(|found| !is_preset(found.entry)).map(|found| {
        let count = found.tools.len();
        let tools = if count == 0 { String::new() } else { count.to_string() };
        row(columns(found), &link(found.entry), &tools)
    });
    format!(
        "\
## Providers

One without a base URL wants it in its settings.

{}{}{}",
        row(COLUMNS.map(str::to_owned), "id", "tools"),
        rule(COLUMNS.len() + 2),
        rows.collect::<String>()
    )
}

fn presets(all: &[Found]) -> String {
    let rows = all
        .iter()
        .filter(|found| is_preset(found.entry))
        .map(|found| row(columns(found), &link(found.entry), found.entry.name));
    format!(
        "\
## Presets

Hosts of the OpenAI protocol that need nothing but a line in `openai_compatible/presets.rs`. Any other host is reached through
`openai-compatible`, by its settings.

{}{}{}",
        row(COLUMNS.map(str::to_owned), "id", "name"),
        rule(COLUMNS.len() + 2),
        rows.collect::<String>()
    )
}

const COLUMNS: [&str; 5] = ["aliases", "key", "other variables", "base URL", "kinds"];

fn columns(found: &Found) -> [String; 5] {
    let entry = found.entry;
    let mut key = codes(entry.api_key.variables());
    if let ApiKey::Optional(_) = entry.api_key {
        key.push_str(" (optional)");
    }
    let variables = entry.variables.iter().map(|(_, name)| *name);
    let others: Vec<_> = entry.base_url_variable.into_iter().chain(variables).collect();
    let base_url = Some(entry.base_url).filter(|url| !url.is_empty());
    let base_url = codes(base_url.as_slice());
    [codes(entry.aliases), key, codes(&others), base_url, found.kinds.join(", ")]
}

fn tool_ids(all: &[Found]) -> String {
    // Providers that take the same tools share a line.
    let mut by_tools: BTreeMap<&[&str], Vec<&str>> = BTreeMap::new();
    for found in all.iter().filter(|found| !found.tools.is_empty()) {
        by_tools.entry(&found.tools).or_default().push(found.entry.id);
    }
    let lines = by_tools.into_iter().map(|(tools, ids)| {
        let words = if *tools == *TOOLS { "every one, as it is".to_owned() } else { codes(tools) };
        format!("- {} ({}): {words}\n", ids.join(", "), tools.len())
    });
    let mut text = format!(
        "\
## Tools that providers define

Of the AI SDK's {} tools, those that are sent on. A tool that a provider does not know is left out with a warning.

{}",
        TOOLS.len(),
        lines.collect::<String>()
    );
    let missing: Vec<_> = TOOLS.iter().filter(|tool| !is_reached(all, tool)).copied().collect();
    if !missing.is_empty() {
        text.push_str(&format!("- not there yet ({}): {}\n", missing.len(), codes(&missing)));
    }
    text
}

/// Whether a provider sends the tool on that knows it: a gateway sends on what others know.
fn is_reached(all: &[Found], tool: &str) -> bool {
    let knows = |found: &&Found| found.entry.id != "gateway" || tool.starts_with("gateway.");
    all.iter().filter(knows).any(|found| found.tools.contains(&tool))
}

fn row(columns: impl IntoIterator<Item = String>, first: &str, last: &str) -> String {
    let columns: Vec<_> = columns.into_iter().collect();
    format!("| {first} | {} | {last} |\n", columns.join(" | "))
}

fn rule(columns: usize) -> String {
    format!("|{}\n", "---|".repeat(columns))
}

fn link(entry: &Entry) -> String {
    format!("[{}]({} \"{}\")", entry.id, entry.docs, entry.name)
}

fn codes(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}
