//! What came of a request.

use std::sync::Arc;

use aqueduct_spec::language::{FinishReason, Message, RequestInfo, ResponseInfo, Usage};
use aqueduct_spec::{Error, ProviderMetadata, Result, Warning};

use super::content::content_accessors;
use super::{ContentPart, Step};

/// What came of a request: all its steps.
///
/// Text, reasoning, finish reason, request, response and metadata are those of the last step. Content, files, sources, tool
/// calls and results, warnings and usage are those of all steps; `last_step()` has those of the last one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TextResult {
    steps: Vec<Arc<Step>>,
    last: Arc<Step>,
    /// The content of all steps; `None` if there is only one.
    content: Option<Arc<[ContentPart]>>,
    usage: Usage,
    initial_response_messages: Vec<Message>,
}

impl TextResult {
    /// Gathers steps. `initial` are the messages that arose before the first of them.
    pub(crate) fn new(steps: Vec<Arc<Step>>, initial: Vec<Message>) -> Result<Self> {
        let last = steps.last().cloned().ok_or_else(|| Error::internal("a request had no step"))?;
        let mut usage = Usage::default();
        for step in &steps {
            usage += &step.usage;
        }
        let content = match steps.as_slice() {
            [_] => None,
            all => Some(all.iter().flat_map(|step| &step.content).cloned().collect()),
        };
        Ok(Self { steps, last, content, usage, initial_response_messages: initial })
    }

    content_accessors!();

    /// The parts of all steps.
    pub fn content(&self) -> &[ContentPart] {
        self.content.as_deref().unwrap_or(&self.last.content)
    }

    fn last_content(&self) -> &[ContentPart] {
        &self.last.content
    }

    /// Why the model stopped in the last step; [`FinishReason::raw`] has the provider's word.
    pub fn finish_reason(&self) -> &FinishReason {
        &self.last.finish_reason
    }

    /// What all steps used.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// What all steps used; another name of [`TextResult::usage`].
    pub fn total_usage(&self) -> &Usage {
        &self.usage
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
    pub fn steps(&self) -> &[Arc<Step>] {
        &self.steps
    }

    /// The last step.
    pub fn last_step(&self) -> &Step {
        &self.last
    }

    /// All steps as messages: put them behind those of the request, add what the user says next, and ask again. What the
    /// provider needs to see again (signatures, ids) rides along. Results of tools that were allowed by the request's messages
    /// come first.
    pub fn response_messages(&self) -> Vec<Message> {
        let steps = self.steps.iter().flat_map(|step| step.response_messages.iter());
        self.initial_response_messages.iter().chain(steps).cloned().collect()
    }
}
