//! The calls of a language model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    GenerateResult, Prompt, ReasoningEffort, ResponseFormat, StreamResult, Tool, ToolChoice,
};
use crate::json::{JsonObject, lenient_count, plain_number};
use crate::metadata::ProviderOptions;
use crate::model::{call, kind};

/// Headers of a call; `None` stands for a header that was not set.
pub type Headers = BTreeMap<String, Option<String>>;

/// Everything that is asked of a language model in one call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallOptions {
    /// The conversation so far.
    pub prompt: Prompt,
    /// The most tokens to write.
    #[serde(default, deserialize_with = "lenient_count", skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    /// How much chance there is in the choice of tokens.
    #[serde(default, with = "plain_number", skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Texts at which to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    /// Nucleus sampling: the share of probability to choose from.
    #[serde(default, with = "plain_number", skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The number of most likely tokens to choose from.
    #[serde(default, with = "plain_number", skip_serializing_if = "Option::is_none")]
    pub top_k: Option<f64>,
    /// How much to avoid what was already said.
    #[serde(default, with = "plain_number", skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// How much to avoid what was often said.
    #[serde(default, with = "plain_number", skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// The form of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// The start of the random numbers, for answers that can be had again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The tools that may be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Which of them must be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Whether a stream also carries the provider's own chunks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_raw_chunks: Option<bool>,
    /// Headers to send along; they win over the provider's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Headers>,
    /// How much to think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<ReasoningEffort>,
    /// Options that only some providers know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_options: Option<ProviderOptions>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl CallOptions {
    /// Asks with this prompt and no other settings.
    pub fn new(prompt: impl Into<Prompt>) -> Self {
        Self { prompt: prompt.into(), ..Self::default() }
    }
}

call! {
    /// Asks a language model for a whole answer.
    pub struct Generate(CallOptions) -> GenerateResult;
    kind: Language, operation: "generate", model: language_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

call! {
    /// Asks a language model for an answer in parts, as they arise.
    pub struct Stream(CallOptions) -> StreamResult;
    kind: Language, operation: "stream", model: language_model,
    annotate: StreamResult::annotate
}

kind! {
    /// A model that writes text, calls tools and may reason.
    LanguageModel = Generate, Stream
}
