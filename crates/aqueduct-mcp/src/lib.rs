//! Tools, resources and prompts of MCP servers (Model Context Protocol), as tools of Aqueduct.
//!
//! [`McpClient::connect`] speaks to one server over a [`Transport`]: [`Stdio`], [`StreamableHttp`], [`MockTransport`] or one of
//! your own. A connection has two tasks, one that reads and one that writes; they end with the last clone of the client and
//! the last tool made from it.

mod client;
mod error;
mod model;
mod tools;
mod transport;

pub use client::{ClientBuilder, McpClient};
pub use error::RpcError;
pub use model::{
    CallToolResult, Completion, GetPromptResult, InitializeResult, Prompt, Resource,
    ResourceTemplate, ToolDefinition,
};
pub use transport::{
    Connection, Incoming, MessageSender, MockTransport, Stdio, StreamableHttp, Transport,
};
