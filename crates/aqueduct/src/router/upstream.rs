//! A target as it runs: built providers, and how they have fared.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aqueduct_providers::{Entry, Settings};
use aqueduct_spec::Provider;

use super::book::Book;
use super::target::Tags;

/// A target as it runs.
pub(crate) struct Upstream {
    pub(crate) id: String,
    /// Its line in the table of providers, if it has one: only then it takes credentials from requests.
    pub(crate) entry: Option<&'static Entry>,
    pub(crate) settings: Settings,
    pub(crate) weight: f64,
    pub(crate) tags: Tags,
    pub(crate) credentials: Vec<Arc<Credential>>,
    /// Failures of the provider itself.
    pub(crate) health: Book,
    pub(crate) latency: Latency,
}

/// A provider built with one key.
pub(crate) struct Credential {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) weight: f64,
    /// Whether it came with the request.
    pub(crate) is_byok: bool,
    /// Failures of the key: refused or out of its limits.
    pub(crate) health: Book,
}

impl Credential {
    pub(crate) fn new(provider: Arc<dyn Provider>, weight: f64, is_byok: bool) -> Self {
        Self { provider, weight, is_byok, health: Book::default() }
    }

    /// The provider held to a wire; the provider itself if it has only one.
    pub(crate) fn provider_for(&self, wire: Option<&str>) -> Arc<dyn Provider> {
        wire.and_then(|wire| self.provider.wire(wire)).unwrap_or_else(|| Arc::clone(&self.provider))
    }
}

/// The time to the first answer, as a moving average in which the last ones count most.
#[derive(Debug)]
pub(crate) struct Latency(AtomicU64);

impl Default for Latency {
    fn default() -> Self {
        Self(AtomicU64::new(f64::NAN.to_bits()))
    }
}

impl Latency {
    const WEIGHT_OF_LAST: f64 = 0.2;

    /// The average in seconds, if anything was measured.
    pub(crate) fn seconds(&self) -> Option<f64> {
        let value = f64::from_bits(self.0.load(Ordering::Relaxed));
        (!value.is_nan()).then_some(value)
    }

    /// Adds a measurement. Of two at the same moment one may be lost, which an average bears.
    pub(crate) fn add(&self, measured: Duration) {
        let measured = measured.as_secs_f64();
        let value = self
            .seconds()
            .map_or(measured, |average| average + Self::WEIGHT_OF_LAST * (measured - average));
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}
