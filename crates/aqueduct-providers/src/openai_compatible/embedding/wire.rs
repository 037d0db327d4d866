//! The JSON of `POST /embeddings`.
//!
//! Source: <https://platform.openai.com/docs/api-reference/embeddings> (2026-11).

use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde::{Deserialize, Serialize};

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model.
    pub model: String,
    /// What to embed.
    pub input: Input,
    /// `float` or `base64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding_format: Option<String>,
    /// How long the vectors shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u64>,
    /// A stable name of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// What to embed: one text or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Input {
    /// One text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for Input {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// The body of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The vectors.
    pub data: Vec<Embedding>,
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Metadata that some gateways add.
    #[serde(rename = "providerMetadata", default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<ProviderMetadata>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// One vector.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// The vector.
    pub embedding: Vec<f64>,
    /// Which text it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// What the call used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the texts.
    #[serde(
        default,
        deserialize_with = "crate::openai_compatible::lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub prompt_tokens: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}
