//! The recorded wires, each with the provider that is to read it.

use std::collections::BTreeMap;

use aqueduct_providers::{Entry, PROVIDERS, find};
use aqueduct_spec::ModelKind;

use crate::recorded::{Case, fixtures};

/// A recorded exchange, and the provider that reads it here.
pub(super) struct Wire {
    pub(super) entry: &'static Entry,
    pub(super) kind: ModelKind,
    /// Whether the exchange was recorded with the provider itself, not with the one whose protocol it speaks.
    pub(super) is_own: bool,
    pub(super) name: String,
    pub(super) case: Case,
}

impl Wire {
    /// What to call it in a finding.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.entry.id, self.name)
    }
}

/// Providers without a wire to record: each with the reason.
pub(super) const WITHOUT: &[(&str, &str)] = &[
    ("simulator", "has no vendor; its own suite makes every scenario"),
    ("gateway", "speaks to a gateway of this house; tests/gateway has its suite"),
];

/// Providers that speak the protocol of another, whose wires they are checked with where they have none of their own.
const SAME_PROTOCOL: &[(&str, &str)] = &[
    ("azure", "openai"),
    ("baseten", "openai-compatible"),
    ("deepinfra", "openai-compatible"),
    ("fireworks", "openai-compatible"),
    ("gmicloud", "openai-compatible"),
    ("togetherai", "openai-compatible"),
];

/// Where the wires of a provider come from that has none of its own: hosts that are a line of the table of the compatible ones
/// speak what that speaks.
fn lender(entry: &Entry) -> Option<&'static str> {
    let named = SAME_PROTOCOL.iter().find(|(id, _)| *id == entry.id).map(|(_, from)| *from);
    named.or_else(|| is_preset(entry).then_some("openai-compatible"))
}

/// Whether a provider is a line of the table of compatible hosts, without a directory of its own.
pub(super) fn is_preset(entry: &Entry) -> bool {
    let directory = entry.id.replace('-', "_");
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(directory);
    !source.exists()
}

/// How many wires of a kind a provider borrows.
const MAX_BORROWED: usize = 1;

/// The wires of a kind: streamed language answers, or whole ones.
pub(super) fn wires(kind: ModelKind, is_stream: bool) -> Vec<Wire> {
    let mut by_provider: BTreeMap<String, Vec<(String, Case)>> = BTreeMap::new();
    for (provider, name, case) in fixtures() {
        let is_answer = case.answer()["status"] == 200 && !case.exchanges().is_empty();
        if is_answer && kind_of(&case) == Some(kind) && case.is_stream() == is_stream {
            by_provider.entry(provider).or_default().push((name, case));
        }
    }
    let mut wires = Vec::new();
    for entry in PROVIDERS {
        if !entry.kinds.contains(&kind) || WITHOUT.iter().any(|(id, _)| *id == entry.id) {
            continue;
        }
        let own = by_provider.get(entry.id);
        let lent = || by_provider.get(lender(entry)?);
        let (is_own, from) = match own {
            Some(own) => (true, own.as_slice()),
            None => (false, lent().map(Vec::as_slice).unwrap_or_default()),
        };
        let limit = if is_own { usize::MAX } else { MAX_BORROWED };
        let wire = |(name, case): &(String, Case)| Wire {
            entry,
            kind,
            is_own,
            name: name.clone(),
            case: case.clone(),
        };
        wires.extend(from.iter().take(limit).map(wire));
    }
    wires
}

/// The wires of a kind, at most so many of each provider.
pub(super) fn some(kind: ModelKind, is_stream: bool, limit: usize) -> Vec<Wire> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wires = wires(kind, is_stream);
    wires.retain(|wire| {
        let count = seen.entry(wire.entry.id).or_default();
        *count += 1;
        *count <= limit
    });
    wires
}

/// The kind of model that a case is a call of.
pub(super) fn kind_of(case: &Case) -> Option<ModelKind> {
    let name = case.path().trim_start_matches('/').split('/').next()?;
    let name = name.strip_suffix("-model")?;
    ModelKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

/// The provider of a folder of fixtures.
pub(super) fn provider_of(folder: &str) -> Option<&'static Entry> {
    find(folder)
}
