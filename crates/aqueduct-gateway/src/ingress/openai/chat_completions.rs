//! `POST /v1/chat/completions`: whole, or in chunks with `"stream": true`.

use std::sync::Arc;

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::{Call, Context, Generate, Stream};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Request, StatusCode};

use super::decode::{self, Asked};
use super::encode::{self, Chunks, Settings};
use super::enter::{context, enter, refuse};
use super::error::{respond, status};
use crate::error::Failure;
use crate::gateway::Shared;
use crate::ingress::{body, sse};
use crate::metrics::Surface;
use crate::pipeline::{Exchange, Meter, Routed, metered};

/// Answers one call.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let admitted = match enter(&shared, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    let asked = body::decode::<wire::Request>(&admitted.body)
        .and_then(|request| decode::chat(request, &shared));
    let asked = match asked {
        Ok(asked) => asked,
        Err(failure) => return refuse(&shared, &failure, &admitted.exchange),
    };
    let context = context(&shared, &admitted);
    if asked.streams {
        in_chunks(&shared, asked, context, admitted.exchange).await
    } else {
        whole(&shared, asked, context, admitted.exchange).await
    }
}

async fn whole(
    shared: &Arc<Shared>,
    asked: Asked,
    context: Context,
    mut exchange: Exchange,
) -> Response {
    let Asked { model_id, options, .. } = asked;
    let now = context.now().as_second();
    match make::<Generate>(shared, &model_id, options.into(), context, &mut exchange).await {
        Ok((result, mut meter)) => {
            meter.succeeded(&result);
            let id = answer_id(&exchange);
            let response = encode::response(result, &id, now, model_id);
            exchange.sign(body::json(StatusCode::OK, &response))
        }
        Err(refused) => refused,
    }
}

async fn in_chunks(
    shared: &Arc<Shared>,
    asked: Asked,
    context: Context,
    mut exchange: Exchange,
) -> Response {
    let Asked { model_id, options, include_usage, .. } = asked;
    let created = context.now().as_second();
    match make::<Stream>(shared, &model_id, options.into(), context, &mut exchange).await {
        Ok((answer, meter)) => {
            let id = answer_id(&exchange);
            let settings = Settings { id, model: model_id, created, include_usage };
            let events = events(metered(answer.stream, meter), Chunks::new(settings));
            exchange.sign(sse::response(events, shared.limits.heartbeat))
        }
        Err(refused) => refused,
    }
}

fn events(
    parts: impl futures_core::Stream<Item = aqueduct_spec::Result<aqueduct_spec::language::StreamPart>>
    + Send
    + 'static,
    chunks: Chunks,
) -> impl futures_core::Stream<Item = Bytes> + Send + 'static {
    let parts = Box::pin(parts);
    stream::unfold((parts, chunks), |(mut parts, mut chunks)| async move {
        loop {
            if chunks.is_over() {
                return None;
            }
            let written = match parts.next().await {
                Some(part) => chunks.write(part),
                None => chunks.end(),
            };
            if !written.is_empty() {
                return Some((written, (parts, chunks)));
            }
        }
    })
}

/// Makes a call; a failure is answered.
async fn make<C: Call>(
    shared: &Arc<Shared>,
    model_id: &str,
    call: C,
    context: Context,
    exchange: &mut Exchange,
) -> Result<(C::Output, Meter), Response> {
    let routed = Routed::new(&*shared.provider, model_id, call, context)
        .map_err(|error| refuse(shared, &error.into(), exchange))?;
    let mut meter = Meter::start(shared, Surface::OpenAi, C::OPERATION, model_id, exchange.started);
    match routed.call(exchange).await {
        Ok(output) => Ok((output, meter)),
        Err(error) => {
            let mut failure = Failure::from(error);
            let response = respond(&failure, exchange);
            failure.status = status(&failure);
            meter.failed(&failure);
            Err(response)
        }
    }
}

fn answer_id(exchange: &Exchange) -> String {
    format!("chatcmpl-{}", exchange.generation_id.trim_start_matches("gen_"))
}
