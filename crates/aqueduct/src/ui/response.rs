//! Answers over HTTP, for hyper and whatever is built on it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use aqueduct_spec::{BoxStream, Error, Result};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body::{Body, Frame};

use super::UiMessageStream;
use super::sse::ui_message_stream_headers;
use crate::text::TextStream;

/// The body of an answer that arises while it is sent. Dropping it cancels what is under way.
pub struct StreamBody(BoxStream<'static, Result<Bytes>>);

impl StreamBody {
    fn new(bytes: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self(bytes.boxed())
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        self.0.poll_next_unpin(cx).map_ok(Frame::data)
    }
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamBody").finish_non_exhaustive()
    }
}

/// An answer that sends server-sent events of a message: those of [`UiMessageStream::into_sse`], perhaps on their way through
/// the program's own hands.
pub fn ui_sse_response(events: impl Stream<Item = Bytes> + Send + 'static) -> Response<StreamBody> {
    let mut response = Response::new(StreamBody::new(events.map(Ok)));
    *response.headers_mut() = ui_message_stream_headers();
    response
}

/// The answer to a page that asks to go on with a stream: its events, or 204 if there is none.
///
/// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-resume-streams> (2026-08).
pub fn resumed_response(
    events: Option<impl Stream<Item = Bytes> + Send + 'static>,
) -> Response<StreamBody> {
    events.map_or_else(
        || {
            let mut response = Response::new(StreamBody::new(futures_util::stream::empty()));
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        },
        ui_sse_response,
    )
}

impl UiMessageStream {
    /// The message as an answer over HTTP.
    pub fn into_response(self) -> Response<StreamBody> {
        ui_sse_response(self.into_sse())
    }
}

impl TextStream {
    /// The text alone as an answer over HTTP, in plain text. A failure breaks the connection off, so that what is cut short does
    /// not pass for whole.
    ///
    /// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol> (text stream protocol, 2026-08).
    pub fn into_text_response(self) -> Response<StreamBody> {
        let text = self.into_text_stream().map(|delta| delta.map(Bytes::from));
        let mut response = Response::new(StreamBody::new(text));
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, plain);
        response
    }
}

#[cfg(feature = "axum")]
impl axum_core::response::IntoResponse for UiMessageStream {
    fn into_response(self) -> axum_core::response::Response {
        Self::into_response(self).map(axum_core::body::Body::new)
    }
}
