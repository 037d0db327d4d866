//! What one call cost and how long it took.

use aqueduct_spec::Result;
use aqueduct_spec::timestamp::Timestamp;
use serde::Deserialize;

use super::Gateway;

/// What one call cost and how long it took. Amounts are in USD.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GenerationInfo {
    /// The generation: `gen_…`.
    pub id: String,
    /// What was charged.
    pub total_cost: f64,
    /// What the provider charged for the answer itself.
    pub upstream_inference_cost: f64,
    /// What it counts for against limits.
    pub usage: f64,
    /// When it was made.
    pub created_at: Timestamp,
    /// The model that answered.
    pub model: String,
    /// Whether the caller's own credential at the provider was used.
    pub is_byok: bool,
    /// The provider that answered.
    pub provider_name: String,
    /// Whether the answer was streamed.
    pub streamed: bool,
    /// Why the model stopped.
    pub finish_reason: String,
    /// Until the first token, in milliseconds.
    #[serde(rename = "latency")]
    pub latency_ms: f64,
    /// Until the end, in milliseconds.
    #[serde(rename = "generation_time")]
    pub generation_time_ms: f64,
    /// Tokens of the prompt.
    #[serde(rename = "native_tokens_prompt")]
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    #[serde(rename = "native_tokens_completion")]
    pub completion_tokens: u64,
    /// Those of them that were reasoning.
    #[serde(rename = "native_tokens_reasoning")]
    pub reasoning_tokens: u64,
    /// Tokens of the prompt that were read from a cache.
    #[serde(rename = "native_tokens_cached")]
    pub cached_tokens: u64,
    /// Tokens of the prompt that were written to a cache.
    #[serde(rename = "native_tokens_cache_creation")]
    pub cache_creation_tokens: u64,
    /// Searches of the web that are charged for.
    pub billable_web_search_calls: u64,
}

#[derive(Deserialize)]
struct Answer {
    data: GenerationInfo,
}

impl Gateway {
    /// Asks what one call cost, by the id that [`GatewayMetadata`](super::GatewayMetadata) tells. The gateway may need some
    /// seconds after the call to know.
    ///
    /// # Errors
    /// Those of every call; `NotFound` if there is no such generation.
    pub async fn generation_info(&self, id: &str) -> Result<GenerationInfo> {
        let request = self.connection.get_at_origin("/v1/generation").query([("id", id)]);
        Ok(self.connection.fetch::<Answer>(request).await?.data)
    }
}
