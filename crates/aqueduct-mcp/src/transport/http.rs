//! Streamable HTTP: a POST a message, answered with JSON or with events.
//! Source: <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports> (2026-11-23).

use std::sync::{Arc, Mutex, PoisonError};

use aqueduct::spec::BoxFuture;
use aqueduct::{Client, Error, Result};
use aqueduct_http::{Request, Response, Secret, Timeouts};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Connection, Incoming, MAX_MESSAGE_BYTES, MessageSender, Transport};

/// How often a stream that broke off is taken up again.
const MAX_RESUMES: usize = 3;

/// Reaches a server over HTTP. Redirects are refused: credentials go to the host they are meant for and nowhere else.
#[derive(Debug, Clone)]
pub struct StreamableHttp {
    client: Client,
    url: String,
    headers: Vec<(String, Secret)>,
    token: Option<Secret>,
}

impl StreamableHttp {
    /// Names the server's endpoint.
    pub fn new(url: impl Into<String>) -> Self {
        Self { client: Client::new(), url: url.into(), headers: Vec::new(), token: None }
    }

    /// Uses another HTTP client.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends an access token with every request.
    #[must_use]
    pub fn bearer(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }
}

impl Transport for StreamableHttp {
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>> {
        let (incoming, mut arrived) = mpsc::channel(64);
        let endpoint = Arc::new(Endpoint { settings: *self, session: Mutex::default(), incoming });
        let messages = stream::poll_fn(move |cx| arrived.poll_recv(cx)).boxed();
        let sender = Sender { endpoint, exchanges: Mutex::default() };
        Box::pin(async move { Ok(Connection::new(sender, messages)) })
    }
}

#[derive(Default, Clone)]
struct Session {
    id: Option<Secret>,
    version: Option<String>,
}

struct Endpoint {
    settings: StreamableHttp,
    session: Mutex<Session>,
    incoming: mpsc::Sender<Incoming>,
}

struct Sender {
    endpoint: Arc<Endpoint>,
    /// Dropping the set ends what is under way.
    exchanges: Mutex<JoinSet<()>>,
}

impl Sender {
    fn spawn(&self, exchange: impl Future<Output = ()> + Send + 'static) {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        while exchanges.try_join_next().is_some() {}
        exchanges.spawn(exchange);
    }
}

impl MessageSender for Sender {
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>> {
        let endpoint = Arc::clone(&self.endpoint);
        Box::pin(async move {
            if message.get("method").is_some_and(|method| method == "notifications/initialized") {
                // Requests of their own may overtake one another, but none may come before this.
                endpoint.post(message).await;
                self.spawn(async move { endpoint.listen().await });
            } else {
                self.spawn(async move { endpoint.post(message).await });
            }
            Ok(())
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let has_session = self.endpoint.session().id.is_some();
            if has_session {
                // Servers may refuse it (405); the session then ends by itself.
                let _refused = self.endpoint.request(::http::Method::DELETE).send().await?;
            }
            Ok(())
        })
    }
}

impl Endpoint {
    fn session(&self) -> Session {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn request(&self, method: ::http::Method) -> Request {
        let settings = &self.settings;
        let mut request = settings
            .client
            .request(method, &settings.url)
            // Each call has its own limit, and a stream may be silent for long.
            .timeouts(Timeouts::default().with_idle(None::<std::time::Duration>))
            .header("accept", "application/json, text/event-stream");
        for (name, value) in &settings.headers {
            request = request.secret_header(name, value);
        }
        if let Some(token) = &settings.token {
            request = request.bearer(token);
        }
        let Session { id, version } = self.session();
        if let Some(id) = &id {
            request = request.secret_header("mcp-session-id", id);
        }
        if let Some(version) = version {
            request = request.header("mcp-protocol-version", version);
        }
        request
    }

    /// Sends a message and passes on what answers it.
    async fn post(&self, message: Value) {
        let id = message.get("method").and(message.get("id")).cloned();
        if let (Err(error), Some(id)) = (self.exchange(&message, id.as_ref()).await, id) {
            let _nobody_waits = self.incoming.send(Incoming::Failed(id, error)).await;
        }
    }

    async fn exchange(&self, message: &Value, id: Option<&Value>) -> Result<()> {
        let response = self.request(::http::Method::POST).json(message).send().await?;
        let response = response.error_for_status(|_, _, _| None).await?;
        if let Some(session) = response.headers().get("mcp-session-id") {
            let session = session.to_str().ok().map(Secret::from);
            self.session.lock().unwrap_or_else(PoisonError::into_inner).id = session;
        }
        match response.media_type().as_deref() {
            Some("text/event-stream") => self.follow(response, id).await,
            Some("application/json") if id.is_some() => {
                let bytes = response.bytes_up_to(MAX_MESSAGE_BYTES).await?;
                let answer = serde_json::from_slice(&bytes)
                    .map_err(|error| crate::error::unreadable("answer", error))?;
                self.pass_on(answer).await;
                Ok(())
            }
            _ if id.is_none() => Ok(()),
            _ => {
                Err(Error::invalid_response("the MCP server answered with neither JSON nor events"))
            }
        }
    }

    /// Reads events until the answer is there, and takes a stream that broke off up again where it was.
    async fn follow(&self, response: Response, id: Option<&Value>) -> Result<()> {
        let mut events = response.events();
        let mut last_id: Option<String> = None;
        for n_resumes in 0..=MAX_RESUMES {
            while let Some(Ok(event)) = events.next().await {
                if let Some(id) = event.id() {
                    last_id = Some(id.to_owned());
                }
                let Ok(message) = serde_json::from_str::<Value>(event.data()) else { continue };
                let is_answer = message.get("method").is_none() && message.get("id") == id;
                self.pass_on(message).await;
                if is_answer && id.is_some() {
                    return Ok(());
                }
            }
            let (Some(last_id), true) = (&last_id, n_resumes < MAX_RESUMES) else { break };
            let request = self.request(::http::Method::GET).header("last-event-id", last_id);
            events = request.send().await?.error_for_status(|_, _, _| None).await?.events();
        }
        Err(Error::new(
            aqueduct::ErrorKind::Network,
            "the MCP server's stream ended before its answer",
        ))
    }

    /// Listens for what the server says unasked. Servers need not offer it (405).
    async fn listen(&self) {
        let Ok(response) = self.request(::http::Method::GET).send().await else { return };
        if let Ok(response) = response.error_for_status(|_, _, _| None).await {
            let _ended = self.follow(response, None).await;
        }
    }

    async fn pass_on(&self, message: Value) {
        if let Some(version) = message.pointer("/result/protocolVersion").and_then(Value::as_str) {
            let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            session.version.get_or_insert_with(|| version.to_owned());
        }
        let _nobody_waits = self.incoming.send(Incoming::Message(message)).await;
    }
}
