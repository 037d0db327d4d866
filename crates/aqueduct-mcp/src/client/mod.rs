//! The client of one server.

mod builder;
mod peer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::JsonObject;
use aqueduct::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use builder::ClientBuilder;
use peer::Peer;

use crate::error::unreadable;
use crate::model::{
    CallToolResult, Completion, GetPromptResult, InitializeResult, Prompt, Resource,
    ResourceTemplate, ToolDefinition,
};
use crate::transport::Transport;

/// No list of a server has more pages than this.
const MAX_PAGES: usize = 100;

/// The client of one server. Clones share the connection.
#[derive(Clone)]
pub struct McpClient {
    inner: Arc<Inner>,
}

struct Inner {
    peer: Peer,
    server: InitializeResult,
    name: String,
    timeout: Duration,
    max_retries: u32,
}

impl fmt::Debug for McpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpClient").field("server", self.server_info()).finish_non_exhaustive()
    }
}

impl McpClient {
    /// Begins a connection, which is made when the builder is awaited.
    pub fn connect(transport: impl Transport) -> ClientBuilder {
        ClientBuilder::new(Box::new(transport))
    }

    /// The server's name and version.
    pub fn server_info(&self) -> &Value {
        &self.inner.server.server_info
    }

    /// The whole answer of the handshake.
    pub fn initialize_result(&self) -> &InitializeResult {
        &self.inner.server
    }

    /// How to use the server, for a model's instructions.
    pub fn instructions(&self) -> Option<&str> {
        self.inner.server.instructions.as_deref()
    }

    pub(crate) fn name(&self) -> &str {
        &self.inner.name
    }

    /// Lists all tools.
    ///
    /// # Errors
    /// `InvalidRequest` if the server lacks the capability or refuses; `Network`, `Timeout`, `InvalidResponse`.
    pub async fn list_tools(&self) -> Result<Vec<ToolDefinition>> {
        self.list("tools", "tools/list", "tools").await
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`]. A tool that failed is no error but a result with `is_error`.
    pub async fn call_tool(&self, name: &str, arguments: JsonObject) -> Result<CallToolResult> {
        let params = json!({ "name": name, "arguments": arguments });
        let mut n_retries = 0;
        loop {
            match self.ask("tools", "tools/call", params.clone()).await {
                Err(error) if n_retries < self.inner.max_retries && may_retry(&error) => {
                    tokio::time::sleep(Duration::from_secs(2) * 2_u32.saturating_pow(n_retries))
                        .await;
                    n_retries += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Lists all resources.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn list_resources(&self) -> Result<Vec<Resource>> {
        self.list("resources", "resources/list", "resources").await
    }

    /// Lists all patterns of resources.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn list_resource_templates(&self) -> Result<Vec<ResourceTemplate>> {
        self.list("resources", "resources/templates/list", "resourceTemplates").await
    }

    /// Reads a resource: its contents, each with `text` or with `blob` in base64.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn read_resource(&self, uri: &str) -> Result<Vec<Value>> {
        let answer = self.ask("resources", "resources/read", json!({ "uri": uri })).await?;
        member(answer, "contents")
    }

    /// Lists all prompts.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn list_prompts(&self) -> Result<Vec<Prompt>> {
        self.list("prompts", "prompts/list", "prompts").await
    }

    /// Fills a prompt.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn get_prompt(&self, name: &str, arguments: JsonObject) -> Result<GetPromptResult> {
        let params = json!({ "name": name, "arguments": arguments });
        self.ask("prompts", "prompts/get", params).await
    }

    /// Completes the argument of a prompt (`{"type": "ref/prompt", "name": …}`) or a resource (`{"type": "ref/resource", "uri": …}`).
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn complete(&self, reference: Value, name: &str, value: &str) -> Result<Completion> {
        let argument = json!({ "name": name, "value": value });
        let params = json!({ "ref": reference, "argument": argument });
        member(self.ask("completions", "completion/complete", params).await?, "completion")
    }

    /// Asks whether the server is there.
    ///
    /// # Errors
    /// `Network` and `Timeout`.
    pub async fn ping(&self) -> Result<()> {
        self.inner.peer.request("ping", None, self.inner.timeout).await.map(|_| ())
    }

    /// Ends the connection; calls under way fail.
    ///
    /// # Errors
    /// `Network` if the server could not be told.
    pub async fn close(&self) -> Result<()> {
        self.inner.peer.close(self.inner.timeout).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        capability: &str,
        method: &str,
        params: Value,
    ) -> Result<T> {
        if self.inner.server.capabilities.get(capability).is_none() {
            let message = format!("the MCP server does not support {capability}");
            return Err(Error::invalid_request(message));
        }
        let answer = self.inner.peer.request(method, Some(params), self.inner.timeout).await?;
        serde_json::from_value(answer).map_err(|error| unreadable("answer", error))
    }

    async fn list<T: DeserializeOwned>(
        &self,
        capability: &str,
        method: &str,
        key: &str,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut params = json!({});
        for _ in 0..MAX_PAGES {
            let page: Value = self.ask(capability, method, params).await?;
            let cursor = page.get("nextCursor").filter(|cursor| cursor.is_string()).cloned();
            all.extend(member::<Vec<T>>(page, key)?);
            let Some(cursor) = cursor else { return Ok(all) };
            params = json!({ "cursor": cursor });
        }
        Err(Error::invalid_response(format!("the MCP server's list has over {MAX_PAGES} pages")))
    }
}

fn member<T: DeserializeOwned>(mut answer: Value, key: &str) -> Result<T> {
    let value = answer.get_mut(key).map(Value::take).unwrap_or_default();
    serde_json::from_value(value).map_err(|error| unreadable(key, error))
}

/// What the server said is final; what the network did is not.
fn may_retry(error: &Error) -> bool {
    error.is_retryable()
}
