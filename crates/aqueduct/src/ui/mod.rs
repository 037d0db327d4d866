//! Messages for user interfaces: the stream protocol of `useChat` and its kin, and what keeps their messages.
//!
//! A [`UiMessage`] is what a user interface shows and stores; a [`UiMessageChunk`] is a piece of one on the wire.

mod chunk;
mod message;
mod sse;
mod tool_part;

pub use chunk::*;
pub use message::*;
pub use sse::{SSE_DONE, UiSseStream, ui_message_stream_headers};
pub use tool_part::{ToolUiApproval, ToolUiPart, ToolUiState};
