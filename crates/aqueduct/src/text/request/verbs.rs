//! The verbs.

use aqueduct_spec::LanguageModel;

use super::{Streamed, TextRequest, Whole};
use crate::model::IntoModel;

/// Asks a language model for text. Awaiting the request gives the whole answer, [`TextRequest::stream`] gives it in parts.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_text("groq/llama-3.3-70b-versatile")
///     .instructions("Answer in one sentence.")
///     .prompt("Why is the sky blue?")
///     .await?;
/// assert!(!answer.text().is_empty());
/// # Ok(())
/// # }
/// ```
pub fn generate_text<K>(model: impl IntoModel<dyn LanguageModel, K>) -> TextRequest<Whole> {
    TextRequest::new(model.into_model())
}

/// Asks a language model for text in parts, as they arise. Awaiting the request checks it and gives the stream; the model is
/// called when the stream is first polled.
///
/// ```no_run
/// use futures_util::StreamExt as _;
///
/// # async fn example() -> aqueduct::Result<()> {
/// let mut stream = aqueduct::stream_text("ollama/llama3.2").prompt("Write a haiku.").await?;
/// let mut text = stream.text_stream();
/// while let Some(delta) = text.next().await {
///     let delta = delta?;
///     # let _ = delta;
/// }
/// let answer = stream.collect().await?;
/// # let _ = answer.total_usage();
/// # Ok(())
/// # }
/// ```
pub fn stream_text<K>(model: impl IntoModel<dyn LanguageModel, K>) -> TextRequest<Streamed> {
    TextRequest::new(model.into_model())
}

/// Asks a language model once, in parts: tool calls are read and repaired, but no tool runs, nobody is asked for leave, and
/// there is no further step. For programs with a loop of their own.
pub fn stream_model_call<K>(model: impl IntoModel<dyn LanguageModel, K>) -> TextRequest<Streamed> {
    let mut request = TextRequest::new(model.into_model());
    request.parts.runs_tools = false;
    request
}
