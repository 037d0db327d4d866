//! Messages: what the caller gives, made into a prompt, and an answer, made into messages again.
//!
//! The messages themselves are those of the specification ([`Message`]). Here are the checks that they form a conversation
//! ([`Conversation`]), what a model is sent of it (`prompt`), the files that a model cannot fetch itself (`files`), the way
//! back (`response`), and what may be left out of a long one ([`prune_messages`]).

mod conversation;
mod files;
mod input;
mod prompt;
mod prune;
mod response;

pub use aqueduct_spec::FileData;
pub use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, FilePart, Message, SystemMessage, TextPart,
    ToolApprovalRequestPart, ToolApprovalResponsePart, ToolMessage, ToolPart, ToolResultOutput,
    ToolResultPart, UserMessage, UserPart,
};
pub use input::{Instructions, PromptInput};
pub use prune::{Prune, PruneFrom, prune_messages};

pub(crate) use conversation::{Conversation, refuse_system};
pub(crate) use files::Files;
pub(crate) use prompt::build_prompt;
pub(crate) use response::{denied_part, outcome_part, response_messages};
