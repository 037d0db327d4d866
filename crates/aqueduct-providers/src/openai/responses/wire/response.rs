//! The answer, in one piece.

use aqueduct_spec::JsonObject;
use aqueduct_spec::json::count;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Item;
use super::shape::objects;
use crate::openai_compatible::lenient;

objects! {
    /// The body of an answer, and what events say of it.
    Response {} {
        /// The id of the answer.
        #[serde(deserialize_with = "lenient::string")]
        id: String,
        /// `response`.
        #[serde(deserialize_with = "lenient::string")]
        object: String,
        /// When it was made, in seconds since the start of 1970.
        #[serde(serialize_with = "crate::number::serialize", deserialize_with = "lenient::number")]
        created_at: f64,
        /// `completed`, `failed`, `in_progress`, `cancelled`, `queued` or `incomplete`.
        #[serde(deserialize_with = "lenient::string")]
        status: String,
        /// What failed.
        error: ResponseError,
        /// Why it is not complete.
        incomplete_details: IncompleteDetails,
        /// The model that answered.
        #[serde(deserialize_with = "lenient::string")]
        model: String,
        /// What the model said and did.
        output: Vec<Item>,
        /// How it thought.
        reasoning: JsonObject,
        /// How the call was paid for.
        #[serde(deserialize_with = "lenient::string")]
        service_tier: String,
        /// What the call used.
        usage: Usage,
    }
    /// What failed.
    ResponseError {
        /// The words.
        message: String,
    } {
        /// The code: `server_error`, `rate_limit_exceeded`, …
        code: Value,
    }
    /// Why an answer is not complete.
    IncompleteDetails {} {
        /// `max_output_tokens` or `content_filter`.
        reason: String,
    }
}

/// What a call used: the host's object as it came, so that nothing in it is lost, and ways to read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usage(pub JsonObject);

impl Usage {
    /// A count on the first level.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(count)
    }

    /// A count in one of the detail objects.
    pub fn detail(&self, group: &str, name: &str) -> Option<u64> {
        self.0.get(group)?.get(name).and_then(count)
    }
}
