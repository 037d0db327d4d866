//! What the model said: text, thoughts, calls of tools, and results of tools that the vendor ran.

use std::collections::BTreeSet;

use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, ReasoningPart, TextPart, ToolCallPart,
};
use aqueduct_spec::{JsonObject, ProviderOptions, Result};
use serde_json::{Value, json};

use super::notes::Notes;
use super::prompt::Surroundings;
use super::server_result;
use crate::anthropic::messages::wire::{self, Block};
use crate::anthropic::options::ReasoningOptions;

/// The tools that the vendor runs, by its names.
const SERVER_TOOLS: &[&str] = &[
    "code_execution",
    "web_fetch",
    "web_search",
    "tool_search_tool_regex",
    "tool_search_tool_bm25",
];

/// How the ids of calls begin that the vendor's own tools got.
const OWN_CALL: &str = "srvtoolu_";

pub(super) fn encode(
    messages: &[&AssistantMessage],
    is_last_turn: bool,
    around: Surroundings<'_>,
    notes: &mut Notes,
) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut mcp_calls = BTreeSet::new();
    let foreign = foreign_calls(messages, around, notes);
    for (position, message) in messages.iter().enumerate() {
        let is_last_message = position + 1 == messages.len();
        for (index, part) in message.content.iter().enumerate() {
            let is_last_part = index + 1 == message.content.len();
            let mut mark = notes.cache.take(options(part));
            if mark.is_none() && is_last_part {
                mark = notes.cache.take(message.provider_options.as_ref());
            }
            match part {
                AssistantPart::ToolCall(part) if foreign.contains(part.tool_call_id.as_str()) => {}
                AssistantPart::ToolResult(part) if foreign.contains(part.tool_call_id.as_str()) => {
                }
                AssistantPart::Text(part) => {
                    let ends_prompt = is_last_turn && is_last_message && is_last_part;
                    blocks.push(text(part, ends_prompt, mark));
                }
                AssistantPart::Reasoning(part) => {
                    blocks.extend(reasoning(part, around.send_reasoning, notes)?);
                }
                AssistantPart::ToolCall(part) if part.provider_executed == Some(true) => {
                    if is_mcp(part.provider_options.as_ref()) {
                        mcp_calls.insert(part.tool_call_id.as_str());
                    }
                    blocks.extend(server_call(part, around, mark, notes));
                }
                AssistantPart::ToolCall(part) => blocks.push(call(part, mark)),
                AssistantPart::ToolResult(part) => {
                    let is_mcp = mcp_calls.contains(part.tool_call_id.as_str());
                    let result = if is_mcp {
                        server_result::mcp(part, mark, notes)
                    } else {
                        server_result::encode(part, around.names, mark, notes)?
                    };
                    blocks.extend(result);
                }
                other => blocks.extend(kept(other, notes)),
            }
        }
    }
    Ok(tool_calls_last(blocks))
}

/// The calls whose results are not in this API's shape, as those of another provider's tool of the same name are not. A call
/// cannot be sent without its result, so neither is.
fn foreign_calls<'a>(
    messages: &[&'a AssistantMessage],
    around: Surroundings<'_>,
    notes: &mut Notes,
) -> BTreeSet<&'a str> {
    let mut foreign = BTreeSet::new();
    for part in messages.iter().flat_map(|message| &message.content) {
        let AssistantPart::ToolResult(part) = part else { continue };
        // What comes up in this trial is said when the result is written.
        let trial = server_result::encode(part, around.names, None, &mut Notes::default());
        let is_other = part.provider_options.as_ref().is_some_and(|options| {
            options.iter().next().is_some() && options.get("anthropic").is_none()
        });
        if let Err(error) = trial
            && (is_other || !part.tool_call_id.starts_with(OWN_CALL))
        {
            notes.warn(format!("provider executed tool {}: {error}", part.tool_name));
            foreign.insert(part.tool_call_id.as_str());
        }
    }
    foreign
}

fn options(part: &AssistantPart) -> Option<&ProviderOptions> {
    match part {
        AssistantPart::Text(part) => part.provider_options.as_ref(),
        AssistantPart::File(part) => part.provider_options.as_ref(),
        AssistantPart::Custom(part) => part.provider_options.as_ref(),
        AssistantPart::Reasoning(part) => part.provider_options.as_ref(),
        AssistantPart::ReasoningFile(part) => part.provider_options.as_ref(),
        AssistantPart::ToolCall(part) => part.provider_options.as_ref(),
        AssistantPart::ToolResult(part) => part.provider_options.as_ref(),
        _ => None,
    }
}

fn own(options: Option<&ProviderOptions>) -> Option<&JsonObject> {
    options?.get("anthropic")
}

fn text(part: &TextPart, ends_prompt: bool, mark: Option<Value>) -> Block {
    let options = own(part.provider_options.as_ref());
    let get = |name| options?.get(name).filter(|value: &&Value| !value.is_null());
    if get("type").and_then(Value::as_str) == Some("compaction") {
        let mut block = wire::CompactionBlock::new();
        block.content = Some(part.text.clone());
        block.cache_control = mark;
        return Block::Compaction(block);
    }
    // An answer that the model is to go on with must not end in white space.
    let said = if ends_prompt { part.text.trim() } else { part.text.as_str() };
    let mut block = wire::TextBlock::new(said);
    block.citations = get("citations").and_then(Value::as_array).cloned();
    block.cache_control = mark;
    Block::Text(block)
}

