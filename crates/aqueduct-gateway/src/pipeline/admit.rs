//! The body, within its limits.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::authenticate::Authenticated;
use super::inbound::{Exchange, Inbound};
use crate::config::Server;
use crate::error::{Class, Failure};

/// How much of a body that is too large is read and thrown away, so that a client which sends first and listens later hears
/// why it was refused.
const MAX_DISCARDED_BYTES: usize = 64 << 20;
const MAX_DISCARD_TIME: Duration = Duration::from_secs(10);
/// A body may stand still for `body_timeout`, and take this many times as long in all.
const WHOLE_BODY_FACTOR: u32 = 20;

/// A request that may be answered, with its whole body.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
    pub(crate) exchange: Exchange,
    /// The name of the client's key.
    pub(crate) key: Option<std::sync::Arc<str>>,
}

/// Reads the body.
pub(crate) async fn admit(
    authenticated: Authenticated,
    limits: &Server,
) -> Result<Admitted, Box<(Failure, Exchange)>> {
    let Authenticated { inbound: Inbound { parts, body, mut exchange }, key } = authenticated;
    let before = Instant::now();
    let body = match check_type(&parts.headers) {
        Ok(()) => read(&parts.headers, body, limits).await,
        Err(failure) => Err(failure),
    };
    exchange.waited += before.elapsed();
    match body {
        Ok(body) => Ok(Admitted { parts, body, exchange, key }),
        Err(failure) => Err(Box::new((failure, exchange))),
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json") {
        return Ok(());
    }
    Err(Failure::new(
        Class::InvalidRequest,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the body must be JSON: send the header 'content-type: application/json'",
    ))
}

async fn read(headers: &HeaderMap, mut body: Body, limits: &Server) -> Result<Bytes, Failure> {
    let limit = limits.body_limit;
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        // A client that asks first has not sent anything yet.
        if !headers.contains_key(header::EXPECT) {
            discard(body).await;
        }
        return Err(too_large(limit));
    }
    let whole = Instant::now() + limits.body_timeout * WHOLE_BODY_FACTOR;
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    loop {
        let until = whole.min(Instant::now() + limits.body_timeout);
        let frame = timeout_at(until, body.frame()).await.map_err(|_| too_slow(limits))?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| Failure::invalid("the body ended too early"))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            discard(body).await;
            return Err(too_large(limit));
        }
        // Most bodies come in one piece, which is then used as it is.
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            if all.is_empty() {
                let announced = usize::try_from(announced).unwrap_or_default().min(limit);
                all.reserve(announced.max(first.len() + data.len()));
                all.extend_from_slice(&std::mem::take(&mut first));
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

async fn discard(mut body: Body) {
    let mut left = MAX_DISCARDED_BYTES;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    let _ = timeout(MAX_DISCARD_TIME, reading).await;
}

fn too_large(limit: usize) -> Failure {
    Failure::new(
        Class::InvalidRequest,
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body is larger than the limit of {limit} bytes (server.body_limit)"),
    )
    .with_code("request_too_large")
}

fn too_slow(limits: &Server) -> Failure {
    Failure::new(
        Class::InvalidRequest,
        StatusCode::REQUEST_TIMEOUT,
        format!("the body did not arrive: nothing came for {:?}", limits.body_timeout),
    )
}
