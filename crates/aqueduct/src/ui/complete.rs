//! Whether a conversation can go on without its user.

use super::{ToolUiPart, ToolUiState, UiMessage, UiMessagePart, UiRole};

/// Whether the last message is the model's and all tool calls of its last step that the provider does not run have a result, so
/// that the conversation can be sent again. Without such calls it is not.
///
/// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-tool-usage> (2026-08).
pub fn last_assistant_message_is_complete_with_tool_calls(messages: &[UiMessage]) -> bool {
    let mut calls = last_calls(messages).filter(|call| !call.is_provider_executed()).peekable();
    calls.peek().is_some() && calls.all(has_outcome)
}

/// Whether the last message is the model's, somebody has said whether a tool of its last step may run, and no other call of that
/// step waits, so that the conversation can be sent again.
///
/// Source: <https://ai-sdk.dev/docs/ai-sdk-ui/chatbot-tool-usage> (2026-08).
pub fn last_assistant_message_is_complete_with_approval_responses(messages: &[UiMessage]) -> bool {
    let is_answered = |call: &ToolUiPart| call.state == ToolUiState::ApprovalResponded;
    last_calls(messages).any(is_answered)
        && last_calls(messages).all(|call| has_outcome(call) || is_answered(call))
}

fn last_calls(messages: &[UiMessage]) -> impl Iterator<Item = &ToolUiPart> {
    let last = messages.last().filter(|message| message.role == UiRole::Assistant);
    let parts = last.map(UiMessage::last_step).unwrap_or_default();
    parts.iter().filter_map(UiMessagePart::as_tool)
}

fn has_outcome(call: &ToolUiPart) -> bool {
    matches!(call.state, ToolUiState::OutputAvailable | ToolUiState::OutputError)
}
