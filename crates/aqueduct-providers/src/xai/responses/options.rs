//! Options of a call under `xai`.

use serde::Deserialize;

use super::super::options::{Effort, ReasoningSummary, ServiceTier};

/// Options of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponsesOptions {
    pub(super) reasoning_effort: Option<Effort>,
    pub(super) reasoning_summary: Option<ReasoningSummary>,
    pub(super) logprobs: Option<bool>,
    pub(super) top_logprobs: Option<u64>,
    pub(super) service_tier: Option<ServiceTier>,
    pub(super) store: Option<bool>,
    pub(super) previous_response_id: Option<String>,
    pub(super) include: Option<Vec<Include>>,
}

/// What else the answer shall carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Include {
    #[serde(rename = "file_search_call.results")]
    FileSearchResults,
}

impl Include {
    /// The host's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::FileSearchResults => "file_search_call.results",
        }
    }
}
