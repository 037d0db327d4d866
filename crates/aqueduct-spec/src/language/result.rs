//! A whole answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Content, FinishReason, ToolCall, Usage};
use crate::json::{JsonObject, nullish, present};
use crate::metadata::ProviderMetadata;
use crate::timestamp::{Timestamp, lenient};
use crate::warning::Warning;

/// The whole answer of a language model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateResult {
    /// The parts of the answer, in order.
    #[serde(default, deserialize_with = "nullish")]
    pub content: Vec<Content>,
    /// Why the model stopped.
    #[serde(default, deserialize_with = "nullish")]
    pub finish_reason: FinishReason,
    /// What the call used.
    #[serde(default, deserialize_with = "nullish")]
    pub usage: Usage,
    /// What else the provider said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<ProviderMetadata>,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestInfo>,
    /// What came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseInfo>,
    /// What could not be done as asked.
    #[serde(default, deserialize_with = "nullish")]
    pub warnings: Vec<Warning>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl GenerateResult {
    /// The text parts, joined.
    pub fn text(&self) -> String {
        self.content.iter().filter_map(Content::as_text).collect()
    }

    /// The tool calls, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.content.iter().filter_map(|part| match part {
            Content::ToolCall(call) => Some(call),
            _ => None,
        })
    }
}

/// What was sent to the provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The body, if [`Include::request_body`](crate::Include::request_body) asked for it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl RequestInfo {
    /// Keeps a body that was sent.
    pub fn new(body: Option<Value>) -> Self {
        Self { body }
    }
}

/// What the provider said about its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The provider's id of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When the provider says it was made.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// The model that answered, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// The headers of the answer, names in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// The body, if [`Include::response_body`](crate::Include::response_body) asked for it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl ResponseInfo {
    /// Keeps the headers of an answer, names in lower case; a value that is not text is left out.
    #[must_use]
    pub fn with_headers(mut self, headers: &http::HeaderMap) -> Self {
        let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        self.headers = Some(headers.iter().filter_map(text).collect());
        self
    }
}
