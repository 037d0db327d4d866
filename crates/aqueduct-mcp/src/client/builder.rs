//! The settings of a connection.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::BoxFuture;
use aqueduct::{Error, ErrorKind, Result};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::stateless::listen;
use super::{Inner, McpClient};
use crate::rpc::{Handlers, Link, Opening, Session};
use crate::transport::Transport;

/// A connection that is made when it is awaited.
#[must_use]
pub struct ClientBuilder {
    transport: Box<dyn Transport>,
    name: String,
    version: String,
    capabilities: Value,
    discovery: Option<bool>,
    timeout: Duration,
    max_retries: u32,
    handlers: Handlers,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            name: "aqueduct-mcp".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            capabilities: json!({}),
            discovery: None,
            timeout: Duration::from_secs(60),
            max_retries: 0,
            handlers: Handlers::default(),
        }
    }

    /// Sets the name that the server is told. Default: `aqueduct-mcp`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the version that the server is told.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Sets what the program can do for the server, in the words of the protocol: `elicitation`, `experimental`, `extensions`,
    /// `roots`, `sampling`. See [`mcp_app_capabilities`](crate::mcp_app_capabilities) for what shows MCP Apps.
    pub fn capabilities(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Sets whether the server is asked for version 2026-07-28 (`server/discover`) before the older handshake (`initialize`).
    /// Default: over streamable HTTP, where every server answers; other servers of older versions may leave it without an
    /// answer, and are asked the older way after 10 s.
    pub fn protocol_discovery(mut self, asked: bool) -> Self {
        self.discovery = Some(asked);
        self
    }

    /// Sets how long the handshake and each request may take. Default: 60 s.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how often a tool is called again after a fault of the network. Default: 0, because a tool may have run already.
    pub fn max_retries(mut self, n_retries: u32) -> Self {
        self.max_retries = n_retries;
        self
    }

    /// Answers the server's questions to the user: given its parameters, returns `{"action": "accept", "content": …}`,
    /// `decline` or `cancel`. The capability `elicitation` is announced by it.
    ///
    /// Up to 16 questions are answered at a time. The future is dropped when the server takes its question back. The limit
    /// of a call under way goes on while the user thinks, except with servers of 2026-07-28.
    pub fn on_elicitation_request<F>(
        mut self,
        handler: impl Fn(Value) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Value>> + Send + 'static,
    {
        self.handlers.elicitation = Some(Arc::new(move |params| Box::pin(handler(params))));
        self
    }

    /// Observes notifications, by method and parameters and in their order: `notifications/message` (the server's log),
    /// `notifications/tools/list_changed`, `notifications/progress`, … It must return at once.
    pub fn on_notification(
        mut self,
        handler: impl Fn(&str, &Value) + Send + Sync + 'static,
    ) -> Self {
        self.handlers.notification = Some(Arc::new(handler));
        self
    }

    async fn connect(self) -> Result<McpClient> {
        let limit = self.timeout;
        timeout(limit, self.open()).await.unwrap_or_else(|_| {
            let message = format!("the MCP server could not be reached within {limit:?}");
            Err(Error::new(ErrorKind::Timeout, message))
        })
    }

    async fn open(mut self) -> Result<McpClient> {
        if let (Some(_), Value::Object(known)) =
            (&self.handlers.elicitation, &mut self.capabilities)
        {
            known.entry("elicitation").or_insert_with(|| json!({}));
        }
        let connection = self.transport.open().await?;
        let discover = self.discovery.unwrap_or(connection.is_http());
        let hears = self.handlers.notification.is_some();
        let link = Link::new(connection.way, self.handlers.notification);
        let opening = Opening {
            name: self.name.clone(),
            version: self.version,
            capabilities: self.capabilities,
            elicit: self.handlers.elicitation.clone(),
            discover,
        };
        let (session, server) = Session::open(link, opening).await?;
        let session = Arc::new(session);
        let listening = hears.then(|| listen(&session, &server)).flatten();
        let inner = Inner {
            session,
            server,
            name: self.name,
            elicit: self.handlers.elicitation,
            timeout: self.timeout,
            max_retries: self.max_retries,
            _listening: listening,
        };
        Ok(McpClient { inner: Arc::new(inner) })
    }
}

impl IntoFuture for ClientBuilder {
    type Output = Result<McpClient>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connect())
    }
}
