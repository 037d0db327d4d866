//! What integrations may be told.

use super::TextRequest;
use crate::telemetry::TelemetryOptions;

impl<M, O> TextRequest<M, O> {
    /// Says what telemetry is told of the request. Default: what is [registered](crate::telemetry::register_telemetry), without
    /// prompts and answers.
    pub fn telemetry(mut self, options: TelemetryOptions) -> Self {
        self.parts.telemetry = options;
        self
    }
}
