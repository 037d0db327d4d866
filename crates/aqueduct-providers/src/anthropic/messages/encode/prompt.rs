//! The prompt: neighbours of one side become one message, because the sides must take turns.

use aqueduct_spec::language::{
    AssistantMessage, Message, Prompt, SystemMessage, ToolMessage, UserMessage,
};
use aqueduct_spec::{Error, Result};

use super::notes::Notes;
use super::{assistant, tool_result, user};
use crate::anthropic::messages::tool_names::ToolNames;
use crate::anthropic::messages::wire::{self, Block, Content};
use crate::anthropic::options::{SystemOptions, ToolChange};

/// Instructions and conversation as the API takes them.
#[derive(Debug, Default)]
pub(super) struct EncodedPrompt {
    pub(super) system: Option<Content>,
    pub(super) messages: Vec<wire::Message>,
}

/// What the encoding of a prompt has to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) names: &'a ToolNames,
    /// Whether earlier thoughts are sent along.
    pub(super) send_reasoning: bool,
}

/// Neighbours of one side.
enum Turn<'a> {
    System(Vec<&'a SystemMessage>),
    User(Vec<UserSide<'a>>),
    Assistant(Vec<&'a AssistantMessage>),
}

/// Results of tools are told by the user.
enum UserSide<'a> {
    User(&'a UserMessage),
    Tool(&'a ToolMessage),
}

pub(super) fn encode(
    prompt: &Prompt,
    around: Surroundings<'_>,
    notes: &mut Notes,
) -> Result<EncodedPrompt> {
    let turns = turns(prompt)?;
    let mut out = EncodedPrompt::default();
    let last = turns.len().saturating_sub(1);
    for (index, turn) in turns.iter().enumerate() {
        match turn {
            Turn::System(messages) => {
                system(messages, index == 0, around, &mut out, notes)?;
            }
            Turn::User(messages) => {
                let mut blocks = Vec::new();
                for message in messages {
                    match message {
                        UserSide::User(message) => user::encode(message, &mut blocks, notes)?,
                        UserSide::Tool(message) => {
                            tool_result::encode(message, &mut blocks, notes)?;
                        }
                    }
                }
                out.messages.push(wire::Message::new("user", blocks));
            }
            Turn::Assistant(messages) => {
                let blocks = assistant::encode(messages, index == last, around, notes)?;
                out.messages.push(wire::Message::new("assistant", blocks));
            }
        }
    }
    Ok(out)
}

fn turns(prompt: &Prompt) -> Result<Vec<Turn<'_>>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for message in prompt {
        match (message, turns.last_mut()) {
            (Message::System(message), Some(Turn::System(turn))) => turn.push(message),
            (Message::System(message), _) => turns.push(Turn::System(vec![message])),
            (Message::Assistant(message), Some(Turn::Assistant(turn))) => turn.push(message),
            (Message::Assistant(message), _) => turns.push(Turn::Assistant(vec![message])),
            (Message::User(message), Some(Turn::User(turn))) => turn.push(UserSide::User(message)),
            (Message::User(message), _) => turns.push(Turn::User(vec![UserSide::User(message)])),
            (Message::Tool(message), Some(Turn::User(turn))) => turn.push(UserSide::Tool(message)),
            (Message::Tool(message), _) => turns.push(Turn::User(vec![UserSide::Tool(message)])),
            (other, _) => {
                return Err(Error::unsupported(format_args!("message role: {}", other.tag())));
            }
        }
    }
    Ok(turns)
}

/// The first instructions stand before the conversation; later ones stand in it, as far as there are first ones.
fn system(
    messages: &[&SystemMessage],
    is_first: bool,
    around: Surroundings<'_>,
    out: &mut EncodedPrompt,
    notes: &mut Notes,
) -> Result<()> {
    let mut blocks = Vec::new();
    let mut changes = 0;
    for message in messages {
        let options = message.provider_options.as_ref();
        let typed: Option<SystemOptions> =
            options.map(|options| options.typed("anthropic")).transpose()?.flatten();
        let tool_changes = typed.and_then(|typed| typed.tool_changes).unwrap_or_default();
        // A message that only brings tools has no text of its own.
        if !message.content.is_empty() || tool_changes.is_empty() {
            let mut text = wire::TextBlock::new(message.content.as_str());
            text.cache_control = notes.cache.take(options);
            blocks.push(Block::Text(text));
        }
        changes += tool_changes.len();
        blocks.extend(tool_changes.iter().map(|change| tool_change(change, around.names)));
    }
    if is_first || (out.system.is_none() && changes == 0) {
        if changes > 0 {
            notes.warn(
                "tool changes on the initial system message are not supported by Anthropic. Configure the initial tool set via the tools option instead. The tool changes have been ignored.",
            );
        }
        blocks.retain(|block| matches!(block, Block::Text(_)));
        out.system = Some(Content::Blocks(blocks));
        return Ok(());
    }
    out.messages.push(wire::Message::new("system", blocks));
    notes.betas.add("mid-conversation-system-2026-04-07");
    if changes > 0 {
        notes.betas.add("mid-conversation-tool-changes-2026-07-01");
    }
    Ok(())
}

fn tool_change(change: &ToolChange, names: &ToolNames) -> Block {
    let block = |name: &str| wire::ToolChangeBlock::new(wire::ToolChange::new(names.vendor(name)));
    match change {
        ToolChange::ToolAddition { tool_name } => Block::ToolAddition(block(tool_name)),
        ToolChange::ToolRemoval { tool_name } => Block::ToolRemoval(block(tool_name)),
    }
}
