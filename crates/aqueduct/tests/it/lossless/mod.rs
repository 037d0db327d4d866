//! What a model said comes back to it: answer → history → next request loses nothing that the vendor wants to see again.
//!
//! Every recorded answer is decoded as a user would have it, becomes messages, and goes into the next request. The values
//! that have to come back are read from the vendor's own bytes, by the names in a table.
//!
//! The fixtures of the providers are played always. A file or a folder with more recorded cases can be named in the
//! environment variable `AQUEDUCT_CASES`.

mod case;
mod exceptions;
mod fields;
mod ids;
mod play;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;

use aqueduct_http::Client;

use self::case::{Case, text};
use self::fields::Body;
use self::wire::Wire;

#[tokio::test]
async fn fixtures_lose_nothing() {
    let (counts, lost) = lost(&case::fixtures()).await;
    assert!(lost.is_empty(), "lost on the way back:\n{}", lost.join("\n"));
    for wire in [Wire::Messages, Wire::Responses, Wire::Chat, Wire::Gemini, Wire::Interactions] {
        let count = counts.get(&wire).copied().unwrap_or_default();
        assert!(count > 5, "{wire:?}: only {count} values were looked for");
    }
}

#[tokio::test]
async fn further_cases_lose_nothing() {
    #[expect(clippy::disallowed_methods, reason = "names files of a developer's own")]
    let Ok(files) = std::env::var("AQUEDUCT_CASES") else { return };
    let mut all = Vec::new();
    for file in files.split(':') {
        let cases = case::read(Path::new(file));
        let (counts, lost) = lost(&cases).await;
        println!("{file}: {} cases; values that were looked for: {counts:?}", cases.len());
        all.extend(lost);
    }
    assert!(all.is_empty(), "lost on the way back:\n{}", all.join("\n"));
}

/// Plays cases; returns how many values were looked for on each wire, and what is lost.
async fn lost(cases: &[Case]) -> (BTreeMap<Wire, usize>, Vec<String>) {
    let client = Client::builder().allow_private_downloads().no_proxy().build().unwrap();
    let mut counts = BTreeMap::new();
    let mut lost = Vec::new();
    for case in cases {
        let (wire, count, losses) = losses(case, &client).await;
        if let Some(wire) = wire {
            *counts.entry(wire).or_default() += count;
        }
        if !losses.is_empty() {
            lost.push(case.title());
            lost.extend(losses.iter().map(|loss| format!("    {loss}")));
        }
    }
    (counts, lost)
}

async fn losses(case: &Case, client: &Client) -> (Option<Wire>, usize, Vec<String>) {
    let Some(exchange) = case.answered() else { return (None, 0, Vec::new()) };
    let wire = Wire::at(case.path());
    let next = match play::play(case, client).await {
        Ok(Some(next)) => next,
        Ok(None) => return (wire, 0, Vec::new()),
        Err(why) => return (wire, 0, vec![why]),
    };
    let Some(wire) = wire else {
        return (None, 0, vec![format!("no wire is known at {}", case.path())]);
    };
    let bytes: String =
        exchange["response"]["chunks"].as_array().unwrap().iter().map(text).collect();
    let needs = fields::needs(wire, &wire.said(&bytes));
    let sent = next.request.json();
    let body = Body::new(&sent);
    let mut losses = Vec::new();
    for need in &needs {
        if !body.meets(need) && !exceptions::excuses(case.model().0, need, &sent) {
            let value: String = need.value.to_string().chars().take(80).collect();
            losses.push(format!("{wire:?} {need}: {value} does not come back"));
        }
    }
    if next.request.body != next.again.body {
        losses.push("messages that were JSON in between make another request".to_owned());
    }
    if !losses.is_empty() {
        losses.push(format!("in {}", String::from_utf8_lossy(&next.request.body)));
    }
    (Some(wire), needs.len(), losses)
}
