//! The conversation as items.

mod assistant;
mod files;
mod foreign;
mod hosted_call;
mod reasoning;
mod tool_result;

use std::collections::{BTreeSet, HashMap, HashSet};

use aqueduct_spec::language::{Message, SystemMessage, ToolCallPart};
use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result, Warning};
use serde_json::Value;

use super::super::options::{SystemMessageMode, option, text_option};
use super::super::parallel::Groups;
use super::super::tool_names::ToolNames;
use super::wire::{self, Content, InputText, Item, ItemReference};

/// How a conversation is written.
#[derive(Debug)]
pub(super) struct InputRules<'a> {
    pub(super) names: &'a ToolNames,
    /// The key of options.
    pub(super) key: &'a str,
    pub(super) system: SystemMessageMode,
    pub(super) file_id_prefixes: &'a [String],
    pub(super) pass_through_unsupported_files: bool,
    /// Whether the host keeps items, so that they can be referred to.
    pub(super) store: bool,
    /// Whether the host has the conversation: items with ids are not sent again.
    pub(super) has_conversation: bool,
    /// Whether the host has the last answer: what was thought and called in it is not sent again.
    pub(super) has_previous_response: bool,
    pub(super) has_local_shell: bool,
    pub(super) has_shell: bool,
    pub(super) has_apply_patch: bool,
    pub(super) has_computer: bool,
    pub(super) custom_tools: &'a BTreeSet<String>,
    pub(super) output_schema_tools: &'a BTreeSet<String>,
}

/// Writes a conversation.
///
/// # Errors
/// `Unsupported` for content that the API has no place for.
pub(super) fn input(
    prompt: &[Message],
    rules: &InputRules<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Item>> {
    let groups = if rules.has_conversation || rules.has_previous_response {
        Groups::new(prompt, rules.key)
    } else {
        Groups::default()
    };
    let mut writer = Writer {
        rules,
        warnings,
        items: Vec::with_capacity(prompt.len()),
        groups,
        answered: HashSet::new(),
        calls_written: HashSet::new(),
        results_written: HashSet::new(),
        thoughts: HashMap::new(),
    };
    for message in prompt {
        match message {
            Message::System(message) => writer.system(message),
            Message::User(message) => writer.user(message)?,
            Message::Assistant(message) => writer.assistant(message)?,
            Message::Tool(message) => writer.tool(message)?,
            other => {
                return Err(Error::unsupported(format_args!("messages of role {}", other.tag())));
            }
        }
    }
    writer.drop_open_thoughts();
    Ok(writer.items)
}

/// A conversation, as far as it is written.
struct Writer<'a> {
    rules: &'a InputRules<'a>,
    warnings: &'a mut Vec<Warning>,
    items: Vec<Item>,
    groups: Groups<'a>,
    /// The host's questions that are answered.
    answered: HashSet<String>,
    /// The wrappers whose call is written, and those whose result is.
    calls_written: HashSet<String>,
    results_written: HashSet<String>,
    /// Where each item of thought of this message is; `None` if it is only referred to.
    thoughts: HashMap<String, Option<usize>>,
}

impl Writer<'_> {
    fn system(&mut self, message: &SystemMessage) {
        let role = match self.rules.system {
            SystemMessageMode::System => "system",
            SystemMessageMode::Developer => "developer",
            SystemMessageMode::Remove => {
                let warning = Warning::other("system messages are removed for this model");
                self.warnings.push(warning);
                return;
            }
        };
        let content = match self.breakpoint(message.provider_options.as_ref()) {
            None => Content::Text(message.content.clone()),
            breakpoint => Content::Parts(vec![input_text(&message.content, breakpoint).into()]),
        };
        self.items.push(wire::Message::new(role, content).into());
    }

    /// Where the prompt cache may begin anew.
    fn breakpoint(&self, options: Option<&ProviderOptions>) -> Option<Value> {
        option(options, self.rules.key, "promptCacheBreakpoint").cloned()
    }

    /// The id that the host gave the item of a part.
    fn item_id(&self, options: Option<&ProviderOptions>) -> Option<String> {
        text_option(options, self.rules.key, "itemId").map(str::to_owned)
    }

    /// A text of the host's about a call: in its options, or where it stood in the answer, if the caller has sent that back
    /// as it was.
    fn said<'a>(&self, part: &'a ToolCallPart, name: &str) -> Option<&'a str> {
        text_option(part.provider_options.as_ref(), self.rules.key, name)
            .or_else(|| part.rest.get("providerMetadata")?.get(self.rules.key)?.get(name)?.as_str())
    }

    fn refer(&mut self, id: impl Into<String>) {
        self.items.push(ItemReference::new(id).into());
    }

    fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning::other(message));
    }
}

fn input_text(text: &str, breakpoint: Option<Value>) -> InputText {
    InputText {
        text: text.to_owned(),
        prompt_cache_breakpoint: breakpoint,
        rest: JsonObject::new(),
    }
}

/// Reads a value that must be an object.
fn object<'a>(value: &'a Value, what: &str) -> Result<&'a JsonObject> {
    value
        .as_object()
        .ok_or_else(|| Error::invalid_prompt(format!("the {what} is not of the tool's shape")))
}
