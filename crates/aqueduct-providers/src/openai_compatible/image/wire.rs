//! The JSON of `POST /images/generations` and of the answer of both paths.
//!
//! Source: <https://platform.openai.com/docs/api-reference/images> (2026-11).

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};

use crate::openai_compatible::lenient;

/// The body of a request for images from words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model.
    pub model: String,
    /// What to draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// How many images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Width and height: `1024x1024`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// The body of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The images.
    pub data: Vec<Image>,
    /// What the call used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// One image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// The image in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b64_json: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// What the call used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt and the images given.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens of the images made.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// All of them.
    #[serde(default, deserialize_with = "lenient::count", skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}
