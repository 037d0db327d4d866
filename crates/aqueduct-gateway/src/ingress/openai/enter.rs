//! What all endpoints have in common.

use std::sync::Arc;

use aqueduct_spec::{CacheControl, Context};
use axum::body::Body;
use axum::response::Response;
use http::{Request, header};

use super::error::{respond, status};
use crate::error::Failure;
use crate::gateway::Shared;
use crate::metrics::Surface;
use crate::pipeline::{Admitted, Exchange, Inbound, admit, authenticate};

/// Signs the client in and reads the body.
pub(super) async fn enter(shared: &Shared, request: Request<Body>) -> Result<Admitted, Response> {
    let authenticated = authenticate(Inbound::new(request), &shared.keys).map_err(|refused| {
        let (failure, inbound) = *refused;
        refuse(shared, &failure, &inbound.exchange)
    })?;
    admit(authenticated, &shared.limits).await.map_err(|refused| {
        let (failure, exchange) = *refused;
        refuse(shared, &failure, &exchange)
    })
}

/// Answers and counts a request that never became a call.
pub(crate) fn refuse(shared: &Shared, failure: &Failure, exchange: &Exchange) -> Response {
    let status = status(failure).as_u16();
    shared.metrics.refused(Surface::OpenAi, status, exchange.started.elapsed());
    respond(failure, exchange)
}

/// What a request says beside its body.
pub(super) fn context(shared: &Arc<Shared>, admitted: &Admitted) -> Context {
    let mut context =
        shared.context.clone().with_generation_id(admitted.exchange.generation_id.clone());
    // OpenAI's answers have no place for it.
    context.include.routing = false;
    let headers = &admitted.parts.headers;
    if let Some(directives) = headers.get(header::CACHE_CONTROL).and_then(|v| v.to_str().ok()) {
        context = context.with_cache(CacheControl::parse(directives));
    }
    if let Some(key) = &admitted.key {
        context.cache.scope = Some(key.clone());
    }
    context
}
