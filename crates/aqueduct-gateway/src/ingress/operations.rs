//! For those who run the gateway: is it alive, does it take requests, what has it counted.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::body;
use crate::gateway::Shared;
use crate::metrics;

/// `GET /healthz`: the process is alive.
pub(crate) async fn health() -> Response {
    body::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: whether it takes requests.
pub(crate) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if shared.stopping.load(Relaxed) {
        return body::json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "stopping" }));
    }
    body::json(StatusCode::OK, &json!({ "status": "ready" }))
}

/// `GET /metrics`: what it has counted, for Prometheus.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let mut response = Response::new(shared.metrics.text().into());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
    response
}
