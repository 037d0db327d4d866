//! `POST /v4/ai/video-model`, `/video-model/start` and `/video-model/status`.

use std::sync::Arc;

use aqueduct_spec::language::Headers;
use aqueduct_spec::video::{GenerateVideoOptions, GenerateVideoResult, GetVideoStatusOptions};
use aqueduct_spec::{GenerateVideo, GetVideoStatus, StartVideo};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use http::{HeaderMap, Request, header};
use serde::Serialize;
use serde_json::Value;

use super::call::{self, Endpoint, enter, read, refuse};
use super::error::type_of;
use crate::error::Failure;
use crate::gateway::Shared;
use crate::ingress::sse;
use crate::pipeline::Exchange;

const VERSION: &str = "ai-video-model-specification-version";

/// Asks for videos and waits for them.
pub(super) enum Wait {}

/// Starts a job.
pub(super) enum Start {}

/// Asks after a job.
pub(super) enum Status {}

impl Endpoint for Wait {
    type Options = GenerateVideoOptions;
    type Call = GenerateVideo;
    const VERSION: &'static str = VERSION;

    fn headers(options: &mut GenerateVideoOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}

impl Endpoint for Start {
    type Options = GenerateVideoOptions;
    type Call = StartVideo;
    const VERSION: &'static str = VERSION;

    fn headers(options: &mut GenerateVideoOptions) -> &mut Option<Headers> {
        &mut options.headers
    }

    /// What the specification calls `webhookUrl` is `callbackUrl` on the wire.
    fn normalise(options: &mut GenerateVideoOptions) {
        if let Some(Value::String(url)) = options.rest.shift_remove("callbackUrl") {
            options.webhook_url.get_or_insert(url);
        }
    }
}

impl Endpoint for Status {
    type Options = GetVideoStatusOptions;
    type Call = GetVideoStatus;
    const VERSION: &'static str = VERSION;

    fn headers(options: &mut GetVideoStatusOptions) -> &mut Option<Headers> {
        &mut options.headers
    }
}

/// Answers with one event, and comments until it is there: a video takes minutes. A client that does not accept events, or
/// wants to see the exchange with the provider (`x-aqueduct-include`), gets the result as plain JSON.
pub(super) async fn generate(
    State(shared): State<Arc<Shared>>,
    request: Request<Body>,
) -> Response {
    let admitted = match enter(&shared, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    let asked = match read::<Wait>(&shared, &admitted) {
        Ok(asked) => asked,
        Err(failure) => return refuse(&shared, &failure, &admitted.exchange),
    };
    let mut exchange = admitted.exchange;
    if !wants_events(&admitted.parts.headers) {
        return call::finish::<Wait>(&shared, asked, exchange).await;
    }
    let heartbeat = shared.limits.heartbeat;
    let head = exchange.clone();
    let outcome = async move {
        match call::make::<Wait>(&shared, asked, &mut exchange).await {
            Ok(result) => sse::event(&Success { r#type: "result", result }),
            Err(failure) => sse::event(&Failed::new(&failure, &exchange)),
        }
    };
    // A call that is refused at once still has its HTTP status: only what takes time is told in an event.
    let events = stream::once(outcome.map(|event: Bytes| event));
    head.sign(sse::response(events, heartbeat))
}

fn wants_events(headers: &HeaderMap) -> bool {
    let accepts = |value: &http::HeaderValue| {
        value.to_str().is_ok_and(|value| value.contains("text/event-stream"))
    };
    headers.get_all(header::ACCEPT).iter().any(accepts)
        && !headers.contains_key("x-aqueduct-include")
}

#[derive(Serialize)]
struct Success {
    r#type: &'static str,
    #[serde(flatten)]
    result: GenerateVideoResult,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed<'a> {
    r#type: &'static str,
    message: &'a str,
    error_type: &'static str,
    status_code: u16,
    param: Option<&'a Value>,
    generation_id: &'a str,
}

impl<'a> Failed<'a> {
    fn new(failure: &'a Failure, exchange: &'a Exchange) -> Self {
        Self {
            r#type: "error",
            message: &failure.message,
            error_type: type_of(failure),
            status_code: failure.status.as_u16(),
            param: failure.param.as_ref(),
            generation_id: &exchange.generation_id,
        }
    }
}
