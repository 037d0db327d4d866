//! What a tool gets to know beside its input.

use std::sync::Arc;

use aqueduct_spec::language::Message;

/// The surroundings of one execution of a tool. Dropping the request drops the tool's future: that is how it is cancelled.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ToolContext {
    /// The id of the call.
    pub tool_call_id: String,
    /// The messages that led to the call, without the message that holds it.
    pub messages: Arc<[Message]>,
}

impl ToolContext {
    /// Creates a context, for tests of a tool.
    pub fn new(
        tool_call_id: impl Into<String>,
        messages: impl IntoIterator<Item = Message>,
    ) -> Self {
        Self { tool_call_id: tool_call_id.into(), messages: messages.into_iter().collect() }
    }
}
