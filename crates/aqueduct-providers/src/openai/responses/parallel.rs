//! Calls in a wrapper: models sometimes call a function `parallel` of their own, whose arguments are calls of several
//! functions. To the caller these are calls like any other; to the host, which may keep the wrapper, they are one again.

use std::collections::HashMap;

use aqueduct_spec::language::{Message, ToolCall, ToolPart, ToolResultPart};
use aqueduct_spec::{JsonObject, ProviderMetadata, ProviderOptions};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::options::option;

const WRAPPER: &str = "parallel";
const FUNCTION_PREFIX: &str = "functions.";

/// The option and metadata that tell which wrapper a call was in.
const KEY: &str = "parallelToolCall";

/// More calls in one wrapper are not a model's doing.
const MAX_CALLS: usize = 4096;

/// Which wrapper a call was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wrapped {
    item_id: String,
    pub(super) tool_call_id: String,
    pub(super) tool_name: String,
    pub(super) input: String,
    index: usize,
    count: usize,
}

impl Wrapped {
    /// Reads which wrapper a part belongs to.
    pub(super) fn of(options: Option<&ProviderOptions>, key: &str) -> Option<Self> {
        let wrapped = Self::deserialize(option(options, key, KEY)?).ok()?;
        (wrapped.index < wrapped.count && wrapped.count <= MAX_CALLS).then_some(wrapped)
    }

    fn is_same_wrapper(&self, other: &Self) -> bool {
        let with_index = Self { index: self.index, ..other.clone() };
        *self == with_index
    }
}

/// Whether a call is a wrapper: one that the caller has not declared.
pub(super) fn is_wrapper(name: &str, functions: &[String]) -> bool {
    name == WRAPPER && !functions.iter().any(|function| function == WRAPPER)
}

/// Takes a wrapper apart; `None` unless everything in it is a call of a declared function.
pub(super) fn unwrap_calls(
    call_id: &str,
    name: &str,
    arguments: &str,
    functions: &[String],
    key: &str,
    item_id: Option<&str>,
) -> Option<Vec<ToolCall>> {
    if !is_wrapper(name, functions) {
        return None;
    }
    let arguments_value: Value = serde_json::from_str(arguments).ok()?;
    let uses = arguments_value.get("tool_uses")?.as_array().filter(|uses| !uses.is_empty())?;
    let call = |(index, used): (usize, &Value)| {
        let function = used.get("recipient_name")?.as_str()?.strip_prefix(FUNCTION_PREFIX)?;
        let parameters = used.get("parameters").filter(|value| value.is_object())?;
        if !functions.iter().any(|known| known == function) {
            return None;
        }
        let wrapped = Wrapped {
            item_id: item_id.unwrap_or_default().to_owned(),
            tool_call_id: call_id.to_owned(),
            tool_name: name.to_owned(),
            input: arguments.to_owned(),
            index,
            count: uses.len(),
        };
        let mut call =
            ToolCall::new(format!("{call_id}_{index}"), function, parameters.to_string());
        let object = JsonObject::from_iter([(KEY.to_owned(), serde_json::to_value(wrapped).ok()?)]);
        call.provider_metadata = Some(ProviderMetadata::of(key, object));
        Some(call)
    };
    uses.iter().enumerate().map(call).collect()
}

/// The wrappers of a conversation all of whose results are there.
#[derive(Debug, Default)]
pub(super) struct Groups<'a>(HashMap<String, Group<'a>>);

/// A wrapper, and its results in order.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) wrapper: Wrapped,
    pub(super) results: Vec<&'a ToolResultPart>,
}

impl<'a> Groups<'a> {
    /// Finds them.
    pub(super) fn new(prompt: &'a [Message], key: &str) -> Self {
        let mut found: HashMap<String, (Wrapped, Vec<Option<&'a ToolResultPart>>, bool)> =
            HashMap::new();
        for (wrapped, part) in results(prompt, key) {
            let (first, results, is_valid) = found
                .entry(wrapped.tool_call_id.clone())
                .or_insert_with(|| (wrapped.clone(), vec![None; wrapped.count], true));
            match results.get_mut(wrapped.index) {
                Some(place @ None) if first.is_same_wrapper(&wrapped) => *place = Some(part),
                _ => *is_valid = false,
            }
        }
        let complete = found.into_iter().filter_map(|(id, (wrapper, results, is_valid))| {
            let results = results.into_iter().collect::<Option<Vec<_>>>()?;
            is_valid.then_some((id, Group { wrapper, results }))
        });
        Self(complete.collect())
    }

    /// The group that a part belongs to.
    pub(super) fn of(&self, options: Option<&ProviderOptions>, key: &str) -> Option<&Group<'a>> {
        let wrapped = Wrapped::of(options, key)?;
        self.0.get(&wrapped.tool_call_id).filter(|group| group.wrapper.is_same_wrapper(&wrapped))
    }
}

fn results<'a>(
    prompt: &'a [Message],
    key: &str,
) -> impl Iterator<Item = (Wrapped, &'a ToolResultPart)> {
    let parts = prompt.iter().flat_map(|message| match message {
        Message::Tool(message) => message.content.as_slice(),
        _ => &[],
    });
    parts.filter_map(move |part| match part {
        ToolPart::ToolResult(part) => {
            Some((Wrapped::of(part.provider_options.as_ref(), key)?, part))
        }
        _ => None,
    })
}
