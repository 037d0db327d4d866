//! Messages: what the caller gives, made into a prompt, and an answer, made into messages again.
//!
//! The messages themselves are those of the specification ([`Message`]). Here are the checks that they form a conversation
//! ([`Conversation`]), what a model is sent of it (`prompt`), the files that a model cannot fetch itself (`files`), and the
//! way back (`response`).

mod conversation;
mod files;
mod input;
mod prompt;
mod response;

pub use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, SystemMessage, TextPart,
    ToolApprovalRequestPart, ToolApprovalResponsePart, ToolMessage, ToolPart, ToolResultOutput,
    ToolResultPart, UserMessage, UserPart,
};
pub use input::{Instructions, PromptInput};

pub(crate) use conversation::Conversation;
pub(crate) use files::Files;
pub(crate) use prompt::build_prompt;
pub(crate) use response::{denied_part, outcome_part, response_messages};
