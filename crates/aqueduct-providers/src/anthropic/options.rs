//! What callers may say in `providerOptions.anthropic`.

use std::collections::BTreeMap;

use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Declares options: every field may be absent.
macro_rules! options {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }
    };
}

options! {
    /// Options of a call.
    ///
    /// Source: <https://platform.claude.com/docs/en/api/messages> (2026-11).
    AnthropicOptions {
        /// Whether earlier thoughts are sent along. Default: yes.
        send_reasoning: bool,
        /// How an answer is held to a JSON schema. Default: as the model can.
        structured_output_mode: StructuredOutputMode,
        /// Whether and how much to think.
        thinking: Thinking,
        /// Whether at most one tool may be called at once.
        disable_parallel_tool_use: bool,
        /// Caches the whole prompt.
        cache_control: CacheControl,
        /// Who asks.
        metadata: Metadata,
        /// MCP servers whose tools the model may call.
        mcp_servers: Vec<McpServer>,
        /// The container that code runs in.
        container: Container,
        /// Whether inputs of tools are streamed as they arise. Default: yes.
        tool_streaming: bool,
        /// How hard to try.
        effort: Effort,
        /// How many tokens the whole task may take; a hint.
        task_budget: TaskBudget,
        /// How fast to answer.
        speed: Speed,
        /// Where the model runs.
        inference_geo: InferenceGeo,
        /// The models that answer if this one refuses.
        fallbacks: Fallbacks,
        /// Beta features by their names in the header `anthropic-beta`.
        anthropic_beta: Vec<String>,
        /// What to drop from a conversation that grows too long.
        context_management: ContextManagement,
    }
}

impl AnthropicOptions {
    /// Wraps the options as those of a call.
    ///
    /// # Errors
    /// `Internal` if they cannot be written as JSON.
    pub fn into_options(self) -> Result<ProviderOptions> {
        match serde_json::to_value(self) {
            Ok(Value::Object(object)) => Ok(ProviderOptions::of("anthropic", object)),
            _ => Err(Error::internal("cannot write provider options as JSON")),
        }
    }
}

/// Declares a choice of words.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$word_meta:meta])* $word:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$word_meta])* #[serde(rename = $text)] $word, )+ }

        impl $name {
            /// The word in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$word => $text, )+ }
            }
        }
    };
}

words! {
    /// How an answer is held to a JSON schema.
    StructuredOutputMode {
        /// With the API's own field.
        OutputFormat = "outputFormat",
        /// With a tool that takes the answer.
        JsonTool = "jsonTool",
        /// With the API's own field if the model knows it.
        Auto = "auto",
    }
}
words! {
    /// How hard to try.
    Effort {
        /// Little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Much.
        High = "high",
        /// Very much.
        Xhigh = "xhigh",
        /// As much as possible.
        Max = "max",
    }
}
words! {
    /// How fast to answer.
    Speed {
        /// Faster, at a higher price.
        Fast = "fast",
        /// As usual.
        Standard = "standard",
    }
}
words! {
    /// Where the model runs.
    InferenceGeo {
        /// In the United States.
        Us = "us",
        /// Anywhere.
        Global = "global",
    }
}
words! {
    /// What of adaptive thinking is shown.
    ThinkingDisplay {
        /// Nothing.
        Omitted = "omitted",
        /// A summary.
        Summarized = "summarized",
    }
}

/// Whether and how much to think.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Thinking {
    /// As much as the model finds right.
    Adaptive {
        /// What of it is shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display: Option<ThinkingDisplay>,
    },
    /// Up to a number of tokens.
    Enabled {
        /// The tokens, at least 1024.
        #[serde(
            default,
            deserialize_with = "aqueduct_spec::json::lenient_count",
            skip_serializing_if = "Option::is_none"
        )]
        budget_tokens: Option<u64>,
    },
    /// Not at all.
    Disabled,
}

/// Where the cached part of a prompt ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum CacheControl {
    /// It is kept for a while.
    Ephemeral {
        /// How long: `5m` or `1h`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl: Option<String>,
    },
}

options! {
    /// Who asks.
    Metadata {
        /// A name for the end user that says nothing about them.
        user_id: String,
    }
}

