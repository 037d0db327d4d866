//! What a call used, as hosts tell it.

use aqueduct_spec::JsonObject;
use aqueduct_spec::json::count;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a call used: the host's object as it came, so that nothing in it is lost, and ways to read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usage(pub JsonObject);

impl Usage {
    /// Creates it of the two counts that every host tells.
    pub fn new(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self(JsonObject::from_iter([
            ("prompt_tokens".to_owned(), prompt_tokens.into()),
            ("completion_tokens".to_owned(), completion_tokens.into()),
            ("total_tokens".to_owned(), prompt_tokens.saturating_add(completion_tokens).into()),
        ]))
    }

    /// Adds a count to one of the detail objects, as in `prompt_tokens_details.cached_tokens`.
    #[must_use]
    pub fn with_detail(mut self, group: &str, name: &str, tokens: u64) -> Self {
        let details = self.0.entry(group).or_insert_with(|| Value::Object(JsonObject::new()));
        if let Value::Object(details) = details {
            details.insert(name.to_owned(), tokens.into());
        }
        self
    }

    /// A count on the first level.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(count)
    }

    /// A count in one of the detail objects.
    pub fn detail(&self, group: &str, name: &str) -> Option<u64> {
        self.0.get(group)?.get(name).and_then(count)
    }

    /// Tokens of the prompt.
    pub fn prompt_tokens(&self) -> Option<u64> {
        self.count("prompt_tokens")
    }

    /// Tokens of the answer.
    pub fn completion_tokens(&self) -> Option<u64> {
        self.count("completion_tokens")
    }

    /// Tokens of the prompt that were read from a cache.
    pub fn cached_tokens(&self) -> Option<u64> {
        self.detail("prompt_tokens_details", "cached_tokens")
    }

    /// Tokens of the answer that were thought and not said.
    pub fn reasoning_tokens(&self) -> Option<u64> {
        self.detail("completion_tokens_details", "reasoning_tokens")
    }
}
