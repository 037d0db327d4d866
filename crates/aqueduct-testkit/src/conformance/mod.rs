//! The checks that every provider passes.
//!
//! [`language`] asks for a model in each [`Scenario`] and watches what it does. A provider without a network (the simulator)
//! makes the scenarios itself; one with a vendor's API replays what the vendor sends, which [`Wire`] makes a factory of:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use aqueduct_spec::LanguageModel;
//! # use aqueduct_testkit::conformance::{self, Recording, Scenario, Wire};
//! # use serde_json::json;
//! # fn model_at(base_url: &str) -> Arc<dyn LanguageModel> { unimplemented!() }
//! # async fn test() {
//! let wire = Wire::new(|base_url| model_at(base_url))
//!     .with(Scenario::Text, Recording::new(json!({ "choices": [] }), [r#"{"choices":[]}"#, "[DONE]"]))
//!     .with_error(429, json!({ "error": { "message": "slow down" } }), "slow down");
//! conformance::language(|scenario| wire.subject(scenario)).await;
//! # }
//! ```
//!
//! The checks run on the real clock: a model that hangs fails after ten seconds.

mod grammar;
mod language;
mod other_kinds;
mod subject;
mod wire;

pub use grammar::stream_problems;
pub use language::{Scenario, language};
pub use other_kinds::{embedding, image, reranking, speech, transcription};
pub use subject::{ExpectedError, Subject};
pub use wire::{Recording, Wire};

use std::time::Duration;

/// How long one step of a check may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Waits for a step, and fails the test if it hangs.
async fn within<T>(what: &str, step: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, step).await {
        Ok(done) => done,
        Err(_) => panic!("{what}: nothing happened for {LIMIT:?}"),
    }
}
