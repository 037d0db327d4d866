//! A request as it came.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use tokio::time::Instant;

use crate::generation_id;

const GENERATION_ID: HeaderName = HeaderName::from_static("x-aqueduct-generation-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub(crate) parts: Parts,
    pub(crate) body: Body,
    pub(crate) exchange: Exchange,
}

/// What is told of every exchange in the headers of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// When the request's headers were there.
    pub(crate) started: Instant,
    /// How much of the time since then was spent waiting for the client's body or for a provider.
    pub(crate) waited: Duration,
    /// The id of the generation.
    pub(crate) generation_id: Arc<str>,
}

impl Inbound {
    pub(crate) fn new(request: http::Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        Self { parts, body, exchange: Exchange::start() }
    }
}

impl Exchange {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            waited: Duration::ZERO,
            generation_id: generation_id::generate().into(),
        }
    }

    /// Adds the headers that every answer carries.
    pub(crate) fn sign(&self, mut response: Response) -> Response {
        let own = self.started.elapsed().saturating_sub(self.waited);
        let timing = format!("aqueduct;dur={:.3}", own.as_secs_f64() * 1000.0);
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::try_from(timing) {
            headers.insert(SERVER_TIMING, value);
        }
        if let Ok(value) = HeaderValue::from_str(&self.generation_id) {
            headers.insert(GENERATION_ID, value);
        }
        response
    }
}
