//! Short ways to ask for an object.

use aqueduct_spec::LanguageModel;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{ObjectOutput, Output};
use crate::model::IntoModel;
use crate::text::{Streamed, TextRequest, Whole, generate_text, stream_text};

/// Asks a language model for a value of a type: `generate_text(model).output(Output::object::<T>())`, which also knows lists
/// and choices.
///
/// ```no_run
/// # #[derive(serde::Deserialize, schemars::JsonSchema)]
/// # struct City { name: String }
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_object::<City, _>("openai/gpt-5-mini").prompt("A city.").await?;
/// // Models without structured output like to put their JSON in a fence.
/// let city = answer
///     .output_or_repair(|broken| async move {
///         let text = broken.text.trim().trim_start_matches("```json").trim_end_matches("```");
///         Some(text.to_owned())
///     })
///     .await?;
/// # let _ = city.name;
/// # Ok(())
/// # }
/// ```
pub fn generate_object<T, K>(
    model: impl IntoModel<dyn LanguageModel, K>,
) -> TextRequest<Whole, ObjectOutput<T>>
where
    T: DeserializeOwned + JsonSchema + Send + 'static,
{
    generate_text(model).output(Output::object())
}

/// Asks a language model for a value of a type in parts: `stream_text(model).output(Output::object::<T>())`.
pub fn stream_object<T, K>(
    model: impl IntoModel<dyn LanguageModel, K>,
) -> TextRequest<Streamed, ObjectOutput<T>>
where
    T: DeserializeOwned + JsonSchema + Send + 'static,
{
    stream_text(model).output(Output::object())
}
