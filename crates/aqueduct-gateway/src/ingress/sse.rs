//! Server-sent events: one `data:` line each, and a comment when nothing came for a while.

use std::convert::Infallible;
use std::time::Duration;

use aqueduct::ui::keep_alive;
use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt as _;
use http::{HeaderValue, header};
use serde::Serialize;

/// Begins the data of an event.
pub(super) const DATA: &[u8] = b"data: ";

/// Writes an event.
pub(super) fn event(value: &impl Serialize) -> Bytes {
    let mut out = BytesMut::with_capacity(256);
    write_event(&mut out, value);
    out.freeze()
}

/// Writes an event behind others.
pub(super) fn write_event(out: &mut BytesMut, value: &impl Serialize) {
    out.put_slice(DATA);
    write_json(out, value);
    out.put_slice(b"\n\n");
}

/// Writes JSON. Only a map with keys that are no strings fails, and there is none.
pub(super) fn write_json(out: &mut BytesMut, value: &impl Serialize) {
    let _ = serde_json::to_writer(out.writer(), value);
}

/// Answers with a stream of events.
pub(super) fn response(
    events: impl Stream<Item = Bytes> + Send + 'static,
    heartbeat: Option<Duration>,
) -> Response {
    let events = keep_alive(Box::pin(events), heartbeat.unwrap_or(Duration::MAX)).without_opening();
    let mut response = Response::new(Body::from_stream(events.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    // nginx holds answers back unless told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