fn reasoning(part: &ReasoningPart, send: bool, notes: &mut Notes) -> Result<Option<Block>> {
    if !send {
        notes.warn("sending reasoning content is disabled for this model");
        return Ok(None);
    }
    let options = part.provider_options.as_ref();
    let typed: Option<ReasoningOptions> =
        options.map(|options| options.typed("anthropic")).transpose()?.flatten();
    let ReasoningOptions { signature, redacted_data } = typed.unwrap_or_default();
    Ok(match (signature, redacted_data) {
        (Some(signature), _) => {
            notes.cache.refuse(options, "thinking block");
            let mut block = wire::ThinkingBlock::new(part.text.as_str());
            block.signature = Some(signature);
            Some(Block::Thinking(block))
        }
        (None, Some(data)) => {
            notes.cache.refuse(options, "redacted thinking block");
            Some(Block::RedactedThinking(wire::RedactedThinkingBlock::new(data)))
        }
        // The API takes no thoughts but its own.
        (None, None) => {
            notes.warn("unsupported reasoning metadata");
            None
        }
    })
}

fn call(part: &ToolCallPart, mark: Option<Value>) -> Block {
    let mut block = wire::ToolUseBlock::new(part.tool_call_id.as_str(), part.tool_name.as_str());
    // The API wants an object, also where the model wrote none.
    block.input = Some(match &part.input {
        Value::Object(_) => part.input.clone(),
        other => json!({ "rawInvalidInput": other }),
    });
    block.caller = caller(part.provider_options.as_ref());
    block.cache_control = mark;
    Block::ToolUse(block)
}

fn is_mcp(options: Option<&ProviderOptions>) -> bool {
    own(options).and_then(|own| own.get("type")).and_then(Value::as_str) == Some("mcp-tool-use")
}

fn server_call(
    part: &ToolCallPart,
    around: Surroundings<'_>,
    mark: Option<Value>,
    notes: &mut Notes,
) -> Option<Block> {
    let options = part.provider_options.as_ref();
    if is_mcp(options) {
        let server = own(options).and_then(|own| own.get("serverName")).and_then(Value::as_str);
        let Some(server) = server else {
            notes.warn("mcp tool use server name is required and must be a string");
            return None;
        };
        let mut block =
            wire::McpToolUseBlock::new(part.tool_call_id.as_str(), part.tool_name.as_str(), server);
        block.input = Some(part.input.clone());
        block.cache_control = mark;
        return Some(Block::McpToolUse(block));
    }
    let name = around.names.vendor(&part.tool_name);
    let (name, input) = match name {
        "code_execution" => code_call(&part.input),
        "advisor" => (name.to_owned(), json!({})),
        name if SERVER_TOOLS.contains(&name) => (name.to_owned(), part.input.clone()),
        _ => {
            notes.warn(format!(
                "provider executed tool call for tool {} is not supported",
                part.tool_name
            ));
            return None;
        }
    };
    let mut block = wire::ToolUseBlock::new(part.tool_call_id.as_str(), name);
    block.input = Some(input);
    block.caller = caller(options);
    block.cache_control = mark;
    Some(Block::ServerToolUse(block))
}

/// The tool is several at the API, told apart by a `type` that only we know.
fn code_call(input: &Value) -> (String, Value) {
    let kind = input.get("type").and_then(Value::as_str);
    let without_type = || {
        let mut input = input.clone();
        if let Some(input) = input.as_object_mut() {
            input.shift_remove("type");
        }
        input
    };
    match kind {
        Some(kind @ ("bash_code_execution" | "text_editor_code_execution")) => {
            (kind.to_owned(), without_type())
        }
        Some("programmatic-tool-call") => ("code_execution".to_owned(), without_type()),
        _ => ("code_execution".to_owned(), input.clone()),
    }
}

/// Which code called the tool, as the API says it.
pub(super) fn caller(options: Option<&ProviderOptions>) -> Option<Value> {
    let caller = own(options)?.get("caller")?;
    let kind = caller.get("type")?.as_str()?;
    let tool_id = caller.get("toolId").and_then(Value::as_str).filter(|id| !id.is_empty());
    match (kind, tool_id) {
        ("direct", _) => Some(json!({ "type": kind })),
        (_, Some(tool_id)) => Some(json!({ "type": kind, "tool_id": tool_id })),
        (_, None) => None,
    }
}

/// Blocks of kinds that this version does not know go back as they came.
fn kept(part: &AssistantPart, notes: &mut Notes) -> Option<Block> {
    let block = own(options(part)).and_then(|own| own.get("block")).and_then(Value::as_object);
    if let (AssistantPart::Custom(_), Some(block)) = (part, block) {
        return Some(Block::Other(block.clone()));
    }
    notes.warn(format!("unsupported assistant content part type: {}", part.tag()));
    None
}

/// Calls that wait for results stand at the end, because the results follow. Thoughts keep their places.
fn tool_calls_last(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    let mut calls = Vec::new();
    for block in blocks {
        match block {
            Block::ToolUse(_) => calls.push(block),
            Block::Thinking(_) | Block::RedactedThinking(_) => {
                out.append(&mut calls);
                out.push(block);
            }
            other => out.push(other),
        }
    }
    out.append(&mut calls);
    out
}
