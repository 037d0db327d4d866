//! A call of a tool.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use aqueduct::Result;
use aqueduct::spec::{BoxFuture, JsonObject};
use serde_json::json;

use super::McpClient;
use crate::model::{CallToolResult, Progress};
use crate::rpc::OnProgress;

/// A call of a tool, which is made when it is awaited. Dropping its future tells the server that nobody waits any more.
#[must_use]
pub struct ToolCall {
    client: McpClient,
    name: String,
    arguments: JsonObject,
    meta: JsonObject,
    timeout: Duration,
    progress: Option<OnProgress>,
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ToolCall {
    pub(super) fn new(client: McpClient, name: String, arguments: JsonObject) -> Self {
        let timeout = client.inner.timeout;
        Self { client, name, arguments, meta: JsonObject::new(), timeout, progress: None }
    }

    /// Sets how long this call may take. Default: that of the connection.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Adds members to the `_meta` of the request.
    pub fn meta(mut self, meta: JsonObject) -> Self {
        self.meta = meta;
        self
    }

    /// Observes how far the server is. It must return at once.
    pub fn on_progress(mut self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(OnProgress(Arc::new(observer)));
        self
    }

    async fn call(self) -> Result<CallToolResult> {
        let params = json!({ "name": self.name, "arguments": self.arguments });
        let mut n_retries = 0;
        loop {
            let asked = self.client.ask_for(
                "tools",
                "tools/call",
                params.clone(),
                self.meta.clone(),
                self.progress.clone(),
                self.timeout,
            );
            match asked.await {
                // What the server said is final; what the network did is not.
                Err(error) if n_retries < self.client.inner.max_retries && error.is_retryable() => {
                    let pause = Duration::from_secs(2) * 2_u32.saturating_pow(n_retries);
                    tokio::time::sleep(pause).await;
                    n_retries += 1;
                }
                answer => return answer,
            }
        }
    }
}

impl IntoFuture for ToolCall {
    type Output = Result<CallToolResult>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.call())
    }
}
