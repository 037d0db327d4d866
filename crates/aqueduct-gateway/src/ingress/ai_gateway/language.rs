//! `POST /v4/ai/language-model`: whole, or in parts with the header `ai-language-model-streaming: true`.

use std::sync::Arc;

use aqueduct_spec::language::{
    CallOptions, ErrorPart, Finish, Headers, StreamPart, StreamStart, UnifiedFinishReason,
};
use aqueduct_spec::{Call as _, Error, Generate, Result, Stream};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, Request};
use serde_json::json;

use super::call::{self, Asked, Endpoint, enter, read, refuse};
use super::error::{respond, type_of};
use crate::error::Failure;
use crate::gateway::Shared;
use crate::ingress::sse;
use crate::metrics::Surface;
use crate::pipeline::{Exchange, Meter, Routed, metered};

/// Asks a language model for a whole answer.
pub(super) enum Language {}

impl Endpoint for Language {
    type Options = CallOptions;
    type Call = Generate;
    const VERSION: &'static str = "ai-language-model-specification-version";
    const MODEL: &'static str = "ai-language-model-id";

    fn headers(options: &mut CallOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}

/// Answers one call.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let admitted = match enter(&shared, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    match read::<Language>(&shared, &admitted) {
        Err(failure) => refuse(&shared, &failure, &admitted.exchange),
        Ok(asked) if streams(&admitted.parts.headers) => {
            begin(&shared, asked, admitted.exchange).await
        }
        Ok(asked) => call::finish::<Language>(&shared, asked, admitted.exchange).await,
    }
}

fn streams(headers: &HeaderMap) -> bool {
    headers.get("ai-language-model-streaming").is_some_and(|value| value == "true")
}

/// Begins a streamed answer. Until it has begun, a failure has its HTTP status.
async fn begin(
    shared: &Arc<Shared>,
    asked: Asked<CallOptions>,
    mut exchange: Exchange,
) -> Response {
    let Asked { model_id, options, context } = asked;
    let routed = match Routed::new(&*shared.provider, &model_id, Stream::from(options), context) {
        Ok(routed) => routed,
        Err(error) => {
            let failure = Failure::from(error).asking_for(&model_id);
            return refuse(shared, &failure, &exchange);
        }
    };
    let mut meter =
        Meter::start(shared, Surface::AiGateway, Stream::OPERATION, &model_id, exchange.started);
    match routed.call(&mut exchange).await {
        Ok(answer) => {
            let events = events(metered(answer.stream, meter));
            exchange.sign(sse::response(events, shared.limits.heartbeat))
        }
        Err(error) => {
            let failure = Failure::from(error).asking_for(&model_id);
            meter.failed(&failure);
            respond(&failure, &exchange)
        }
    }
}

/// Writes parts as events. The first is `stream-start`; a failure becomes an `error` part and a `finish`.
fn events(
    parts: impl futures_core::Stream<Item = Result<StreamPart>> + Send + 'static,
) -> impl futures_core::Stream<Item = Bytes> + Send + 'static {
    let mut started = false;
    parts
        .scan(false, |failed, part| {
            // Nothing can follow a failure.
            let ended = std::mem::replace(failed, part.is_err());
            std::future::ready((!ended).then_some(part))
        })
        .flat_map(move |part| {
            let first = !std::mem::replace(&mut started, true);
            let missing = first && !matches!(part, Ok(StreamPart::StreamStart(_)));
            let start = missing.then(|| sse::event(&StreamPart::from(StreamStart::new(vec![]))));
            let (event, last) = match part {
                Ok(part) => (sse::event(&part), None),
                Err(error) => (sse::event(&failed(error)), Some(sse::event(&finish()))),
            };
            stream::iter(start.into_iter().chain([event]).chain(last))
        })
}

fn failed(error: Error) -> StreamPart {
    let failure = Failure::from(error);
    let mut told = json!({
        "message": failure.message,
        "type": type_of(&failure),
        "statusCode": failure.status.as_u16(),
    });
    if let (Some(object), Some(code)) = (told.as_object_mut(), failure.code.clone()) {
        object.insert("code".to_owned(), code.into());
    }
    ErrorPart::new(told).into()
}

fn finish() -> StreamPart {
    let mut finish = Finish::default();
    finish.finish_reason = UnifiedFinishReason::Error.into();
    finish.into()
}
