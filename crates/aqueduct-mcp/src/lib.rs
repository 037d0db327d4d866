//! Tools, resources and prompts of MCP servers (Model Context Protocol), as tools of Aqueduct.
//!
//! [`McpClient::connect`] speaks to one server over a [`Transport`]: [`Stdio`], [`StreamableHttp`] (and the older HTTP with
//! server-sent events, [`StreamableHttp::legacy_sse`]), [`MockTransport`] or one of your own. It speaks 2026-07-28, 2025-11-25,
//! 2025-06-18, 2025-03-26 and 2024-11-05.
//!
//! A server that runs as a child process, and a model that uses its tools:
//!
//! ```no_run
//! use aqueduct::{generate_text, step_count_is};
//! use aqueduct_mcp::{McpClient, Stdio};
//!
//! # async fn example() -> aqueduct::Result<()> {
//! let server = Stdio::new("npx").args(["-y", "@modelcontextprotocol/server-everything", "stdio"]);
//! let client = McpClient::connect(server).await?;
//! let answer = generate_text("openai/gpt-5")
//!     .prompt("How much is 2 + 40? Use the tool.")
//!     .tools(client.tools().await?)
//!     .stop_when(step_count_is(3))
//!     .await?;
//! println!("{}", answer.text());
//! client.close().await
//! # }
//! ```
//!
//! One over HTTP, a call with progress, and what the server says by itself:
//!
//! ```no_run
//! use std::time::Duration;
//! use aqueduct_mcp::{McpClient, StreamableHttp};
//! use serde_json::json;
//!
//! # async fn example(token: &str) -> aqueduct::Result<()> {
//! let server = StreamableHttp::new("https://mcp.example.com/mcp").bearer(token);
//! let client = McpClient::connect(server)
//!     .on_notification(|method, params| eprintln!("{method}: {params}"))
//!     .await?;
//! let arguments = json!({ "year": 2026 }).as_object().cloned().unwrap_or_default();
//! let report = client
//!     .call_tool("report", arguments)
//!     .timeout(Duration::from_secs(600))
//!     .on_progress(|progress| eprintln!("{} of {:?}", progress.progress, progress.total))
//!     .await?;
//! # let _ = report;
//! # Ok(())
//! # }
//! ```
//!
//! Servers that want to know the user: [`OAuth`].
//!
//! A program's own tests need no server:
//!
//! ```
//! use aqueduct_mcp::{McpClient, MockTransport};
//! use serde_json::{Value, json};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let server = MockTransport::new(|message: &Value| {
//!     let result = match message["method"].as_str() {
//!         Some("initialize") => json!({
//!             "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
//!             "serverInfo": { "name": "mine", "version": "1" },
//!         }),
//!         Some("tools/list") => json!({ "tools": [{ "name": "a", "inputSchema": { "type": "object" } }] }),
//!         _ => return vec![],
//!     };
//!     vec![json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })]
//! });
//! let client = McpClient::connect(server).await?;
//! assert_eq!(client.list_tools().await?[0].name, "a");
//! # Ok::<(), aqueduct::Error>(())
//! # }).unwrap();
//! ```
//!
//! Underneath is the official SDK, `rmcp`: JSON-RPC, handshakes, sessions, OAuth. None of its types is in this interface, and
//! what it does not know of a server's messages survives. Connections run in its tasks, which end with the last clone of the
//! client and the last tool made from it. It writes into `tracing` under the target `rmcp`: from `debug` on also what servers
//! ask the user and what the user answers, but no credentials.

mod apps;
mod client;
mod error;
mod model;
mod oauth;
mod rpc;
mod tools;
mod transport;

pub use aqueduct_http::Secret;

pub use apps::{
    MCP_APP_EXTENSION, MCP_APP_MIME_TYPE, McpAppResource, McpAppTools, mcp_app_capabilities,
    split_mcp_app_tools,
};
pub use client::{ClientBuilder, McpClient, ToolCall};
pub use error::{RpcError, Unauthorized};
pub use model::{
    CallToolResult, Completion, GetPromptResult, InitializeResult, Progress, Prompt, Resource,
    ResourceTemplate, ToolDefinition,
};
pub use oauth::{MemoryStore, OAuth, OAuthBuilder, OAuthStore};
pub use transport::{Connection, MessageSender, MockTransport, Stdio, StreamableHttp, Transport};
