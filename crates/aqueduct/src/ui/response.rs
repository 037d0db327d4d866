//! Answers over HTTP, for hyper and whatever is built on it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use aqueduct_spec::{BoxStream, Error, ErrorKind, Result};
use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body::{Body, Frame};

use super::UiMessageStream;
use super::options::masked;
use super::sse::ui_message_stream_headers;
use crate::output::{OutputKind, OutputStream};
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
            let mut response = Response::new(StreamBody::new(stream::empty()));
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        },
        ui_sse_response,
    )
}

/// A failure before a stream has begun, as an answer over HTTP. Handlers of requests can fail with it: `?` makes it of an
/// [`Error`].
///
/// What is wrong with the page's request is told, with status 400. Of all else the page learns no more than that there was an
/// error, with status 500, because its text may tell of the inside of the server. A page of `useChat` shows the text: it is the
/// message of its `error`.
#[derive(Debug)]
pub struct ErrorResponse(Error);

impl ErrorResponse {
    /// The failure.
    pub fn error(&self) -> &Error {
        &self.0
    }

    /// The answer, in plain text.
    pub fn into_response(self) -> Response<StreamBody> {
        let is_of_page =
            matches!(self.0.kind(), ErrorKind::InvalidRequest | ErrorKind::InvalidPrompt);
        // A provider that refuses a request was asked by the server.
        let (status, text) = match is_of_page && self.0.provider().is_none() {
            true => (StatusCode::BAD_REQUEST, self.0.to_string()),
            false => (StatusCode::INTERNAL_SERVER_ERROR, masked()(&self.0)),
        };
        let mut response = plain_text(stream::iter([Ok(text.into())]));
        *response.status_mut() = status;
        response
    }
}

impl From<Error> for ErrorResponse {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

fn plain_text(text: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Response<StreamBody> {
    let mut response = Response::new(StreamBody::new(text));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
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
        plain_text(self.into_text_stream().map(|delta| delta.map(Bytes::from)))
    }
}

impl<K: OutputKind> OutputStream<K> {
    /// The JSON of the answer as it is written, as an answer over HTTP in plain text: what `useObject` reads. A failure breaks
    /// the connection off.
    ///
    /// ```no_run
    /// # #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// # struct Recipe { name: String }
    /// # async fn example(topic: String) -> aqueduct::Result<()> {
    /// let recipe = aqueduct::stream_object::<Recipe, _>("openai/gpt-5-mini").prompt(topic).await?;
    /// let response = recipe.into_text_response();
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: npm `@ai-sdk/react` 4.0.177, `useObject` (2026-11).
    pub fn into_text_response(self) -> Response<StreamBody> {
        self.into_inner().into_text_response()
    }
}

#[cfg(feature = "axum")]
impl axum_core::response::IntoResponse for UiMessageStream {
    fn into_response(self) -> axum_core::response::Response {
        Self::into_response(self).map(axum_core::body::Body::new)
    }
}

#[cfg(feature = "axum")]
impl axum_core::response::IntoResponse for ErrorResponse {
    fn into_response(self) -> axum_core::response::Response {
        Self::into_response(self).map(axum_core::body::Body::new)
    }
}
