//! The settings of an instance.

use aqueduct_spec::{Error, Result};
use serde::Deserialize;

use super::script::Script;

/// The settings as they are given; the module's page says what they do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SimulatorSettings {
    pub(super) name: Option<String>,
    pub(super) latency_ms: Option<u64>,
    pub(super) latency_jitter_ms: u64,
    pub(super) first_chunk_delay_ms: Option<u64>,
    pub(super) chunk_delay_ms: Option<u64>,
    pub(super) chunk_size: Option<usize>,
    pub(super) failure_rate: f64,
    pub(super) failure_status: u16,
    pub(super) cut_rate: f64,
    pub(super) stall_rate: f64,
    pub(super) seed: u64,
    pub(super) requests_per_minute: Option<u32>,
}

impl Default for SimulatorSettings {
    fn default() -> Self {
        Self {
            name: None,
            latency_ms: None,
            latency_jitter_ms: 0,
            first_chunk_delay_ms: None,
            chunk_delay_ms: None,
            chunk_size: None,
            failure_rate: 0.0,
            failure_status: 503,
            cut_rate: 0.0,
            stall_rate: 0.0,
            seed: 0,
            requests_per_minute: None,
        }
    }
}

impl SimulatorSettings {
    /// Refuses what cannot be meant.
    pub(super) fn checked(self) -> Result<Self> {
        for (name, rate) in [
            ("failureRate", self.failure_rate),
            ("cutRate", self.cut_rate),
            ("stallRate", self.stall_rate),
        ] {
            if !(0.0..=1.0).contains(&rate) {
                return Err(wrong(name, "must be between 0 and 1"));
            }
        }
        if !(400..=599).contains(&self.failure_status) {
            return Err(wrong("failureStatus", "must be between 400 and 599"));
        }
        if self.requests_per_minute == Some(0) {
            return Err(wrong("requestsPerMinute", "must be at least 1"));
        }
        Ok(self)
    }

    /// The part of the settings that a call's script can override.
    pub(super) fn script(&self) -> Script {
        Script {
            latency_ms: self.latency_ms,
            first_chunk_delay_ms: self.first_chunk_delay_ms,
            chunk_delay_ms: self.chunk_delay_ms,
            chunk_size: self.chunk_size,
            ..Script::default()
        }
    }
}

fn wrong(name: &str, what: &str) -> Error {
    Error::configuration(format!("setting '{name}' of provider 'simulator' {what}"))
        .with_provider("simulator")
}
