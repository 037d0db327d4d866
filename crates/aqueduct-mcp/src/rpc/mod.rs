//! Between our client and `rmcp`, which does the JSON-RPC: messages as they are, and one transport for all ways to a server.
//!
//! ```text
//! McpClient ── Session ── rmcp's service ── Link ──┬── Connection (stdio, SSE, mock, one's own)
//!                                                  └── rmcp's worker for streamable HTTP ── Http
//! ```
//!
//! The types of `rmcp` end in this folder, in `transport/streamable.rs` and in `oauth/`.

mod handler;
mod link;
pub(crate) mod lossless;
mod session;

pub(crate) use handler::{Elicit, Handlers, Notified};
pub(crate) use link::{Link, OnProgress, Way};
pub(crate) use session::{Opening, Session};
