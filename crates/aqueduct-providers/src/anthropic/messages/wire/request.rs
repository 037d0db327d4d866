//! The request.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Content, Message, Tool, ToolChoice};
use crate::number;

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// The model. Some hosts name it in the URL instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The most tokens to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// How much chance there is in the choice of tokens, 0 to 1.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The number of most likely tokens to choose from.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<f64>,
    /// The share of probability to choose from.
    #[serde(default, with = "number", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Texts at which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    /// Whether and how much to think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// How hard to try, and the form of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_config: Option<OutputConfig>,
    /// `fast` or `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
    /// Where the model runs: `us` or `global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference_geo: Option<String>,
    /// The models that answer if this one refuses: `default`, or a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallbacks: Option<Value>,
    /// Caches the whole prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<Value>,
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// MCP servers whose tools the model may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcp_servers: Option<Vec<McpServer>>,
    /// The container: its id, or an object with skills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Value>,
    /// Instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Content>,
    /// The conversation.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// What to drop from a conversation that grows too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_management: Option<Value>,
    /// The tools that may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Which of them must be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Whether to answer in events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// Declares an object of a request: the fields that are always there, then those that may be absent.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$required_meta])* pub $required: $required_type, )*
            $(
                $(#[$optional_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*
            /// Everything else.
            #[serde(flatten)]
            pub rest: JsonObject,
        }
    };
}

object! {
    /// Whether and how much to think.
    Thinking {
        /// `enabled`, `adaptive` or `disabled`.
        #[serde(rename = "type")]
        kind: String,
    } {
        /// The most tokens to think.
        budget_tokens: u64,
        /// `summarized` or `omitted`.
        display: String,
    }
}
object! {
    /// How hard to try, and the form of the answer.
    OutputConfig {} {
        /// `low`, `medium`, `high`, `xhigh` or `max`.
        effort: String,
        /// How many tokens the whole task may take.
        task_budget: TaskBudget,
        /// The form: `{"type": "json_schema", "schema": …}`.
        format: Value,
    }
}
object! {
    /// How many tokens the whole task may take.
    TaskBudget {
        /// `tokens`.
        #[serde(rename = "type")]
        kind: String,
        /// All of them.
        total: u64,
    } {
        /// Those that are left.
        remaining: u64,
    }
}
object! {
    /// Who asks.
    Metadata {} {
        /// A name for the end user that says nothing about them.
        user_id: String,
    }
}
/// An MCP server.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpServer {
    /// `url`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The token to sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_token: Option<String>,
    /// Which of its tools may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_configuration: Option<McpToolConfiguration>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// The token is a secret, and so may be the URL.
impl std::fmt::Debug for McpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("McpServer").field("name", &self.name).finish_non_exhaustive()
    }
}

object! {
    /// Which tools of an MCP server may be called.
    McpToolConfiguration {} {
        /// These alone.
        allowed_tools: Vec<String>,
        /// Whether any may.
        enabled: bool,
    }
}
