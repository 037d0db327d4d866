//! What the gateway says about a call: `providerMetadata.gateway`.

use aqueduct_http::Secret;
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::ID;

/// Reads a field leniently: what has another shape is `None`. Metadata must never fail an answer, and all of it is still in
/// the answer itself.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}

/// Reads a decimal number as text, also if it was written as a number.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Declares objects whose fields may all be missing.
macro_rules! said {
    ($(
        $(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty = $reader:literal, )+ }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, deserialize_with = $reader)]
                pub $field: Option<$type>,
            )+
            /// Fields this version does not know.
            #[serde(flatten)]
            pub rest: JsonObject,
        }
    )+ };
}

said! {
    /// What the gateway says about a call. Costs are decimal numbers in USD, as text so that nothing is rounded.
    GatewayMetadata {
        /// The generation, to ask [`Gateway::generation_info`](super::Gateway::generation_info) for.
        generation_id: String = "lenient",
        /// What is charged; `0` with a credential of the caller's.
        cost: String = "decimal",
        /// What it costs by the list.
        market_cost: String = "decimal",
        /// Whether only providers that keep no data could be used.
        enabled_zero_data_retention: bool = "lenient",
        /// Whether only providers that do not train on prompts could be used.
        enabled_disallow_prompt_training: bool = "lenient",
        /// Which providers were tried.
        routing: Routing = "lenient",
        /// The job that was started.
        async_job: AsyncJob = "lenient",
        /// What is said of each image.
        images: Vec<Value> = "lenient",
    }
    /// Which models and providers were tried, and why.
    Routing {
        /// The model that was called.
        original_model_id: String = "lenient",
        /// The provider that answered.
        provider: String = "lenient",
        /// The provider that was chosen first.
        resolved_provider: String = "lenient",
        /// What that one calls the model.
        resolved_provider_api_model_id: String = "lenient",
        /// The same as `provider:model`.
        internal_resolved_model_id: String = "lenient",
        /// The providers that could have been tried next.
        fallbacks_available: Vec<String> = "lenient",
        /// Why, in the gateway's words.
        internal_reasoning: String = "lenient",
        /// How the plan was made, in the gateway's words.
        planning_reasoning: String = "lenient",
        /// The name of the model among all providers.
        canonical_slug: String = "lenient",
        /// The provider that answered in the end.
        final_provider: String = "lenient",
        /// How the providers were ranked.
        sort: Value = "lenient",
        /// Every try.
        attempts: Vec<RoutingAttempt> = "lenient",
        /// How many models were tried.
        model_attempt_count: u64 = "lenient",
        /// Every model that was tried.
        model_attempts: Vec<ModelAttempt> = "lenient",
        /// How many tries there were in all.
        total_provider_attempt_count: u64 = "lenient",
    }
    /// One try.
    RoutingAttempt {
        /// The provider.
        provider: String = "lenient",
        /// The model as `provider:model`.
        internal_model_id: String = "lenient",
        /// What the provider calls the model.
        provider_api_model_id: String = "lenient",
        /// Whose credential was used: `system` or `byok`.
        credential_type: String = "lenient",
        /// Whether it succeeded.
        success: bool = "lenient",
        /// When it began, in milliseconds on a clock without a date.
        start_time: f64 = "lenient",
        /// When it ended, on the same clock.
        end_time: f64 = "lenient",
        /// The HTTP status of the provider.
        status_code: u16 = "lenient",
        /// Why it failed.
        error: Value = "lenient",
        /// The provider's id of its answer.
        provider_response_id: String = "lenient",
    }
    /// One model that was tried.
    ModelAttempt {
        /// The model.
        model_id: String = "lenient",
        /// The name of the model among all providers.
        canonical_slug: String = "lenient",
        /// Whether it succeeded.
        success: bool = "lenient",
        /// How many providers were tried.
        provider_attempt_count: u64 = "lenient",
        /// Every provider that was tried.
        provider_attempts: Vec<ProviderAttempt> = "lenient",
    }
    /// A job that goes on at the gateway.
    AsyncJob {
        /// The job.
        job_id: String = "lenient",
        /// How it stands: `queued`, `running`, `cancelled`, …
        status: String = "lenient",
        /// What the gateway signs its report with; only when the job was started with a webhook.
        webhook_signing_secret: Secret = "lenient",
    }
}

/// One try with one model.
pub type ProviderAttempt = RoutingAttempt;

impl GatewayMetadata {
    /// Reads what the gateway says out of the metadata of an answer; `None` if it says nothing.
    pub fn of(metadata: &ProviderMetadata) -> Option<Self> {
        let object = metadata.get(ID)?.clone();
        Self::deserialize(Value::Object(object)).ok()
    }
}
