//! Messages for user interfaces: the stream protocol of `useChat` and its kin, and what keeps their messages.
//!
//! A [`UiMessage`] is what a user interface shows and stores; a [`UiMessageChunk`] is a piece of one on the wire.
//!
//! ```text
//! page ─ request ─► validate ─► convert ─► Message … stream_text ─► TextStream
//!   ▲                                                                  │ from_part
//!   └── response ◄─ resume ◄─ sse ◄─ track (on_end: store) ◄───────────┴── create (the program's own chunks)
//! ```

mod assemble;
mod chunk;
mod complete;
mod convert;
mod create;
mod from_part;
mod keep_alive;
mod message;
mod options;
mod read;
mod request;
mod response;
mod resume;
mod sse;
mod stream;
mod tool_part;
mod track;
mod validate;

pub use chunk::*;
pub use complete::{
    last_assistant_message_is_complete_with_approval_responses,
    last_assistant_message_is_complete_with_tool_calls,
};
pub use convert::{ModelMessageOptions, convert_to_model_messages};
pub use create::{UiMessageWriter, create_ui_message_stream};
pub use keep_alive::{KeepAlive, keep_alive};
pub use message::*;
pub use options::{UiMessageEnd, UiMessageOptions, UiStepEnd};
pub use read::{UiMessageReader, read_ui_message_stream};
pub use request::{ChatRequest, ChatTrigger, CompletionRequest};
pub use response::{ErrorResponse, StreamBody, resumed_response, ui_sse_response};
pub use resume::ResumableStreams;
pub use sse::{SSE_DONE, UiSseStream, ui_message_stream_headers};
pub use stream::UiMessageStream;
pub use tool_part::{ToolUiApproval, ToolUiPart, ToolUiState};
pub use validate::{UiMessageChecks, validate_ui_messages};
