//! What every call of an instance goes through: its count, its limit, its luck, its script.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aqueduct_spec::{Error, JsonObject, ModelInfo, ProviderMetadata, Result};
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use tokio::time::Instant;

use super::digest::{fnv1a, scatter, share};
use super::failure::{self, Failure};
use super::pace::pause;
use super::script::Script;
use super::settings::SimulatorSettings;

const MINUTE: Duration = Duration::from_secs(60);

/// How many calls with `failure.times` are remembered; beyond that, the counts start anew.
const MAX_COUNTED_CALLS: usize = 10_000;

/// One simulator: its settings, and what it remembers of its calls.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) name: String,
    settings: SimulatorSettings,
    defaults: Script,
    count: AtomicU64,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// The time up to which the limit is used up, if every call takes its share of a minute.
    used_until: Option<Instant>,
    /// How often a call with `failure.times` has failed already.
    failed: HashMap<u64, u32>,
}

impl Calls {
    pub(super) fn new(settings: SimulatorSettings) -> Self {
        Self {
            name: settings.name.clone().unwrap_or_else(|| "simulator".to_owned()),
            defaults: settings.script(),
            settings,
            count: AtomicU64::new(0),
            memory: Mutex::default(),
        }
    }

    /// Admits a call: waits and fails as script and settings say. `subject` tells equal calls from others.
    pub(super) async fn begin(
        &self,
        info: &ModelInfo,
        script: Script,
        subject: &str,
    ) -> Result<Script> {
        let mut script = script.or(&self.defaults);
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let admission = self.admit();
        pause(self.latency(&script, number)).await;
        let locate = |error| located(error, info);
        admission.map_err(locate)?;
        if let Some(failure) = &script.failure
            && self.fails(failure, info, subject)
        {
            return Err(locate(failure.error()));
        }
        let luck = |salt: u64, rate: f64| {
            rate > 0.0
                && share(scatter(scatter(self.settings.seed ^ salt).wrapping_add(number))) < rate
        };
        if luck(1, self.settings.failure_rate) {
            let failure =
                Failure { status: Some(self.settings.failure_status), ..Failure::default() };
            return Err(locate(failure.error()));
        }
        if luck(2, self.settings.cut_rate) {
            script.fail_after_chunks.get_or_insert(1);
        }
        if luck(3, self.settings.stall_rate) {
            script.stall_after_chunks.get_or_insert(1);
        }
        Ok(script)
    }

    /// Admits a call that is answered in one piece: for it, to break or stall at any chunk is to do so at once.
    pub(super) async fn begin_whole(
        &self,
        info: &ModelInfo,
        script: Script,
        subject: &str,
    ) -> Result<Script> {
        let script = self.begin(info, script, subject).await?;
        if script.stall_after_chunks.is_some() {
            std::future::pending::<()>().await;
        }
        if script.fail_after_chunks.is_some() {
            return Err(located(failure::cut(), info));
        }
        Ok(script)
    }

    fn latency(&self, script: &Script, number: u64) -> Duration {
        let jitter = match self.settings.latency_jitter_ms {
            0 => 0,
            most => {
                scatter(scatter(self.settings.seed ^ 4).wrapping_add(number))
                    % most.saturating_add(1)
            }
        };
        Duration::from_millis(script.latency_ms.unwrap_or_default().saturating_add(jitter))
    }

    fn fails(&self, failure: &Failure, info: &ModelInfo, subject: &str) -> bool {
        let Some(times) = failure.times else { return true };
        let key = fnv1a(format!("{}\n{}\n{subject}", info.provider, info.model_id).as_bytes());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = memory.failed.get(&key).copied().unwrap_or_default();
        if failed >= times {
            memory.failed.remove(&key);
            return false;
        }
        if memory.failed.len() >= MAX_COUNTED_CALLS {
            memory.failed.clear();
        }
        memory.failed.insert(key, failed + 1);
        true
    }

    /// Takes a place under `requestsPerMinute`: a burst of a whole minute's calls, then one whenever its share has passed.
    fn admit(&self) -> Result<()> {
        let Some(limit) = self.settings.requests_per_minute else { return Ok(()) };
        let now = Instant::now();
        let share_of_minute = MINUTE / limit;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let used_until = memory.used_until.unwrap_or(now).max(now);
        let next = used_until + share_of_minute;
        let wait = next.saturating_duration_since(now).saturating_sub(MINUTE);
        if wait.is_zero() {
            memory.used_until = Some(next);
            return Ok(());
        }
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-ratelimit-limit-requests"), limit.into());
        headers.insert(HeaderName::from_static("x-ratelimit-remaining-requests"), 0.into());
        let failure = Failure {
            message: Some(format!("simulated rate limit: {limit} requests a minute")),
            code: Some("rate_limit_exceeded".to_owned()),
            retry_after_ms: Some(wait_ms),
            ..Failure::default()
        };
        Err(failure.refusal(429, headers))
    }
}

/// Says where an error comes from.
pub(super) fn located(error: Error, info: &ModelInfo) -> Error {
    error.with_provider(info.provider.clone()).with_model(info.model_id.clone())
}

/// What every answer says: that no model made it.
pub(super) fn metadata(info: &ModelInfo, script: &Script) -> ProviderMetadata {
    let mut object = JsonObject::new();
    object.insert("simulated".to_owned(), Value::Bool(true));
    object.insert("notice".to_owned(), "made by the simulator; no model was asked".into());
    object.insert("model".to_owned(), info.model_id.clone().into());
    object.extend(script.metadata.clone().unwrap_or_default());
    ProviderMetadata::of("simulator", object)
}
