//! What the model thought.

use aqueduct_spec::language::ReasoningPart;
use aqueduct_spec::{Error, Result};
use serde::Deserialize;

use super::Writer;
use super::wire::{Item, Reasoning, Summary};

/// Options of a thought.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ReasoningOptions {
    item_id: Option<String>,
    reasoning_encrypted_content: Option<String>,
}

impl Writer<'_> {
    pub(super) fn reasoning(&mut self, part: &ReasoningPart) -> Result<()> {
        let options = part.provider_options.as_ref();
        let options = options.map(|it| it.typed::<ReasoningOptions>(self.rules.key)).transpose()?;
        let options = options.flatten().unwrap_or_default();
        let summary = || {
            let text = (!part.text.is_empty()).then(|| Summary::new(part.text.as_str()));
            text.into_iter().collect::<Vec<_>>()
        };
        let Some(id) = options.item_id else {
            if options.reasoning_encrypted_content.is_none() {
                let message =
                    "Non-OpenAI reasoning parts are not supported. Skipping reasoning part";
                return self.skip(part, message);
            }
            self.items.push(Item::Reasoning(Reasoning {
                id: None,
                encrypted_content: options.reasoning_encrypted_content,
                summary: Some(summary()),
                ..Reasoning::default()
            }));
            return Ok(());
        };
        if self.rules.has_conversation || self.rules.has_previous_response {
            return Ok(());
        }
        let known = self.thoughts.get(&id).copied();
        if self.rules.store {
            if known.is_none() {
                self.thoughts.insert(id.clone(), None);
                self.refer(id);
            }
            return Ok(());
        }
        if known.is_some() && part.text.is_empty() {
            self.skip(
                part,
                "Cannot append empty reasoning part to existing reasoning sequence. Skipping reasoning part",
            )?;
        }
        let place = known.flatten().and_then(|at| self.items.get_mut(at));
        if let Some(Item::Reasoning(item)) = place {
            item.summary.get_or_insert_default().extend(summary());
            // The last part of a thought has the whole of it.
            if options.reasoning_encrypted_content.is_some() {
                item.encrypted_content = options.reasoning_encrypted_content;
            }
            return Ok(());
        }
        self.thoughts.insert(id.clone(), Some(self.items.len()));
        self.items.push(Item::Reasoning(Reasoning {
            id: Some(id),
            encrypted_content: options.reasoning_encrypted_content,
            summary: Some(summary()),
            ..Reasoning::default()
        }));
        Ok(())
    }

    fn skip(&mut self, part: &ReasoningPart, why: &str) -> Result<()> {
        let part = aqueduct_spec::language::AssistantPart::Reasoning(part.clone());
        let part = serde_json::to_string(&part).map_err(|error| {
            Error::invalid_prompt("a thought cannot be written as JSON").with_source(error)
        })?;
        self.warn(format!("{why}: {part}."));
        Ok(())
    }

    /// Takes out thoughts that nobody could read: the host keeps none, and they are not encrypted.
    pub(super) fn drop_open_thoughts(&mut self) {
        let is_open = |item: &Item| match item {
            Item::Reasoning(item) => item.encrypted_content.is_none(),
            _ => false,
        };
        if !self.rules.store && self.items.iter().any(is_open) {
            self.items.retain(|item| !is_open(item));
            self.warn("Reasoning parts without encrypted content are not supported when store is false. Skipping reasoning parts.");
        }
    }
}
