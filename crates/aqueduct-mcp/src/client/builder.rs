//! The settings of a connection.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::BoxFuture;
use aqueduct::{Error, Result};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::peer::{Handlers, Peer};
use super::{Inner, McpClient};
use crate::error::unreadable;
use crate::model::InitializeResult;
use crate::transport::Transport;

/// The version that the handshake asks for, and those that it accepts.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// A connection that is made when it is awaited.
#[must_use]
pub struct ClientBuilder {
    transport: Box<dyn Transport>,
    name: String,
    version: String,
    capabilities: Value,
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

    /// Sets what the program can do for the server, in the words of the protocol.
    pub fn capabilities(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
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

    /// Observes notifications, by method and parameters: `notifications/tools/list_changed`, … It must return at once.
    pub fn on_notification(
        mut self,
        handler: impl Fn(&str, &Value) + Send + Sync + 'static,
    ) -> Self {
        self.handlers.notification = Some(Arc::new(handler));
        self
    }

    async fn connect(mut self) -> Result<McpClient> {
        let limit = self.timeout;
        if let (Some(_), Value::Object(known)) =
            (&self.handlers.elicitation, &mut self.capabilities)
        {
            known.entry("elicitation").or_insert_with(|| json!({}));
        }
        let connection = timeout(limit, self.transport.open()).await.map_err(|_| late(limit))??;
        let peer = Peer::start(connection, self.handlers);
        let params = json!({
            "protocolVersion": VERSIONS[0],
            "capabilities": self.capabilities,
            "clientInfo": { "name": self.name, "version": self.version },
        });
        let answer = peer.request("initialize", Some(params), limit).await?;
        let server: InitializeResult =
            serde_json::from_value(answer).map_err(|error| unreadable("handshake", error))?;
        if !VERSIONS.contains(&server.protocol_version.as_str()) {
            let message = "the MCP server speaks a version of the protocol that is not supported";
            return Err(Error::invalid_response(message));
        }
        peer.notify("notifications/initialized").await?;
        let (name, max_retries) = (self.name, self.max_retries);
        Ok(McpClient { inner: Arc::new(Inner { peer, server, name, timeout: limit, max_retries }) })
    }
}

fn late(limit: Duration) -> Error {
    let message = format!("the MCP server could not be reached within {limit:?}");
    Error::new(aqueduct::ErrorKind::Timeout, message)
}

impl IntoFuture for ClientBuilder {
    type Output = Result<McpClient>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.connect())
    }
}
