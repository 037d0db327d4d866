//! What a call used.

use aqueduct_spec::JsonObject;
use aqueduct_spec::json::count;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a call used, verbatim. Read through its methods, which take any number for a count and anything else for none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usage(pub JsonObject);

impl Usage {
    /// Tokens of the prompt that came from no cache and were written to none.
    pub fn input_tokens(&self) -> Option<u64> {
        self.count("input_tokens")
    }

    /// Tokens of the answer.
    pub fn output_tokens(&self) -> Option<u64> {
        self.count("output_tokens")
    }

    /// Tokens of the answer that were thought.
    pub fn thinking_tokens(&self) -> Option<u64> {
        self.0.get("output_tokens_details")?.get("thinking_tokens").and_then(count)
    }

    /// Tokens of the prompt that were written to a cache.
    pub fn cache_creation_input_tokens(&self) -> Option<u64> {
        self.count("cache_creation_input_tokens")
    }

    /// Tokens of the prompt that were read from a cache.
    pub fn cache_read_input_tokens(&self) -> Option<u64> {
        self.count("cache_read_input_tokens")
    }

    /// The rounds that the answer took, if they are accounted for one by one.
    pub fn iterations(&self) -> Option<Vec<Iteration>> {
        let iterations = self.0.get("iterations")?.as_array()?;
        let read = |value: &Value| Iteration::deserialize(value).ok();
        Some(iterations.iter().filter_map(read).collect())
    }

    /// Adds what is said later: what it has counts, what it has not stays.
    pub fn extend(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    fn count(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(count)
    }
}

/// What one round used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Iteration {
    /// `message`, `compaction`, `advisor_message` or `fallback_message`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The model, if it is not the one asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens of the prompt.
    #[serde(default)]
    pub input_tokens: u64,
    /// Tokens of the answer.
    #[serde(default)]
    pub output_tokens: u64,
    /// Tokens written to a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_creation_input_tokens: Option<u64>,
    /// Tokens read from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read_input_tokens: Option<u64>,
}
