//! What was spent, by day, user, model, …

use aqueduct_spec::Result;
use serde::Deserialize;

use super::Gateway;

/// Which spending to report. Days are `YYYY-MM-DD`, both included.
///
/// ```
/// use aqueduct_providers::gateway::{GroupBy, SpendReportQuery};
///
/// let query = SpendReportQuery::new("2026-10-01", "2026-10-31").group_by(GroupBy::Model).tag("search");
/// # let _ = query;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct SpendReportQuery {
    start_date: String,
    end_date: String,
    /// What only some queries have: name and value.
    filters: Vec<(&'static str, String)>,
    tags: Vec<String>,
}

/// What the rows of a report stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupBy {
    /// A day or hour each.
    Day,
    /// A user each.
    User,
    /// A model each.
    Model,
    /// A tag each.
    Tag,
    /// A provider each.
    Provider,
    /// The callers' own credentials at providers, and the gateway's.
    CredentialType,
}

impl GroupBy {
    fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::User => "user",
            Self::Model => "model",
            Self::Tag => "tag",
            Self::Provider => "provider",
            Self::CredentialType => "credential_type",
        }
    }
}

impl SpendReportQuery {
    /// Reports all spending of these days, a row a day.
    pub fn new(start_date: impl Into<String>, end_date: impl Into<String>) -> Self {
        Self {
            start_date: start_date.into(),
            end_date: end_date.into(),
            filters: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Says what the rows stand for. Default: days.
    pub fn group_by(self, group: GroupBy) -> Self {
        self.with("group_by", group.as_str())
    }

    /// Reports hours instead of days.
    pub fn hourly(self) -> Self {
        self.with("date_part", "hour")
    }

    /// Reports the spending of one user.
    pub fn user_id(self, user: impl Into<String>) -> Self {
        self.with("user_id", user)
    }

    /// Reports the spending on one model.
    pub fn model(self, model: impl Into<String>) -> Self {
        self.with("model", model)
    }

    /// Reports the spending at one provider.
    pub fn provider(self, provider: impl Into<String>) -> Self {
        self.with("provider", provider)
    }

    /// Reports what was spent with one sort of credential: `byok` or `system`.
    pub fn credential_type(self, credential: impl Into<String>) -> Self {
        self.with("credential_type", credential)
    }

    /// Reports what bears this tag, and those added before.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.filters.retain(|(other, _)| *other != name);
        self.filters.push((name, value.into()));
        self
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs =
            vec![("start_date", self.start_date.clone()), ("end_date", self.end_date.clone())];
        pairs.extend(self.filters.iter().cloned());
        if !self.tags.is_empty() {
            pairs.push(("tags", self.tags.join(",")));
        }
        pairs
    }
}

/// One row of a report. Which of the names are there depends on [`GroupBy`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct SpendReportRow {
    /// The day.
    pub day: Option<String>,
    /// The hour.
    pub hour: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// The sort of credential: `byok` or `system`.
    pub credential_type: Option<String>,
    /// What was charged, in USD.
    pub total_cost: f64,
    /// What it would have cost by the list, in USD.
    pub market_cost: Option<f64>,
    /// Tokens of prompts.
    pub input_tokens: Option<u64>,
    /// Tokens of answers.
    pub output_tokens: Option<u64>,
    /// Tokens of prompts that were read from a cache.
    pub cached_input_tokens: Option<u64>,
    /// Tokens of prompts that were written to a cache.
    pub cache_creation_input_tokens: Option<u64>,
    /// Tokens of answers that were reasoning.
    pub reasoning_tokens: Option<u64>,
    /// Calls.
    pub request_count: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<SpendReportRow>,
}

impl Gateway {
    /// Asks what was spent.
    ///
    /// # Errors
    /// Those of every call; see [`GatewayError`](super::GatewayError).
    pub async fn spend_report(&self, query: SpendReportQuery) -> Result<Vec<SpendReportRow>> {
        let request = self.connection.get_at_origin("/v1/report").query(query.pairs());
        Ok(self.connection.fetch::<Answer>(request).await?.results)
    }
}
