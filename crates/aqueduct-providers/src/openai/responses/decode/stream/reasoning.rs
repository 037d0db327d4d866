//! Thoughts, as they arrive: an item has several, and its encrypted form comes at its end.

use std::collections::BTreeMap;

use aqueduct_spec::ProviderMetadata;
use aqueduct_spec::language::{ReasoningDelta, ReasoningEnd, ReasoningStart};
use serde_json::json;

use super::super::wire::{self, SummaryPart};
use super::{Parts, StreamDecoder};

/// An item of thoughts.
#[derive(Debug, Default)]
pub(super) struct Thought {
    encrypted_content: Option<String>,
    parts: BTreeMap<u64, State>,
}

/// How far a thought is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// All words are there; if it is the last, the encrypted form will go with it.
    Said,
    Closed,
}

impl StreamDecoder {
    pub(super) fn reasoning_added(&mut self, at: u64, item: &wire::Reasoning, parts: &mut Parts) {
        let id = item.id.clone().unwrap_or_else(|| at.to_string());
        let thought = Thought {
            encrypted_content: item.encrypted_content.clone(),
            parts: BTreeMap::from([(0, State::Open)]),
        };
        parts.push_back(start(
            &id,
            0,
            self.thought_metadata(&id, Some(&thought.encrypted_content)),
        ));
        self.item_ids.insert(at, id.clone());
        self.thoughts.insert(id, thought);
    }

    pub(super) fn reasoning_done(&mut self, at: u64, item: &wire::Reasoning, parts: &mut Parts) {
        let id = self.item_id(item.id.as_deref().unwrap_or_default(), Some(at));
        self.item_ids.remove(&at);
        let Some(thought) = self.thoughts.remove(&id) else { return };
        let metadata = self.thought_metadata(&id, Some(&item.encrypted_content));
        for (index, _) in thought.parts.iter().filter(|(_, state)| **state != State::Closed) {
            parts.push_back(end(&id, *index, metadata.clone()));
        }
    }

    pub(super) fn summary_added(&mut self, event: &SummaryPart, parts: &mut Parts) {
        // The first begins with its item.
        if event.summary_index == 0 {
            return;
        }
        let id = self.item_id(&event.item_id, event.output_index);
        let closing = self.thought_metadata(&id, None);
        let Some(thought) = self.thoughts.get_mut(&id) else { return };
        for (index, state) in &mut thought.parts {
            if *state == State::Said {
                *state = State::Closed;
                parts.push_back(end(&id, *index, closing.clone()));
            }
        }
        thought.parts.insert(event.summary_index, State::Open);
        let encrypted = thought.encrypted_content.clone();
        let metadata = self.thought_metadata(&id, Some(&encrypted));
        parts.push_back(start(&id, event.summary_index, metadata));
    }

    pub(super) fn summary_delta(&self, id: &str, index: u64, delta: String, parts: &mut Parts) {
        let mut part = ReasoningDelta::new(part_id(id, index), delta);
        part.provider_metadata = Some(self.thought_metadata(id, None));
        parts.push_back(part.into());
    }

    pub(super) fn summary_done(&mut self, event: &SummaryPart, parts: &mut Parts) {
        let id = self.item_id(&event.item_id, event.output_index);
        let metadata = self.thought_metadata(&id, None);
        let Some(thought) = self.thoughts.get_mut(&id) else { return };
        // What the host keeps need not be encrypted, so that there is nothing to wait for.
        let state = if self.reading.is_stored { State::Closed } else { State::Said };
        thought.parts.insert(event.summary_index, state);
        if state == State::Closed {
            parts.push_back(end(&id, event.summary_index, metadata));
        }
    }

    fn thought_metadata(&self, id: &str, encrypted: Option<&Option<String>>) -> ProviderMetadata {
        self.reading.metadata([
            ("itemId", Some(id.into())),
            ("reasoningEncryptedContent", encrypted.map(|content| json!(content))),
        ])
    }
}

fn part_id(id: &str, index: u64) -> String {
    format!("{id}:{index}")
}

fn start(id: &str, index: u64, metadata: ProviderMetadata) -> aqueduct_spec::language::StreamPart {
    let mut part = ReasoningStart::new(part_id(id, index));
    part.provider_metadata = Some(metadata);
    part.into()
}

fn end(id: &str, index: u64, metadata: ProviderMetadata) -> aqueduct_spec::language::StreamPart {
    let mut part = ReasoningEnd::new(part_id(id, index));
    part.provider_metadata = Some(metadata);
    part.into()
}
