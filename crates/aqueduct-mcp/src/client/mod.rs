//! The client of one server.

mod builder;
mod call;
mod input;
mod stateless;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::JsonObject;
use aqueduct::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub use builder::ClientBuilder;
pub use call::ToolCall;

use crate::error::unreadable;
use crate::model::{
    Completion, GetPromptResult, InitializeResult, Prompt, Resource, ResourceTemplate,
    ToolDefinition,
};
use crate::rpc::{Elicit, OnProgress, Session};
use crate::transport::Transport;

/// No list of a server has more pages than this.
const MAX_PAGES: usize = 100;

/// The client of one server. Clones share the connection.
#[derive(Clone)]
pub struct McpClient {
    inner: Arc<Inner>,
}

struct Inner {
    session: Arc<Session>,
    server: InitializeResult,
    name: String,
    elicit: Option<Arc<Elicit>>,
    timeout: Duration,
    max_retries: u32,
    /// Dropping it ends the subscription to notifications.
    _listening: Option<JoinSet<()>>,
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

    /// The whole answer of the handshake; its `protocol_version` is the one that is spoken.
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
    /// `InvalidRequest` if the server lacks the capability or refuses, with an [`RpcError`](crate::RpcError) as the source;
    /// `NotFound`, `Provider`, `Network`, `Timeout`, `InvalidResponse`; `Authentication` and `Forbidden` over HTTP.
    pub async fn list_tools(&self) -> Result<Vec<ToolDefinition>> {
        self.list("tools", "tools/list", "tools").await
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`]. A tool that failed is no error but a result with `is_error`.
    pub fn call_tool(&self, name: impl Into<String>, arguments: JsonObject) -> ToolCall {
        ToolCall::new(self.clone(), name.into(), arguments)
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

    /// Completes the argument of a prompt (`{"type": "ref/prompt", "name": …}`) or a resource
    /// (`{"type": "ref/resource", "uri": …}`). `known` are arguments that have their values already.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn complete(
        &self,
        reference: Value,
        name: &str,
        value: &str,
        known: JsonObject,
    ) -> Result<Completion> {
        let argument = json!({ "name": name, "value": value });
        let mut params = json!({ "ref": reference, "argument": argument });
        if let (false, Value::Object(params)) = (known.is_empty(), &mut params) {
            params.insert("context".to_owned(), json!({ "arguments": known }));
        }
        member(self.ask("completions", "completion/complete", params).await?, "completion")
    }

    /// Asks whether the server is there. Since 2026-07-28 there is no ping; the server is asked who it is instead.
    ///
    /// # Errors
    /// `Network` and `Timeout`.
    pub async fn ping(&self) -> Result<()> {
        let is_stateless = stateless::speaks(&self.inner.server);
        let method = if is_stateless { "server/discover" } else { "ping" };
        let (meta, limit) = (JsonObject::new(), self.inner.timeout);
        self.inner.session.request(method, json!({}), meta, None, limit).await.map(|_| ())
    }

    /// Sends any request, for what has no method here: `logging/setLevel`, `resources/subscribe`, extensions.
    ///
    /// # Errors
    /// Those of [`McpClient::list_tools`].
    pub async fn request(&self, method: &str, params: JsonObject) -> Result<Value> {
        let (meta, limit) = (JsonObject::new(), self.inner.timeout);
        self.inner.session.request(method, Value::Object(params), meta, None, limit).await
    }

    /// Ends the connection; calls under way fail. Dropping the last clone of the client does it too, without waiting.
    ///
    /// A child process is killed if it does not end with its input; a session over HTTP is deleted.
    ///
    /// # Errors
    /// `Timeout` if that takes longer than a request may.
    pub async fn close(&self) -> Result<()> {
        self.inner.session.close(self.inner.timeout).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        capability: &str,
        method: &str,
        params: Value,
    ) -> Result<T> {
        let (meta, limit) = (JsonObject::new(), self.inner.timeout);
        self.ask_for(capability, method, params, meta, None, limit).await
    }

    /// Asks, and asks again with the user's answers where the server wants them. Each round has the whole limit.
    async fn ask_for<T: DeserializeOwned>(
        &self,
        capability: &str,
        method: &str,
        params: Value,
        meta: JsonObject,
        progress: Option<OnProgress>,
        limit: Duration,
    ) -> Result<T> {
        if self.inner.server.capabilities.get(capability).is_none() {
            let message = format!("the MCP server does not support {capability}");
            return Err(Error::invalid_request(message));
        }
        let mut params = params;
        for _ in 0..=input::MAX_ROUNDS {
            let (given, meta, progress) = (params.clone(), meta.clone(), progress.clone());
            let result = self.inner.session.request(method, given, meta, progress, limit).await?;
            if !input::is_question(&result) {
                return serde_json::from_value(result).map_err(|error| unreadable("answer", error));
            }
            if let Value::Object(params) = &mut params {
                input::answer(result, params, self.inner.elicit.as_deref()).await?;
            }
        }
        let message = format!("the MCP server still asks after {} rounds", input::MAX_ROUNDS);
        Err(Error::invalid_response(message))
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
