//! HTTP with server-sent events, as it was before streamable HTTP: one stream for all that the server says, and an endpoint
//! for what it is told. `rmcp` has it no more.
//! Source: <https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse> (2026-11-23).

use aqueduct::spec::BoxFuture;
use aqueduct::{Error, ErrorKind, Result};
use aqueduct_http::EventStream;
use futures_util::{StreamExt as _, stream};
use http::Method;
use serde_json::Value;
use url::Url;

use super::{Connection, MessageSender, StreamableHttp};
use crate::error::closed;

pub(super) async fn open(settings: StreamableHttp) -> Result<Connection> {
    let request =
        settings.request(Method::GET, &settings.url).header("accept", "text/event-stream");
    let response = settings.send(request).await?.error_for_status(|_, _, _| None).await?;
    if response.media_type().as_deref() != Some("text/event-stream") {
        let message =
            "the MCP server does not answer with a stream of events: is it one of 2024-11-05?";
        return Err(Error::invalid_response(message));
    }
    let mut events = response.events();
    let endpoint = endpoint(&mut events, &settings.url).await?;
    let messages = stream::unfold(events, |mut events| async move {
        loop {
            let event = events.next().await?.ok()?;
            let is_message = matches!(event.event(), None | Some("message"));
            if let (true, Ok(message)) = (is_message, serde_json::from_str::<Value>(event.data())) {
                return Some((message, events));
            }
        }
    });
    Ok(Connection::new(Sender { settings, endpoint }, messages.boxed()))
}

/// The endpoint is on the server's own host: nobody else gets the credentials.
async fn endpoint(events: &mut EventStream, url: &str) -> Result<String> {
    loop {
        let event = events.next().await.ok_or_else(closed)??;
        if event.event() != Some("endpoint") {
            continue;
        }
        let ours = Url::parse(url).map_err(|error| {
            Error::configuration("the URL of the MCP server is none").with_source(error)
        })?;
        let theirs = ours.join(event.data()).map_err(|error| {
            Error::invalid_response("the MCP server's endpoint is no URL").with_source(error)
        })?;
        if theirs.origin() != ours.origin() {
            let message = "the MCP server's endpoint for messages is on another host";
            return Err(Error::new(ErrorKind::InvalidResponse, message));
        }
        return Ok(theirs.into());
    }
}

struct Sender {
    settings: StreamableHttp,
    endpoint: String,
}

impl MessageSender for Sender {
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let request = self.settings.request(Method::POST, &self.endpoint).json(&message);
            let response = self.settings.send(request).await?;
            response.error_for_status(|_, _, _| None).await.map(|_| ())
        })
    }

    /// The end of the stream is the end of the connection.
    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
