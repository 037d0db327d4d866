//! A tool call as the program sees it, and what came of it.

use aqueduct_spec::language::ToolResultOutput;
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ToolFailure;

/// A tool call of the model's.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The id of the call.
    pub tool_call_id: String,
    /// The tool.
    pub tool_name: String,
    /// The input. Of a call that is not JSON, the text as the model wrote it.
    pub input: Value,
    /// Whether the provider runs the tool.
    pub provider_executed: bool,
    /// Whether the tool was not known when the program was written.
    pub dynamic: bool,
    /// What to call the tool before a person.
    pub title: Option<String>,
    /// What the program noted about the tool ([`Tool::metadata`](super::Tool::metadata)).
    pub tool_metadata: Option<JsonObject>,
    /// What else the provider said about the call, such as a signature.
    pub provider_metadata: Option<ProviderMetadata>,
    /// Why the call cannot be run, if it is invalid.
    pub failure: Option<ToolFailure>,
}

impl ToolCall {
    /// Whether the call cannot be run.
    pub fn is_invalid(&self) -> bool {
        self.failure.is_some()
    }

    /// Reads the input as a type.
    ///
    /// # Errors
    /// `InvalidRequest`, naming the field, if it has another shape.
    pub fn input_as<T: DeserializeOwned>(&self) -> Result<T> {
        serde_path_to_error::deserialize(&self.input).map_err(|error| {
            let name = &self.tool_name;
            Error::invalid_request(format!("cannot read the input of tool '{name}': {error}"))
        })
    }
}

/// The result of a tool.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolResult {
    /// The call it belongs to.
    pub tool_call_id: String,
    /// The tool.
    pub tool_name: String,
    /// The input of the call.
    pub input: Value,
    /// What the tool gave.
    pub output: Value,
    /// The result as the model sees it.
    pub model_output: ToolResultOutput,
    /// Whether the provider ran the tool.
    pub provider_executed: bool,
    /// Whether another result will replace this one.
    pub preliminary: bool,
    /// Whether the tool was not known when the program was written.
    pub dynamic: bool,
    /// What to call the tool before a person.
    pub title: Option<String>,
    /// What the program noted about the tool ([`Tool::metadata`](super::Tool::metadata)).
    pub tool_metadata: Option<JsonObject>,
    /// What else the provider said about the result.
    pub provider_metadata: Option<ProviderMetadata>,
}

impl ToolResult {
    pub(crate) fn new(
        call: &ToolCall,
        output: Value,
        model_output: ToolResultOutput,
        preliminary: bool,
    ) -> Self {
        Self {
            tool_call_id: call.tool_call_id.clone(),
            tool_name: call.tool_name.clone(),
            input: call.input.clone(),
            output,
            model_output,
            provider_executed: call.provider_executed,
            preliminary,
            dynamic: call.dynamic,
            title: call.title.clone(),
            tool_metadata: call.tool_metadata.clone(),
            provider_metadata: call.provider_metadata.clone(),
        }
    }
}

/// A tool call that gave no result.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolError {
    /// The call it belongs to.
    pub tool_call_id: String,
    /// The tool.
    pub tool_name: String,
    /// The input of the call.
    pub input: Value,
    /// What went wrong.
    pub failure: ToolFailure,
    /// The failure as the model sees it.
    pub model_output: ToolResultOutput,
    /// Whether the provider ran the tool.
    pub provider_executed: bool,
    /// Whether the tool was not known when the program was written.
    pub dynamic: bool,
    /// What to call the tool before a person.
    pub title: Option<String>,
    /// What the program noted about the tool ([`Tool::metadata`](super::Tool::metadata)).
    pub tool_metadata: Option<JsonObject>,
    /// What else the provider said about the failure.
    pub provider_metadata: Option<ProviderMetadata>,
}

/// What came of a tool call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ToolOutcome {
    /// A result.
    Result(ToolResult),
    /// None, and why.
    Error(ToolError),
}

impl ToolOutcome {
    /// The call it belongs to.
    pub fn tool_call_id(&self) -> &str {
        match self {
            Self::Result(result) => &result.tool_call_id,
            Self::Error(error) => &error.tool_call_id,
        }
    }

    /// What came of running `call` here.
    pub(crate) fn new(
        call: &ToolCall,
        result: Result<(Value, ToolResultOutput), ToolFailure>,
    ) -> Self {
        match result {
            Ok((output, model_output)) => {
                Self::Result(ToolResult::new(call, output, model_output, false))
            }
            Err(failure) => Self::Error(ToolError {
                tool_call_id: call.tool_call_id.clone(),
                tool_name: call.tool_name.clone(),
                input: call.input.clone(),
                model_output: ToolResultOutput::error(failure.message.clone()),
                failure,
                provider_executed: call.provider_executed,
                dynamic: call.dynamic,
                title: call.title.clone(),
                tool_metadata: call.tool_metadata.clone(),
                provider_metadata: call.provider_metadata.clone(),
            }),
        }
    }
}
