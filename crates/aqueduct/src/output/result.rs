//! An answer that has a form.

use std::fmt;
use std::ops::Deref;

use aqueduct_spec::Result;
use aqueduct_spec::language::UnifiedFinishReason;

use super::failure::no_output;
use super::kind::OutputKind;
use super::{Misfit, NoObjectGenerated};
use crate::text::TextResult;

/// What came of a request whose answer has a form: a [`TextResult`] that can be read.
#[derive(Clone)]
pub struct OutputResult<K> {
    answer: TextResult,
    kind: K,
    /// Whether there has to be an answer.
    is_strict: bool,
}

/// An answer that is not of the form that was asked for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BrokenOutput {
    /// What the model wrote.
    pub text: String,
    /// What does not fit.
    pub cause: Misfit,
}

impl<K: OutputKind> OutputResult<K> {
    pub(crate) fn whole(answer: TextResult, kind: K) -> Self {
        Self { answer, kind, is_strict: true }
    }

    pub(super) fn streamed(answer: TextResult, kind: K) -> Self {
        Self { answer, kind, is_strict: false }
    }

    /// Reads the text of the last step. A streamed answer is read whatever the reason for its end, as it was while it arose.
    ///
    /// # Errors
    /// `InvalidResponse`: with code `no_output_generated` if the model stopped to call tools, or before it wrote anything; with code
    /// `no_object_generated` if the text is not of the form that was asked for. [`NoObjectGenerated::of`] has the text, and
    /// [`Error::param`](crate::Error::param) says where in the JSON.
    pub fn output(&self) -> Result<K::Complete> {
        let text = self.text_to_read()?;
        self.read(&text)
    }

    /// As [`OutputResult::output`], but lets the program mend a text that does not fit, once. `None` is no help.
    ///
    /// # Errors
    /// As [`OutputResult::output`].
    pub async fn output_or_repair<F>(
        &self,
        repair: impl FnOnce(BrokenOutput) -> F + Send,
    ) -> Result<K::Complete>
    where
        F: Future<Output = Option<String>> + Send,
    {
        let text = self.text_to_read()?;
        let cause = match self.kind.read(&text) {
            Ok(output) => return Ok(output),
            Err(cause) => cause,
        };
        let broken = BrokenOutput { text: text.clone(), cause: cause.clone() };
        match repair(broken).await {
            Some(repaired) => self.read(&repaired),
            None => Err(NoObjectGenerated::error(self.answer.last_step(), &text, cause)),
        }
    }

    /// The answer without its form.
    pub fn into_inner(self) -> TextResult {
        self.answer
    }

    fn text_to_read(&self) -> Result<String> {
        let step = self.answer.last_step();
        let text = step.text();
        let has_answer = match step.finish_reason.unified {
            UnifiedFinishReason::Stop => true,
            UnifiedFinishReason::ToolCalls => false,
            // What was cut off may be whole, and if it is not, reading it says what is missing.
            _ => !text.is_empty(),
        };
        if self.is_strict && !has_answer {
            return Err(no_output(step));
        }
        Ok(text)
    }

    fn read(&self, text: &str) -> Result<K::Complete> {
        self.kind
            .read(text)
            .map_err(|cause| NoObjectGenerated::error(self.answer.last_step(), text, cause))
    }
}

impl<K> Deref for OutputResult<K> {
    type Target = TextResult;

    fn deref(&self) -> &TextResult {
        &self.answer
    }
}

impl<K> fmt::Debug for OutputResult<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.answer.fmt(f)
    }
}
