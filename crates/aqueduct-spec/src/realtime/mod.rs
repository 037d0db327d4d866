//! Conversations by voice over an open connection: how a session is set up, and the events of both sides.
//!
//! The normalised JSON frames of a connection are exactly [`ClientEvent`] and [`ServerEvent`].

mod client_event;
mod model;
mod server_event;
mod session;

pub use client_event::*;
pub use model::{RealtimeModel, WebSocketConfig};
pub use server_event::*;
pub use session::*;