/// An MCP server.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct McpServer {
    /// `url`.
    #[serde(rename = "type")]
    pub kind: UrlServer,
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
}

/// The token is a secret.
impl std::fmt::Debug for McpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("McpServer")
            .field("name", &self.name)
            .field("tool_configuration", &self.tool_configuration)
            .finish_non_exhaustive()
    }
}

words! {
    /// How an MCP server is reached.
    UrlServer {
        /// By its URL.
        Url = "url",
    }
}

options! {
    /// Which tools of an MCP server may be called.
    McpToolConfiguration {
        /// Whether any may.
        enabled: bool,
        /// These alone.
        allowed_tools: Vec<String>,
    }
}

options! {
    /// The container that code runs in.
    Container {
        /// One that is there already.
        id: String,
        /// The skills in it.
        skills: Vec<Skill>,
    }
}

/// A skill in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Skill {
    /// One of the vendor's.
    Anthropic {
        /// Its id: `pptx`, `xlsx`, …
        skill_id: String,
        /// Its version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// One that was uploaded.
    Custom {
        /// What each provider calls it.
        provider_reference: BTreeMap<String, String>,
        /// Its version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
}

/// How many tokens the whole task may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TaskBudget {
    /// Tokens.
    Tokens {
        /// All of them, at least 20,000.
        total: u64,
        /// Those that are left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remaining: Option<u64>,
    },
}

/// The models that answer if this one refuses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fallbacks {
    /// `default`: the vendor chooses.
    Named(DefaultFallbacks),
    /// These, each with the settings it needs, in the words of the API.
    Models(Vec<FallbackModel>),
}

words! {
    /// Who chooses the models.
    DefaultFallbacks {
        /// The vendor.
        Default = "default",
    }
}

/// A model that answers if others refuse. Its fields are sent as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FallbackModel {
    /// The model.
    pub model: String,
    /// The most tokens to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// Whether and how much to think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<JsonObject>,
    /// How hard to try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_config: Option<JsonObject>,
    /// How fast to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Speed>,
}

/// What to drop from a conversation that grows too long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContextManagement {
    /// The steps.
    pub edits: Vec<ContextEdit>,
}

/// A step that makes a conversation shorter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ContextEdit {
    /// Drops results of tools.
    #[serde(rename = "clear_tool_uses_20250919")]
    ClearToolUses {
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trigger: Option<Amount>,
        /// How many stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Amount>,
        /// How much must be won.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear_at_least: Option<Amount>,
        /// Whether inputs go too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear_tool_inputs: Option<bool>,
        /// Tools whose results stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exclude_tools: Option<Vec<String>>,
    },
    /// Drops thoughts.
    #[serde(rename = "clear_thinking_20251015")]
    ClearThinking {
        /// How many stay: `all`, or turns.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Value>,
    },
    /// Puts a summary in place of what was said.
    #[serde(rename = "compact_20260112")]
    Compact {
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trigger: Option<Amount>,
        /// Whether to stop after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause_after_compaction: Option<bool>,
        /// How to sum up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instructions: Option<String>,
    },
}

/// So many tokens, tool calls or turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// `input_tokens`, `tool_uses`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    pub value: serde_json::Number,
}

options! {
    /// Options of a file in a prompt.
    FileOptions {
        /// Whether it goes into the container rather than before the model.
        container_upload: bool,
        /// Whether it is cited.
        citations: Citations,
        /// The title, in place of the file's name.
        title: String,
        /// What to know about it; not cited.
        context: String,
    }
}

/// Whether a document is cited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citations {
    /// Whether it is.
    pub enabled: bool,
}

options! {
    /// Options of a system message.
    SystemOptions {
        /// Tools that come or go from here on; not in the first message.
        tool_changes: Vec<ToolChange>,
    }
}

/// A tool that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ToolChange {
    /// It comes.
    ToolAddition {
        /// The tool.
        tool_name: String,
    },
    /// It goes.
    ToolRemoval {
        /// The tool.
        tool_name: String,
    },
}

options! {
    /// Options of a thought.
    ReasoningOptions {
        /// Proves that the thought is the model's.
        signature: String,
        /// The thought, readable for the vendor alone.
        redacted_data: String,
    }
}
