//! The request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shape::{objects, union};
use super::{Item, Tool};

objects! {
    /// The body of a request.
    Request {
        /// The model.
        model: String,
        /// The conversation.
        input: Input,
    } {
        /// How much chance there is in the choice of tokens.
        #[serde(with = "crate::number")]
        temperature: f64,
        /// The share of probability to choose from.
        #[serde(with = "crate::number")]
        top_p: f64,
        /// The most tokens to write, reasoning included.
        max_output_tokens: u64,
        /// The form of the answer.
        text: TextSettings,
        /// The conversation, kept by the host, that this belongs to.
        conversation: Value,
        /// The most calls of the host's own tools.
        max_tool_calls: u64,
        /// Whatever the caller wants to find again.
        metadata: Value,
        /// Whether several tools may be called at once.
        parallel_tool_calls: bool,
        /// The answer, kept by the host, to go on from.
        previous_response_id: String,
        /// Whether the host keeps the answer; it does by itself.
        store: bool,
        /// A stable name of the end user.
        user: String,
        /// Instructions over all messages.
        instructions: Value,
        /// How the call is paid for: `auto`, `default`, `flex`, `priority`.
        service_tier: String,
        /// What else the answer shall carry.
        include: Vec<String>,
        /// What similar calls have in common, for the prompt cache.
        prompt_cache_key: String,
        /// How the prompt cache is used.
        prompt_cache_options: Value,
        /// How long the prompt cache keeps: `in_memory`, `24h`.
        prompt_cache_retention: String,
        /// A stable name of the end user, hashed, for the host's police.
        safety_identifier: String,
        /// How many likely tokens to tell at each place.
        top_logprobs: u64,
        /// What to do with too long a conversation: `auto`, `disabled`.
        truncation: String,
        /// When the host makes a long conversation short.
        context_management: Vec<CompactionRule>,
        /// How to think.
        reasoning: ReasoningSettings,
        /// The tools that may be called.
        tools: Vec<Tool>,
        /// Which of them must be called: a word or an object.
        tool_choice: Value,
        /// Whether to answer in events.
        stream: bool,
    }
    /// The form of the answer.
    TextSettings {} {
        /// Text or JSON.
        format: Format,
        /// How many words to make: `low`, `medium`, `high`.
        verbosity: String,
    }
    /// When the host makes a long conversation short.
    CompactionRule {
        /// `compaction`.
        #[serde(rename = "type")]
        kind: String,
    } {
        /// From how many tokens on.
        #[serde(with = "crate::number")]
        compact_threshold: f64,
    }
    /// How to think.
    ReasoningSettings {} {
        /// How much.
        effort: String,
        /// Whether and how to tell of it: `auto`, `concise`, `detailed`.
        summary: String,
        /// `standard` or `pro`.
        mode: String,
        /// Which thoughts of earlier turns count: `auto`, `current_turn`, `all_turns`.
        context: String,
    }
}

impl Request {
    /// Creates a request with nothing but a model and a conversation.
    pub fn new(model: impl Into<String>, input: impl Into<Input>) -> Self {
        Self { model: model.into(), input: input.into(), ..Self::default() }
    }
}

/// The conversation: a text of the user's, or items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// A text of the user's.
    Text(String),
    /// Items, in order.
    Items(Vec<Item>),
}

impl Default for Input {
    fn default() -> Self {
        Self::Items(Vec::new())
    }
}

impl From<Vec<Item>> for Input {
    fn from(items: Vec<Item>) -> Self {
        Self::Items(items)
    }
}

union! {
    /// Text or JSON.
    Format {
        /// Free text.
        Text(TextFormat) = "text",
        /// JSON of any shape.
        JsonObject(JsonObjectFormat) = "json_object",
        /// JSON that fits a schema.
        JsonSchema(JsonSchemaFormat) = "json_schema",
    }
}

objects! {
    /// Free text.
    TextFormat {} {}
    /// JSON of any shape.
    JsonObjectFormat {} {}
    /// JSON that fits a schema.
    JsonSchemaFormat {
        /// What to call it.
        name: String,
    } {
        /// Whether the answer must fit exactly.
        strict: bool,
        /// What it is for.
        description: String,
        /// The schema.
        schema: Value,
    }
}

impl Format {
    /// JSON of any shape.
    pub fn json_object() -> Self {
        Self::JsonObject(JsonObjectFormat::default())
    }
}
