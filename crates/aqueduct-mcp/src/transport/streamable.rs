//! Streamable HTTP: `rmcp` keeps the session, its streams and their resumption; the requests go out by our HTTP client.
//! Source: <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports> (2026-11-23).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aqueduct::spec::BoxStream;
use aqueduct::{Error, Result};
use aqueduct_http::{Request, Response, Secret};
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage};
use rmcp::transport::common::client_side_sse::ExponentialBackoff;
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransport,
    StreamableHttpClientTransportConfig, StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::Sse;

use super::answers::{listed, listing, read, refused};
use super::{Connection, MAX_MESSAGE_BYTES, StreamableHttp};
use crate::rpc::{Way, lossless};

/// How often a stream is taken up again without bringing a message.
const MAX_BARREN: u32 = 5;

/// However soon the server wants a stream to be taken up again.
const MIN_PAUSE: Duration = Duration::from_millis(100);

/// How many sessions are known at a time; a new one comes when the server has forgotten the last.
const MAX_SESSIONS: usize = 4;

pub(super) type Refused = StreamableHttpError<Error>;
type Headers = HashMap<HeaderName, HeaderValue>;
pub(super) type Events = BoxStream<'static, Result<Sse, SseError>>;

pub(super) fn open(settings: StreamableHttp) -> Connection {
    let mut retry = ExponentialBackoff::default();
    retry.max_times = Some(3);
    retry.base_duration = Duration::from_millis(500);
    let mut config = StreamableHttpClientTransportConfig::with_uri(settings.url.as_str());
    config.retry_config = Arc::new(retry);
    let state = State::default();
    let http = Http { settings: Arc::new(settings), state: Arc::new(state) };
    Connection { way: Way::Http(StreamableHttpClientTransport::with_client(http, config)) }
}

/// Sends what `rmcp` wants to send. It is never given a credential, nor the id of the session, which it would log: sessions
/// have numbers there.
#[derive(Clone)]
pub(crate) struct Http {
    settings: Arc<StreamableHttp>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    sessions: Mutex<Vec<(String, Secret)>>,
    n_barren: AtomicU32,
}

impl State {
    /// The number of the session that an answer names.
    fn number(&self, response: &Response) -> Option<String> {
        let id = Secret::from(response.headers().get("mcp-session-id")?.to_str().ok()?);
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, _)) = sessions.iter().find(|(_, known)| *known == id) {
            return Some(number.clone());
        }
        let last = sessions.last().and_then(|(number, _)| number.parse::<u64>().ok());
        let number = (last.unwrap_or_default() + 1).to_string();
        if sessions.len() == MAX_SESSIONS {
            sessions.remove(0);
        }
        sessions.push((number.clone(), id));
        Some(number)
    }

    fn session(&self, number: &str) -> Option<Secret> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.iter().find(|(known, _)| known == number).map(|(_, id)| id.clone())
    }
}

impl Http {
    fn request(&self, method: Method, session: Option<&str>, headers: &Headers) -> Request {
        let mut request = self
            .settings
            .request(method, &self.settings.url)
            .header("accept", "application/json, text/event-stream");
        for (name, value) in headers {
            if let Ok(value) = value.to_str() {
                request = request.header(name, value);
            }
        }
        match session.and_then(|number| self.state.session(number)) {
            Some(id) => request.secret_header("mcp-session-id", &id),
            None => request,
        }
    }

    async fn post(
        &self,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        headers: &Headers,
    ) -> Result<StreamableHttpPostResponse, Refused> {
        let request = self.request(Method::POST, session.as_deref(), headers).json(&message);
        let response = self.settings.send(request).await.map_err(Refused::Client)?;
        let status = response.status();
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if status == StatusCode::NOT_FOUND && session.is_some() {
            return Err(Refused::SessionExpired);
        }
        if !status.is_success() {
            return refused(message, response).await.map_err(Refused::Client);
        }
        let number = self.state.number(&response);
        match response.media_type().as_deref() {
            Some("text/event-stream") => Ok(match listing(&message) {
                Some(id) => listed(self.events(response), id, number).await,
                None => StreamableHttpPostResponse::Sse(self.events(response), number),
            }),
            _ if !matches!(message, JsonRpcMessage::Request(_)) => {
                Ok(StreamableHttpPostResponse::Accepted)
            }
            Some("application/json") => {
                let bytes =
                    response.bytes_up_to(MAX_MESSAGE_BYTES).await.map_err(Refused::Client)?;
                let answer = read(&bytes).map_err(Refused::Client)?;
                Ok(StreamableHttpPostResponse::Json(answer, number))
            }
            _ => {
                let message = "the MCP server answered with neither JSON nor events";
                Err(Refused::Client(Error::invalid_response(message)))
            }
        }
    }

    /// The events of an answer, with their messages packed. What is no message keeps its id alone.
    fn events(&self, response: Response) -> Events {
        let state = Arc::clone(&self.state);
        let events = response.events().map(move |event| {
            let event = event.map_err(|error| SseError::Body(Box::new(error)))?;
            let message = serde_json::from_str(event.data()).ok().and_then(lossless::pack);
            if message.is_some() {
                state.n_barren.store(0, Ordering::Relaxed);
            }
            let pause = event.retry().map(|pause| pause.max(MIN_PAUSE).as_millis());
            Ok(Sse {
                event: event.event().map(str::to_owned),
                data: message.map(|message| message.to_string()),
                id: event.id().map(str::to_owned),
                retry: pause.and_then(|pause| u64::try_from(pause).ok()),
            })
        });
        events.boxed()
    }
}

impl StreamableHttpClient for Http {
    type Error = Error;

    async fn post_message(
        &self,
        _: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _: Option<String>,
        headers: Headers,
    ) -> Result<StreamableHttpPostResponse, Refused> {
        self.post(message, session, &headers).await
    }

    async fn delete_session(
        &self,
        _: Arc<str>,
        session: Arc<str>,
        _: Option<String>,
        headers: Headers,
    ) -> Result<(), Refused> {
        let request = self.request(Method::DELETE, Some(&session), &headers);
        // Servers may refuse it (405); the session then ends by itself.
        self.settings.send(request).await.map(|_| ()).map_err(Refused::Client)
    }

    async fn get_stream(
        &self,
        _: Arc<str>,
        session: Option<Arc<str>>,
        last_event: Option<String>,
        _: Option<String>,
        headers: Headers,
    ) -> Result<Events, Refused> {
        // This error is one that `rmcp` does not try again after.
        if self.state.n_barren.fetch_add(1, Ordering::Relaxed) >= MAX_BARREN {
            return Err(Refused::ServerDoesNotSupportSse);
        }
        let mut request = self.request(Method::GET, session.as_deref(), &headers);
        if let Some(id) = last_event {
            request = request.header("last-event-id", id);
        }
        let response = self.settings.send(request).await.map_err(Refused::Client)?;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            return Err(Refused::ServerDoesNotSupportSse);
        }
        let response = response.error_for_status(|_, _, _| None).await.map_err(Refused::Client)?;
        Ok(self.events(response))
    }
}
