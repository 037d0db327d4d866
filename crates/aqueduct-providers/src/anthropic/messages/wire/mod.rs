//! The JSON of `POST /v1/messages`, written down once and read in both directions: providers encode requests and decode
//! answers, a gateway's ingress decodes requests and encodes answers.
//!
//! Fields that are not listed are kept in `rest`, and so are blocks, tools and events of kinds that are not. Source:
//! <https://platform.claude.com/docs/en/api/messages> (2026-11).

mod block;
mod event;
mod message;
mod request;
mod response;
mod tool;
mod usage;

pub use block::{
    Block, CompactionBlock, ContainerUploadBlock, Content, DocumentBlock, FallbackBlock,
    ImageBlock, McpToolResultBlock, McpToolUseBlock, RedactedThinkingBlock, ServerToolResultBlock,
    Source, TextBlock, ThinkingBlock, ToolChange, ToolChangeBlock, ToolReferenceBlock,
    ToolResultBlock, ToolUseBlock,
};
pub use event::{ApiError, Delta, Event, MessageStart, Text};
pub use message::Message;
pub use request::{
    McpServer, McpToolConfiguration, Metadata, OutputConfig, Request, TaskBudget, Thinking,
};
pub use response::{Container, ContainerSkill, Response, StopDetails};
pub use tool::{CustomTool, Tool, ToolChoice};
pub use usage::{Iteration, Usage};
