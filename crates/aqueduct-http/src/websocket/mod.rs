//! WebSockets: a request that becomes a connection open in both directions.
//!
//! ```text
//! Request ─ handshake (the one client: proxy, trust, limits) ─▶ 101 ─▶ WebSocket: send ⇄ messages
//! ```
//!
//! Deliberately absent: extensions such as compression, and connecting again.
//!
//! Source: RFC 6455.

mod handshake;
mod message;
mod options;
mod socket;

pub use message::{CloseFrame, WebSocketMessage};
pub use options::WebSocketOptions;
pub use socket::WebSocket;
