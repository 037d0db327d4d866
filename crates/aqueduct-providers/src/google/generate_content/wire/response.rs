//! Answers, whole or the next piece of a stream.

use aqueduct_spec::json::lenient_count;
use serde_json::Value;

use super::{Content, object};
use crate::short_list;

object! {
    /// An answer, whole or the next piece of a stream.
    Response {} {
        /// The answers; mostly one.
        #[serde(deserialize_with = "short_list::deserialize")]
        candidates: Vec<Candidate>,
        /// What was wrong with the prompt.
        prompt_feedback: Value,
        /// What it took so far.
        usage_metadata: UsageMetadata,
        /// The model that answers.
        model_version: String,
        /// The id of the answer.
        response_id: String,
        /// What went wrong after the answer began.
        error: Value,
    }
}
object! {
    /// One answer.
    Candidate {} {
        /// What it says.
        content: Content,
        /// Why it ends.
        finish_reason: String,
        /// More on why it ends.
        finish_message: String,
        /// How likely which harm is.
        safety_ratings: Value,
        /// What it rests on.
        grounding_metadata: Value,
        /// Which pages were read.
        url_context_metadata: Value,
        /// The number of the answer.
        index: u32,
    }
}
object! {
    /// What an answer took.
    UsageMetadata {} {
        /// Tokens of the prompt, cached ones among them.
        #[serde(deserialize_with = "lenient_count")]
        prompt_token_count: u64,
        /// Tokens of the answer, without thoughts.
        #[serde(deserialize_with = "lenient_count")]
        candidates_token_count: u64,
        /// All tokens.
        #[serde(deserialize_with = "lenient_count")]
        total_token_count: u64,
        /// Tokens of the prompt that were cached.
        #[serde(deserialize_with = "lenient_count")]
        cached_content_token_count: u64,
        /// Tokens of thoughts.
        #[serde(deserialize_with = "lenient_count")]
        thoughts_token_count: u64,
        /// How the call is paid for.
        traffic_type: String,
        /// How fast and at which price it was answered.
        service_tier: String,
        /// Tokens of the prompt by kind.
        prompt_tokens_details: Value,
        /// Tokens of the answer by kind.
        candidates_tokens_details: Value,
    }
}
