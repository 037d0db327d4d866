//! A model in a scenario.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::{BoxFuture, LanguageModel};
use bytes::Bytes;

/// A model that is in a scenario, and what a check can know beside what it answers.
#[must_use]
pub struct Subject {
    pub(super) model: Arc<dyn LanguageModel>,
    pub(super) cancelled: Option<BoxFuture<'static, ()>>,
    pub(super) error: Option<ExpectedError>,
    keep: Vec<Box<dyn Any + Send>>,
}

/// What the error of [`Scenario::Error`](super::Scenario::Error) must hold.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExpectedError {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
    /// What the message says, among other things.
    pub message: String,
}

impl ExpectedError {
    /// Names what the error must hold.
    pub fn new(status: u16, body: impl Into<Bytes>, message: impl Into<String>) -> Self {
        Self { status, body: body.into(), message: message.into() }
    }
}

impl Subject {
    /// Puts a model up for checks.
    pub fn new(model: Arc<dyn LanguageModel>) -> Self {
        Self { model, cancelled: None, error: None, keep: Vec::new() }
    }

    /// Says how to tell that the other side has noticed the end of a dropped stream.
    pub fn with_cancellation(
        mut self,
        cancelled: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.cancelled = Some(Box::pin(cancelled));
        self
    }

    /// Says what the error must hold.
    pub fn with_error(mut self, error: ExpectedError) -> Self {
        self.error = Some(error);
        self
    }

    /// Keeps something alive as long as the subject, such as the upstream that its model calls.
    pub fn keeping(mut self, thing: impl Any + Send) -> Self {
        self.keep.push(Box::new(thing));
        self
    }
}

impl From<Arc<dyn LanguageModel>> for Subject {
    fn from(model: Arc<dyn LanguageModel>) -> Self {
        Self::new(model)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("model", self.model.info()).finish_non_exhaustive()
    }
}
