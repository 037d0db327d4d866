//! Messages that come from outside, checked before anything is done with them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{DataUiPart, ToolUiPart, ToolUiState, UiMessage, UiMessagePart, UiRole};
use crate::tool::Tool;

type Check = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// What messages have to keep to, beyond their shape.
#[derive(Clone, Default)]
pub struct UiMessageChecks {
    metadata: Option<Check>,
    data: BTreeMap<String, Check>,
    tools: Option<Vec<Tool>>,
}

impl UiMessageChecks {
    /// The shape alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// The metadata of every message is a `T`.
    #[must_use]
    pub fn metadata<T: DeserializeOwned>(mut self) -> Self {
        self.metadata = Some(reads::<T>());
        self
    }

    /// The data of parts `data-<name>` is a `T`. Once one kind of data is named, others are refused.
    #[must_use]
    pub fn data<T: DeserializeOwned>(mut self, name: impl Into<String>) -> Self {
        self.data.insert(name.into(), reads::<T>());
        self
    }

    /// Inputs that wait to be run fit these tools, and there are no calls of others that wait.
    #[must_use]
    pub fn tools(mut self, tools: impl IntoIterator<Item = impl Into<Tool>>) -> Self {
        self.tools.get_or_insert_default().extend(tools.into_iter().map(Into::into));
        self
    }

    fn check(&self, messages: &[UiMessage]) -> Result<()> {
        for (number, message) in messages.iter().enumerate() {
            let at = format!("messages[{number}]");
            if message.role != UiRole::Assistant && message.parts.is_empty() {
                return Err(invalid(&format!("{at}.parts"), "a message must have a part"));
            }
            if let Some(check) = &self.metadata {
                let metadata = message.metadata.as_ref().unwrap_or(&Value::Null);
                check(metadata).map_err(|problem| invalid(&format!("{at}.metadata"), &problem))?;
            }
            for (number, part) in message.parts.iter().enumerate() {
                self.check_part(part, &format!("{at}.parts[{number}]"))?;
            }
        }
        Ok(())
    }

    fn check_part(&self, part: &UiMessagePart, at: &str) -> Result<()> {
        match part {
            UiMessagePart::Unknown(_) => Err(invalid(at, "a part of an unknown kind")),
            UiMessagePart::Data(part) => self.check_data(part, at),
            UiMessagePart::Tool(part) => {
                check_state(part).map_err(|problem| invalid(at, problem))?;
                self.check_tool(part, at)
            }
            _ => Ok(()),
        }
    }

    fn check_data(&self, part: &DataUiPart, at: &str) -> Result<()> {
        if self.data.is_empty() {
            return Ok(());
        }
        let name = part.tag.strip_prefix("data-").unwrap_or_default();
        let Some(check) = self.data.get(name) else {
            return Err(invalid(at, "data of a kind that nobody named"));
        };
        check(&part.data).map_err(|problem| invalid(&format!("{at}.data"), &problem))
    }

    /// What is over is not looked at again: a tool may be gone, and the input of a call that failed may be anything.
    fn check_tool(&self, part: &ToolUiPart, at: &str) -> Result<()> {
        let is_over = matches!(
            part.state,
            ToolUiState::OutputAvailable | ToolUiState::OutputError | ToolUiState::OutputDenied
        );
        let Some(tools) = self.tools.as_ref().filter(|_| !part.is_dynamic() && !is_over) else {
            return Ok(());
        };
        let Some(tool) = tools.iter().find(|tool| tool.name() == part.name()) else {
            return Err(invalid(at, "a call of a tool that there is none of"));
        };
        if part.state == ToolUiState::InputStreaming {
            return Ok(());
        }
        let input = part.input.as_ref().unwrap_or(&Value::Null);
        tool.check(input).map_err(|failure| invalid(&format!("{at}.input"), &failure.message))
    }
}

/// Which fields belong to which state.
fn check_state(part: &ToolUiPart) -> Result<(), &'static str> {
    use ToolUiState as State;
    let approval = part.approval.as_ref();
    if part.is_dynamic() && part.tool_name.is_none() {
        return Err("a dynamic tool without a name");
    }
    if part.output.is_some() != (part.state == State::OutputAvailable) {
        return Err("a result must be there in state output-available, and there alone");
    }
    let may_lack_input = matches!(part.state, State::InputStreaming | State::OutputError);
    if part.input.is_none() && !may_lack_input {
        return Err("a call without an input");
    }
    if part.error_text.is_some() != (part.state == State::OutputError) {
        return Err("an error text must be there in state output-error, and there alone");
    }
    let is_right = match part.state {
        State::InputStreaming | State::InputAvailable => approval.is_none(),
        State::ApprovalRequested => {
            approval.is_some_and(|asked| asked.approved.is_none() && asked.reason.is_none())
        }
        State::ApprovalResponded => approval.is_some_and(|asked| asked.approved.is_some()),
        State::OutputAvailable | State::OutputError => {
            approval.is_none_or(|asked| asked.approved == Some(true))
        }
        State::OutputDenied => approval.is_some_and(|asked| asked.approved == Some(false)),
    };
    if is_right { Ok(()) } else { Err("an approval that does not fit the state") }
}

/// Reads messages that come from outside and checks them.
///
/// Nothing that a page sends can be trusted, results of tools least of all: what was asked and answered under the server's eyes
/// is best taken from its own store, by the ids of the messages.
///
/// # Errors
/// `InvalidRequest` with the path of what is wrong.
///
/// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-ui/validate-ui-messages> (`validateUIMessages`, `safeValidateUIMessages`,
/// which are one in Rust, 2026-08).
pub fn validate_ui_messages(messages: Value, checks: &UiMessageChecks) -> Result<Vec<UiMessage>> {
    let messages: Vec<UiMessage> = serde_path_to_error::deserialize(messages).map_err(|error| {
        let path = error.path().to_string();
        let problem = aqueduct_spec::json::plain_problem(&error.into_inner().to_string());
        invalid(&format!("messages{path}"), &problem)
    })?;
    if messages.is_empty() {
        return Err(invalid("messages", "there must be one"));
    }
    checks.check(&messages)?;
    Ok(messages)
}

fn reads<T: DeserializeOwned>() -> Check {
    Arc::new(|value| {
        T::deserialize(value)
            .map(drop)
            .map_err(|error| aqueduct_spec::json::plain_problem(&error.to_string()))
    })
}

fn invalid(at: &str, problem: &str) -> Error {
    Error::invalid_request(format!("{at}: {problem}")).with_param(at)
}

impl fmt::Debug for UiMessageChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UiMessageChecks").field("tools", &self.tools).finish_non_exhaustive()
    }
}
