//! No provider is left out.

use aqueduct_providers::PROVIDERS;
use aqueduct_spec::ModelKind;

use super::wire::{WITHOUT, kind_of, provider_of, wires};
use crate::recorded::fixtures;

#[test]
fn every_kind_of_every_provider_has_a_wire() {
    let mut missing = Vec::new();
    // These are no questions with one answer, and have scripts of their own.
    let is_recorded =
        |kind: &ModelKind| !matches!(kind, ModelKind::SpeechTranslation | ModelKind::Realtime);
    for kind in ModelKind::ALL.into_iter().filter(is_recorded) {
        let ways: &[bool] = if kind == ModelKind::Language { &[false, true] } else { &[false] };
        let found: Vec<_> = ways.iter().flat_map(|is_stream| wires(kind, *is_stream)).collect();
        for entry in PROVIDERS.iter().filter(|entry| entry.kinds.contains(&kind)) {
            let is_without = WITHOUT.iter().any(|(id, _)| *id == entry.id);
            if !is_without && !found.iter().any(|wire| wire.entry.id == entry.id) {
                missing.push(format!("{} {kind}", entry.id));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "record an answer (200) of these in tests/fixtures/<id>/: {missing:#?}"
    );
}

#[test]
fn every_fixture_belongs_to_a_provider_and_a_kind_that_it_has() {
    for (folder, name, case) in fixtures() {
        let entry = provider_of(&folder).unwrap_or_else(|| panic!("{folder} is no provider"));
        assert_eq!(entry.id, folder, "the folder has the provider's id, not an alias");
        let kind = kind_of(&case).unwrap_or_else(|| panic!("{folder}/{name}: of which kind?"));
        assert!(entry.kinds.contains(&kind), "{folder}/{name}: the table lacks the {kind} models");
    }
}

#[test]
fn those_left_out_are_providers() {
    for (id, reason) in WITHOUT {
        assert!(provider_of(id).is_some(), "{id} is no provider any more");
        assert!(!reason.is_empty());
    }
}
