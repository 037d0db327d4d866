//! The request.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Message;
use crate::number;

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model.
    pub model: String,
    /// A stable name of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether several tools may be called at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// The most tokens to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// The same, reasoning included; the newer name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u64>,
    /// How much chance there is in the choice of tokens.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of probability to choose from.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// How much to avoid what was often said.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// How much to avoid what was already said.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// The form of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// Texts at which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// The start of the random numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// How much to think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
    /// How many words to make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<String>,
    /// The conversation.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// The tools that may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Which of them must be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Whether to answer in chunks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// What else the chunks shall carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl Request {
    /// Creates a request with nothing but a model.
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), ..Self::default() }
    }
}

/// Texts at which to stop: one, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Stop {
    /// One text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// What else the chunks shall carry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// Whether the last chunk says what the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_usage: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl StreamOptions {
    /// Asks for usage in the last chunk.
    pub fn with_usage() -> Self {
        Self { include_usage: Some(true), rest: JsonObject::new() }
    }
}

/// The form of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Free text.
    Text,
    /// JSON of any shape.
    JsonObject,
    /// JSON that fits a schema.
    JsonSchema(JsonSchemaFormat),
    /// A kind that is not listed.
    #[serde(untagged)]
    Other(JsonObject),
}

/// JSON that fits a schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonSchemaFormat {
    /// The schema.
    pub json_schema: JsonSchema,
}

impl JsonSchemaFormat {
    /// Wraps a schema.
    pub fn new(json_schema: JsonSchema) -> Self {
        Self { json_schema }
    }
}

/// A schema with its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JsonSchema {
    /// The JSON schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Whether the answer must fit exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// What to call it.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// A tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tool {
    /// A function of the caller's.
    Function(FunctionTool),
    /// A tool of the host's own.
    #[serde(untagged)]
    Other(JsonObject),
}

/// A function of the caller's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionTool {
    /// The function.
    pub function: Function,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl FunctionTool {
    /// Wraps a function.
    pub fn new(function: Function) -> Self {
        Self { function, rest: JsonObject::new() }
    }
}

/// What a function is called and takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// The name.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON schema of its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// Whether arguments must fit exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// Which tools must be called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ToolChoice {
    /// `auto`, `none` or `required`.
    Mode(String),
    /// This function.
    Function(FunctionChoice),
    /// Something that is not listed.
    Other(JsonObject),
}

/// The function that must be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionChoice {
    /// `function`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which.
    pub function: FunctionName,
}

/// The name of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionName {
    /// The name.
    pub name: String,
}

impl FunctionChoice {
    /// Demands a call of this function.
    pub fn new(name: impl Into<String>) -> Self {
        Self { kind: "function".to_owned(), function: FunctionName { name: name.into() } }
    }
}
