//! A message of the conversation.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};

use super::{Block, Content};

/// A message of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// `user`, `assistant`, or `system` in the middle of a conversation.
    pub role: String,
    /// What is said.
    pub content: Content,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl Message {
    /// Creates a message.
    pub fn new(role: impl Into<String>, content: Vec<Block>) -> Self {
        Self { role: role.into(), content: Content::Blocks(content), rest: JsonObject::new() }
    }
}
