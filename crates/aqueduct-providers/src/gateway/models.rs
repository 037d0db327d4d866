//! Which models there are.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aqueduct_spec::Result;
use aqueduct_spec::timestamp::Timestamp;
use serde::Deserialize;

use super::Gateway;

/// A model that the gateway has.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AvailableModel {
    /// What to call it by: `openai/gpt-5`.
    pub id: String,
    /// What to call it before a person.
    pub name: String,
    /// What it is good for.
    pub description: Option<String>,
    /// What it costs, where that is a matter of tokens.
    pub pricing: Option<ModelPricing>,
    /// The specification that it follows.
    pub specification: ModelSpecification,
    /// The kind: `language`, `embedding`, `image`, `speech`, `transcription`, `reranking`, `video` or `realtime`. `None` if
    /// the gateway does not say.
    pub model_type: Option<String>,
}

/// What a model costs: USD a token, decimal numbers as text so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ModelPricing {
    /// For tokens of the prompt.
    pub input: String,
    /// For tokens of the answer.
    pub output: String,
    /// For tokens of the prompt that are read from a cache.
    #[serde(rename = "input_cache_read")]
    pub cached_input_tokens: Option<String>,
    /// For tokens of the prompt that are written to a cache.
    #[serde(rename = "input_cache_write")]
    pub cache_creation_input_tokens: Option<String>,
}

/// The specification that a model follows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelSpecification {
    /// Its version, always `v4`.
    pub specification_version: SpecificationVersion,
    /// The provider.
    pub provider: String,
    /// The provider's name of the model.
    pub model_id: String,
}

/// The version of the specification. A gateway that speaks another is not understood at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SpecificationVersion {
    /// Version 4.
    #[serde(rename = "v4")]
    V4,
}

#[derive(Deserialize)]
struct Answer {
    models: Vec<AvailableModel>,
}

/// Models of kinds beyond these cannot be called.
const KINDS: [&str; 8] =
    ["embedding", "image", "language", "realtime", "reranking", "speech", "transcription", "video"];

/// The list as it was fetched last.
#[derive(Debug)]
pub(super) struct Cache {
    refresh: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    fetched: Option<(Timestamp, Arc<[AvailableModel]>)>,
    /// Someone is fetching it anew.
    is_refreshing: bool,
}

impl Cache {
    pub(super) const DEFAULT_REFRESH: Duration = Duration::from_secs(5 * 60);

    pub(super) fn new(refresh: Duration) -> Self {
        Self { refresh, state: Mutex::default() }
    }

    /// Returns the list if it is fresh, or if someone else is fetching it already.
    fn get(&self, now: Timestamp) -> Option<Arc<[AvailableModel]>> {
        let mut state = self.state();
        let (fetched, models) = state.fetched.as_ref()?;
        let age = u64::try_from(now.as_millisecond() - fetched.as_millisecond());
        // A clock that was put back says nothing of the age.
        let is_fresh = age.is_ok_and(|age| Duration::from_millis(age) < self.refresh);
        let models = (is_fresh || state.is_refreshing).then(|| Arc::clone(models));
        state.is_refreshing |= models.is_none();
        models
    }

    fn put(&self, now: Timestamp, models: &Arc<[AvailableModel]>) {
        self.state().fetched = Some((now, Arc::clone(models)));
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a refresh however it ends: it may fail, and it may be dropped.
struct Refresh<'a>(&'a Cache);

impl Drop for Refresh<'_> {
    fn drop(&mut self) {
        self.0.state().is_refreshing = false;
    }
}

impl Gateway {
    /// Returns the models that the gateway has. The list is kept for a while
    /// ([`GatewayBuilder::metadata_cache_refresh`](super::GatewayBuilder::metadata_cache_refresh)); while one caller fetches it
    /// anew, others get the old one.
    ///
    /// Models of kinds that this version does not know are left out.
    ///
    /// # Errors
    /// Those of every call; see [`GatewayError`](super::GatewayError).
    pub async fn available_models(&self) -> Result<Arc<[AvailableModel]>> {
        if let Some(models) = self.models.get(Timestamp::now()) {
            return Ok(models);
        }
        let _refresh = Refresh(&self.models);
        let answer = self.connection.fetch::<Answer>(self.connection.get("/config")).await?;
        let is_known = |model: &AvailableModel| {
            model.model_type.as_deref().is_none_or(|kind| KINDS.contains(&kind))
        };
        let models: Arc<[AvailableModel]> = answer.models.into_iter().filter(is_known).collect();
        self.models.put(Timestamp::now(), &models);
        Ok(models)
    }
}
