//! The integrations of the whole program: the one list in this crate that is not passed along, since tracing is not either.

use std::sync::{Arc, PoisonError, RwLock};

use super::Telemetry;

static REGISTERED: RwLock<Vec<Arc<dyn Telemetry>>> = RwLock::new(Vec::new());

/// Has an integration listen to all requests that begin from now on, unless they name integrations of their own or disable
/// telemetry ([`TelemetryOptions`](super::TelemetryOptions)). Several may be registered.
pub fn register_telemetry(integration: impl Telemetry + 'static) {
    REGISTERED.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(integration));
}

pub(super) fn all() -> Vec<Arc<dyn Telemetry>> {
    REGISTERED.read().unwrap_or_else(PoisonError::into_inner).clone()
}
