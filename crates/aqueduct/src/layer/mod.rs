//! Layers: models that wrap a model and add one thing, each written once for every kind of model.
//!
//! ```text
//! Cached( Fallback[ Balance[ Retry( Cooldown( Timeout( FirstPart( model ) ) ) ) ] ] )
//! ```
//!
//! is the order that makes sense, outermost first: a cached answer costs nothing; an error before a stream's first content is
//! still an error when it reaches the timeout, the retry and the fallback; after it the stream is committed and nobody
//! tries again. The [router](crate::router) composes the same parts for many models and keys at once.
//!
//! A call that brings a stream of audio goes through the same layers. It is answered as soon as the connection stands, before
//! any audio is read, so that up to there a failure is tried again or elsewhere; once some was read ([`Call::is_spent`]),
//! nobody tries again.
//!
//! [`Call::is_spent`]: aqueduct_spec::Call::is_spent
//!
//! No layer spawns a task; dropping the future or the stream cancels the call.

mod balance;
mod cache;
mod cooldown;
mod defaults;
mod extract_json;
mod extract_reasoning;
mod fallback;
mod first_part;
mod provider_layers;
mod renamed;
mod retry;
mod simulate_streaming;
mod timeout;
pub(crate) mod whole_answer;
mod with_layer;

pub use balance::Balance;
pub use cache::{Cache, CacheKey, Cached};
pub use cooldown::{Cooldown, CooldownPolicy};
pub use defaults::{
    ChangeCall, InputExamples, add_tool_input_examples, default_embedding_settings,
    default_instructions, default_settings,
};
pub use extract_json::ExtractJson;
pub use extract_reasoning::ExtractReasoning;
pub use fallback::Fallback;
pub use first_part::FirstPart;
pub use provider_layers::ProviderLayers;
pub use renamed::Renamed;
pub use retry::{Retry, RetryPolicy};
pub use simulate_streaming::SimulateStreaming;
pub use timeout::{Timeout, Timeouts};
pub use with_layer::WithLayer;

pub(crate) use balance::weighted_order;
pub(crate) use cooldown::Record;

/// Answers with the info of the model inside.
macro_rules! describe_as_inner {
    ($name:ident) => {
        impl<M: aqueduct_spec::Describe> aqueduct_spec::Describe for $name<M> {
            fn info(&self) -> &aqueduct_spec::ModelInfo {
                self.inner.info()
            }
        }
    };
}
pub(crate) use describe_as_inner;
