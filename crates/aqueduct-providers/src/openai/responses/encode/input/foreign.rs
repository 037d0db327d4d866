//! What another provider's tools left in the conversation.

use aqueduct_spec::ProviderOptions;

/// How ids of calls begin that Anthropic's own tools and MCP servers got; its answers give their results no metadata that
/// would tell whose they are.
const OTHER_IDS: &[&str] = &["srvtoolu_", "mcptoolu_"];

/// Whether a tool was run by another provider: an item of that name does not exist here, and to refer to it is an error.
pub(super) fn is_foreign(tool_call_id: &str, options: Option<&ProviderOptions>, key: &str) -> bool {
    let is_others = options.is_some_and(|options| {
        let mut keys = options.iter().map(|(key, _)| key).peekable();
        keys.peek().is_some() && !keys.any(|given| given == key || given == "openai")
    });
    is_others || OTHER_IDS.iter().any(|start| tool_call_id.starts_with(start))
}
