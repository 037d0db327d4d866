//! Options of a call under `xai`.

use serde::{Deserialize, Serialize};

use super::super::options::{Effort, ServiceTier};

/// Options of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChatOptions {
    pub(super) reasoning_effort: Option<Effort>,
    pub(super) logprobs: Option<bool>,
    pub(super) top_logprobs: Option<u64>,
    pub(super) service_tier: Option<ServiceTier>,
    #[serde(rename = "parallel_function_calling")]
    pub(super) parallel_function_calling: Option<bool>,
    pub(super) search_parameters: Option<SearchParameters>,
}

/// What to search while answering. The host is giving this up for the tools of its other API.
///
/// Source: <https://docs.x.ai/docs/guides/live-search> (2026-11).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase", serialize = "snake_case"))]
pub(super) struct SearchParameters {
    mode: SearchMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_citations: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_search_results: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<SearchSource>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum SearchMode {
    Off,
    Auto,
    On,
}

/// Where to search.
#[derive(Debug, Deserialize, Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields(deserialize = "camelCase", serialize = "snake_case")
)]
enum SearchSource {
    Web {
        #[serde(skip_serializing_if = "Option::is_none")]
        country: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        excluded_websites: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        allowed_websites: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        safe_search: Option<bool>,
    },
    X {
        #[serde(skip_serializing_if = "Option::is_none")]
        excluded_x_handles: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        included_x_handles: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        post_favorite_count: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        post_view_count: Option<i64>,
        /// The older name of the included handles.
        #[serde(skip_serializing)]
        x_handles: Option<Vec<String>>,
    },
    News {
        #[serde(skip_serializing_if = "Option::is_none")]
        country: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        excluded_websites: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        safe_search: Option<bool>,
    },
    Rss {
        links: Vec<String>,
    },
}

impl SearchParameters {
    /// The same in the newer names.
    pub(super) fn renewed(mut self) -> Self {
        for source in self.sources.iter_mut().flatten() {
            if let SearchSource::X { included_x_handles, x_handles, .. } = source {
                *included_x_handles = included_x_handles.take().or_else(|| x_handles.take());
            }
        }
        self
    }
}
