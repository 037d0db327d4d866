//! One way to have a call answered: a target, a key and the model's name there.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind};
use tokio::time::Instant;

use super::upstream::{Credential, Upstream};
use crate::layer::CooldownPolicy;

/// How long a refused key is set aside.
const REFUSED_KEY_REST: Duration = Duration::from_secs(600);

/// The longest that a key or target is left alone because it asked for it.
const MAX_ASKED_REST: Duration = Duration::from_secs(600);

/// How long a rate-limited key rests if it was not told: a second, and longer each time.
const RATE_LIMIT: CooldownPolicy =
    CooldownPolicy { failures: 1, initial: Duration::from_secs(1), max: Duration::from_secs(60) };

/// One way to have a call answered.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) credential: Arc<Credential>,
    pub(crate) wire: Option<String>,
    /// The model's name at the provider.
    pub(crate) model_id: String,
    /// A limit of the request's own for the beginning of the answer.
    pub(crate) timeout: Option<Duration>,
}

impl Candidate {
    pub(crate) fn has_target_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.upstream, &other.upstream) && self.model_id == other.model_id
    }

    /// Until when it rests, if it does.
    pub(crate) fn resting_until(&self, now: Instant) -> Option<Instant> {
        let target = self.upstream.health.resting_until(&self.model_id, now);
        target.max(self.credential.health.resting_until(&self.model_id, now))
    }

    /// An attempt begins.
    pub(crate) fn begin(&self, now: Instant, cooldown: &CooldownPolicy) {
        self.upstream.health.begin(&self.model_id, |record| record.begin(now, cooldown));
        self.credential.health.begin(&self.model_id, |record| record.begin(now, &RATE_LIMIT));
    }

    /// The answer has begun.
    pub(crate) fn succeeded(&self, took: Duration) {
        self.upstream.health.clear(&self.model_id);
        self.credential.health.clear(&self.model_id);
        self.upstream.latency.add(took);
    }

    /// The attempt failed; whose fault it is decides who rests.
    pub(crate) fn failed(&self, error: &Error, now: Instant, cooldown: &CooldownPolicy) {
        let (key, target) = (&self.credential.health, &self.upstream.health);
        let model = self.model_id.as_str();
        let asked = error.retry_after().map(|wait| wait.min(MAX_ASKED_REST));
        match error.kind() {
            ErrorKind::Authentication | ErrorKind::QuotaExceeded => {
                let rest = asked.unwrap_or(REFUSED_KEY_REST);
                key.update(None, |record| record.rest_for(rest, now));
            }
            // A key may be refused for one model and good for others.
            ErrorKind::Forbidden => {
                key.update(Some(model), |record| record.rest_for(REFUSED_KEY_REST, now));
            }
            ErrorKind::RateLimited => key.update(Some(model), |record| match asked {
                Some(wait) => record.rest_for(wait, now),
                None => record.failed(now, &RATE_LIMIT),
            }),
            kind if error.is_retryable() || kind == ErrorKind::InvalidResponse => {
                target.update(Some(model), |record| {
                    record.failed(now, cooldown);
                    if let Some(wait) = asked {
                        record.rest_for(wait, now);
                    }
                });
            }
            // The call's own fault, which shows that somebody is there.
            _ => target.clear(model),
        }
    }
}
