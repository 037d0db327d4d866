//! What a search tool returns when it fails.

use serde::Deserialize;
use serde_json::Value;

/// What a search tool returns instead of results when it fails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchFailure {
    /// `api_error`, `rate_limit`, `timeout`, `invalid_input`, `configuration_error`, `execution_error`, `unknown_tool` or
    /// `unknown`.
    pub error: String,
    /// The HTTP status of the search service.
    pub status_code: Option<u16>,
    /// What happened.
    pub message: String,
}

impl SearchFailure {
    /// Reads the result of a search tool; `None` if it did not fail.
    pub fn of(result: &Value) -> Option<Self> {
        Self::deserialize(result).ok()
    }
}
