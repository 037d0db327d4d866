//! What all endpoints of the protocol have in common: the model's name in a header, the options in the body, the result in
//! the answer.

use std::sync::Arc;

use aqueduct_spec::language::Headers;
use aqueduct_spec::{CacheControl, Call, Context, Include};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::respond;
use super::forwarded::keep_forwardable;
use super::trim::Trim;
use crate::error::Failure;
use crate::gateway::Shared;
use crate::ingress::body;
use crate::metrics::Surface;
use crate::pipeline::{Account, Admitted, Exchange, Inbound, Meter, Routed, admit, authenticate};

/// One kind of call in the protocol.
pub(super) trait Endpoint: 'static {
    /// The body of a request.
    type Options: DeserializeOwned + Send;
    /// The call that it asks for.
    type Call: Call<Output: Serialize + Trim + Account> + From<Self::Options>;
    /// The header that names the version of the specification.
    const VERSION: &'static str;
    /// The header that names the model.
    const MODEL: &'static str = "ai-model-id";

    /// Where the options keep the headers of the call.
    fn headers(options: &mut Self::Options) -> &mut Option<Headers>;

    /// Brings options to the specification's form where the protocol's differs.
    fn normalise(_options: &mut Self::Options) {}
}

/// A call that was read, with the name of its model.
pub(super) struct Asked<O> {
    pub(super) model_id: String,
    pub(super) options: O,
    pub(super) context: Context,
}

/// Answers one call.
pub(super) async fn answer<E: Endpoint>(
    State(shared): State<Arc<Shared>>,
    request: Request<Body>,
) -> Response {
    let admitted = match enter(&shared, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    match read::<E>(&shared, &admitted) {
        Ok(asked) => finish::<E>(&shared, asked, admitted.exchange).await,
        Err(failure) => refuse(&shared, &failure, &admitted.exchange),
    }
}

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
    shared.metrics.refused(Surface::AiGateway, failure.status.as_u16(), exchange.started.elapsed());
    respond(failure, exchange)
}

/// Reads a call out of a request.
pub(super) fn read<E: Endpoint>(
    shared: &Shared,
    admitted: &Admitted,
) -> Result<Asked<E::Options>, Failure> {
    let headers = &admitted.parts.headers;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(version) = text(E::VERSION).filter(|version| *version != "4") {
        return Err(Failure::invalid(format!(
            "this is version 4 of the protocol, and the header '{}' asks for {version}",
            E::VERSION
        ))
        .with_param(E::VERSION));
    }
    let model_id = text(E::MODEL).filter(|id| !id.is_empty()).ok_or_else(|| {
        Failure::invalid(format!("no model: send the header '{}: provider/model'", E::MODEL))
            .with_param(E::MODEL)
    })?;
    let mut options = body::decode::<E::Options>(&admitted.body)?;
    keep_forwardable(E::headers(&mut options), headers);
    E::normalise(&mut options);
    let context = context(shared, headers, &admitted.exchange, admitted.key.as_ref());
    Ok(Asked { model_id: model_id.to_owned(), options, context })
}

/// What a request says beside its body.
fn context(
    shared: &Shared,
    headers: &HeaderMap,
    exchange: &Exchange,
    key: Option<&Arc<str>>,
) -> Context {
    let mut context = shared
        .context
        .clone()
        .with_include(include(headers))
        .with_generation_id(exchange.generation_id.clone());
    if let Some(directives) = headers.get(header::CACHE_CONTROL).and_then(|v| v.to_str().ok()) {
        context = context.with_cache(CacheControl::parse(directives));
    }
    if let Some(key) = key {
        context.cache.scope = Some(key.clone());
    }
    context
}

/// Reads `x-aqueduct-include: request,response`.
pub(super) fn include(headers: &HeaderMap) -> Include {
    let mut include = Include::default();
    let names = headers.get("x-aqueduct-include").and_then(|value| value.to_str().ok());
    for name in names.unwrap_or_default().split(',') {
        match name.trim() {
            "request" => include.request_body = true,
            "response" => include.response_body = true,
            _ => {}
        }
    }
    include
}

/// Makes the call and writes its answer.
pub(super) async fn finish<E: Endpoint>(
    shared: &Arc<Shared>,
    asked: Asked<E::Options>,
    mut exchange: Exchange,
) -> Response {
    match make::<E>(shared, asked, &mut exchange).await {
        Ok(output) => exchange.sign(body::json(StatusCode::OK, &output)),
        Err(failure) => respond(&failure, &exchange),
    }
}

/// Makes the call.
pub(super) async fn make<E: Endpoint>(
    shared: &Arc<Shared>,
    asked: Asked<E::Options>,
    exchange: &mut Exchange,
) -> Result<<E::Call as Call>::Output, Failure> {
    let Asked { model_id, options, context } = asked;
    let include = context.include;
    let call = E::Call::from(options);
    let routed = Routed::new(&*shared.provider, &model_id, call, context).map_err(|error| {
        let failure = Failure::from(error).asking_for(&model_id);
        let status = failure.status.as_u16();
        shared.metrics.refused(Surface::AiGateway, status, exchange.started.elapsed());
        failure
    })?;
    let operation = E::Call::OPERATION;
    let mut meter =
        Meter::start(shared, Surface::AiGateway, operation, &model_id, exchange.started);
    match routed.call(exchange).await {
        Ok(mut output) => {
            meter.succeeded(&output);
            output.trim(include);
            Ok(output)
        }
        Err(error) => {
            let failure = Failure::from(error).asking_for(&model_id);
            meter.failed(&failure);
            Err(failure)
        }
    }
}
