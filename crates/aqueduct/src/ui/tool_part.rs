//! A tool call as a user interface keeps it.

use aqueduct_spec::json::{present, shape};
use aqueduct_spec::language::InputEncoding;
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a tool call is waiting for, or what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolUiState {
    /// The model still writes the input.
    InputStreaming,
    /// The input is whole; the tool may run.
    InputAvailable,
    /// Somebody is asked whether the tool may run.
    ApprovalRequested,
    /// Somebody has said whether the tool may run.
    ApprovalResponded,
    /// The tool has given a result.
    OutputAvailable,
    /// The tool has failed, or could not be called.
    OutputError,
    /// The tool was not allowed to run.
    OutputDenied,
}

shape! {
    /// A tool call as a user interface keeps it.
    ToolUiPart {
        /// `tool-<name>`, or `dynamic-tool` if the tool was not known when the program was written.
        #[serde(rename = "type")]
        tag: String,
        /// The id of the call.
        tool_call_id: String,
        /// How far it is.
        state: ToolUiState,
    } {
        /// The name of a dynamic tool.
        tool_name: String,
        /// What to call the tool before a person.
        title: String,
        /// What the program noted about the tool.
        tool_metadata: JsonObject,
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// The input, as far as it is there.
        #[serde(deserialize_with = "present")]
        input: Value,
        /// What the model wrote, if that is no input.
        #[serde(deserialize_with = "present")]
        raw_input: Value,
        /// What the raw input is while it is written; JSON if it does not say.
        input_encoding: InputEncoding,
        /// What the tool gave.
        #[serde(deserialize_with = "present")]
        output: Value,
        /// What went wrong, in words for the user.
        error_text: String,
        /// Whether another result will replace this one.
        preliminary: bool,
        /// What else the provider said about the call.
        call_provider_metadata: ProviderMetadata,
        /// What else the provider said about the result.
        result_provider_metadata: ProviderMetadata,
        /// The question whether the tool may run, and its answer.
        approval: ToolUiApproval,
    }
}

shape! {
    /// The question whether a tool may run, and its answer.
    ToolUiApproval {
        /// The id of the question.
        id: String,
    } {
        /// What the program that asks wants shown with the question.
        #[serde(deserialize_with = "present")]
        descriptor: Value,
        /// The input before the tool's schema changed it.
        #[serde(deserialize_with = "present")]
        input_schema_input: Value,
        /// Why leave is needed, for who is asked.
        request_reason: String,
        /// The answer, once there is one.
        approved: bool,
        /// Why it was given or refused.
        reason: String,
        /// Whether a rule has answered, so that nobody needs to be asked.
        is_automatic: bool,
        /// What proves that the question was asked by the server.
        signature: String,
    }
}

impl ToolUiPart {
    /// A call of a tool that the program knows.
    pub fn known(name: &str, tool_call_id: impl Into<String>, state: ToolUiState) -> Self {
        Self::new(format!("{KNOWN}{name}"), tool_call_id, state)
    }

    /// A call of a tool that was not known when the program was written.
    pub fn dynamic(
        name: impl Into<String>,
        tool_call_id: impl Into<String>,
        state: ToolUiState,
    ) -> Self {
        let mut part = Self::new(DYNAMIC, tool_call_id, state);
        part.tool_name = Some(name.into());
        part
    }

    /// The tool.
    pub fn name(&self) -> &str {
        match self.tag.strip_prefix(KNOWN) {
            Some(name) => name,
            None => self.tool_name.as_deref().unwrap_or_default(),
        }
    }

    pub(super) fn rename(&mut self, name: &str) {
        match self.is_dynamic() {
            true => self.tool_name = Some(name.to_owned()),
            false => self.tag = format!("{KNOWN}{name}"),
        }
    }

    /// Whether the tool was not known when the program was written.
    pub fn is_dynamic(&self) -> bool {
        self.tag == DYNAMIC
    }

    /// Whether the provider runs the tool.
    pub fn is_provider_executed(&self) -> bool {
        self.provider_executed == Some(true)
    }

    /// What somebody said about leave to run the tool, if they were asked and have answered.
    pub fn approved(&self) -> Option<bool> {
        self.approval.as_ref().and_then(|approval| approval.approved)
    }
}

const KNOWN: &str = "tool-";
const DYNAMIC: &str = "dynamic-tool";
