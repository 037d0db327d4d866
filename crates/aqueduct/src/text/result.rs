//! What came of a request.

use aqueduct_spec::language::{FinishReason, Message, RequestInfo, ResponseInfo, Usage};
use aqueduct_spec::{Error, ProviderMetadata, Result, Warning};

use super::content::content_accessors;
use super::{ContentPart, Step};

/// What came of a request: all its steps. The accessors speak of the last step, unless they say otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TextResult {
    steps: Vec<Step>,
    last: Step,
    total_usage: Usage,
}

impl TextResult {
    /// Gathers steps.
    pub(crate) fn new(steps: Vec<Step>) -> Result<Self> {
        let last = steps.last().cloned().ok_or_else(|| Error::internal("a request had no step"))?;
        let mut total_usage = Usage::default();
        for step in &steps {
            total_usage += &step.usage;
        }
        if let [only] = steps.as_slice() {
            total_usage.raw.clone_from(&only.usage.raw);
        }
        Ok(Self { steps, last, total_usage })
    }

    content_accessors!();

    /// The parts of the last step.
    pub fn content(&self) -> &[ContentPart] {
        &self.last.content
    }

    /// Why the model stopped.
    pub fn finish_reason(&self) -> &FinishReason {
        &self.last.finish_reason
    }

    /// What the last step used. See [`TextResult::total_usage`] for all of them.
    pub fn usage(&self) -> &Usage {
        &self.last.usage
    }

    /// What all steps used.
    pub fn total_usage(&self) -> &Usage {
        &self.total_usage
    }

    /// What could not be done as asked, in any step.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.steps.iter().flat_map(|step| &step.warnings)
    }

    /// What was sent in the last step.
    pub fn request(&self) -> &RequestInfo {
        &self.last.request
    }

    /// What the provider said about the last step's answer.
    pub fn response(&self) -> &ResponseInfo {
        &self.last.response
    }

    /// What else the provider said in the last step.
    pub fn provider_metadata(&self) -> Option<&ProviderMetadata> {
        self.last.provider_metadata.as_ref()
    }

    /// All steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The last step.
    pub fn last_step(&self) -> &Step {
        &self.last
    }

    /// All steps as messages: put them behind those of the request, add what the user says next, and ask again. What the
    /// provider needs to see again (signatures, ids) rides along.
    pub fn response_messages(&self) -> Vec<Message> {
        self.steps.iter().flat_map(|step| step.response_messages.iter().cloned()).collect()
    }
}
