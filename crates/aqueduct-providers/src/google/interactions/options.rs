//! What callers may say in `providerOptions.google` of interactions.

use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::google::options::{ImageConfig, options};

options! {
    /// Options of a call of a model or an agent behind the interactions API.
    ///
    /// Values of enumerations are the vendor's words. Source: <https://ai.google.dev/api/interactions-api> (2026-11).
    GoogleInteractionsOptions {
        /// The interaction that this one goes on from; what the vendor keeps of it is not sent again.
        previous_interaction_id: String,
        /// Whether the vendor keeps the interaction. Default: yes.
        store: bool,
        /// How an agent works.
        agent_config: AgentConfig,
        /// `minimal`, `low`, `medium`, `high`.
        thinking_level: String,
        /// Whether the answer has summaries of the thoughts: `auto`, `none`.
        thinking_summaries: String,
        /// What the answer may be, beside what the call says.
        response_format: Vec<ResponseFormat>,
        /// What images shall be like. Older than `responseFormat`, which goes before it.
        image_config: ImageConfig,
        /// How closely to look at files: `low`, `medium`, `high`, `ultra_high`.
        media_resolution: String,
        /// What the answer may be made of: `text`, `image`, `audio`, `video`, `document`.
        response_modalities: Vec<String>,
        /// How fast and at which price: `standard`, `flex`, `priority`.
        service_tier: String,
        /// What stands above the conversation, where its messages do not say.
        system_instruction: String,
        /// How long to wait for an agent that works in the background, in milliseconds. Default: 30 minutes.
        polling_timeout_ms: u64,
        /// Whether the work goes on at the vendor while nobody waits. Some agents need it, some refuse it.
        background: bool,
        /// The computer that an agent works on: `remote` for a new one, the id of one there is, or what a new one is to have.
        environment: Environment,
    }
}

/// How an agent works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum AgentConfig {
    /// As it likes.
    Dynamic {},
    /// An agent that searches and writes reports.
    DeepResearch {
        /// Whether there are summaries of the thoughts: `auto`, `none`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thinking_summaries: Option<String>,
        /// Whether there may be pictures: `auto`, `off`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visualization: Option<String>,
        /// Whether the plan is to be agreed on first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        collaborative_planning: Option<bool>,
    },
}

/// What an answer may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Text.
    Text {
        /// The form: `application/json`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
        /// The shape, a JSON schema.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<Value>,
    },
    /// Pictures.
    Image {
        /// The format of the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
        /// Width to height: `16:9`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aspect_ratio: Option<String>,
        /// `1K`, `2K`, `4K`, `512`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image_size: Option<String>,
    },
    /// Sound.
    Audio {
        /// The format of the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
    },
}

/// The computer that an agent works on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Environment {
    /// `remote` for a new one, else the id of one there is.
    Id(String),
    /// A new one.
    New(NewEnvironment),
}

/// What a new computer for an agent is to have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewEnvironment {
    /// Files to begin with: `{"type": "gcs" | "repository" | "inline", …}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<JsonObject>>,
    /// What of the network can be reached: `"disabled"`, or `{"allowlist": […]}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Value>,
}
