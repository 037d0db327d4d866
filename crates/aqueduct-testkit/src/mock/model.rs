//! A model of one operation.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct_spec::{BoxFuture, Call, Context, Describe, Error, Model, ModelInfo, Result};

type Answer<C> = dyn Fn(&C, usize) -> Result<<C as Call>::Output> + Send + Sync;

/// A model that answers one operation: `MockModel<Embed>` is an embedding model, `MockModel<Rerank>` a reranking model, …
///
/// Clones are the same model. For language models there is [`MockLanguageModel`](crate::MockLanguageModel), which streams too.
pub struct MockModel<C: Call> {
    info: ModelInfo,
    answer: Arc<Answer<C>>,
    calls: Arc<Mutex<Vec<C>>>,
}

impl<C: Call> MockModel<C> {
    /// Answers with a function of the call and of its number, counted from 0.
    pub fn new(answer: impl Fn(&C, usize) -> Result<C::Output> + Send + Sync + 'static) -> Self {
        Self {
            info: ModelInfo::new("mock", "mock"),
            answer: Arc::new(answer),
            calls: Arc::default(),
        }
    }

    /// Answers from a list, once each; after that with an `Internal` error.
    pub fn answers(answers: impl IntoIterator<Item = Result<C::Output>>) -> Self {
        let answers = Mutex::new(answers.into_iter().collect::<VecDeque<_>>());
        Self::new(move |_, number| {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.pop_front().unwrap_or_else(|| Err(spent(number)))
        })
    }

    /// Fails each call with the same error.
    pub fn failing(error: Error) -> Self {
        Self::new(move |_, _| Err(error.clone()))
    }

    /// Sets what the model is called and can take; `mock` of `mock` otherwise.
    #[must_use]
    pub fn with_info(mut self, info: ModelInfo) -> Self {
        self.info = info;
        self
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<C> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The error of a mock whose list of answers is at its end.
pub(super) fn spent(number: usize) -> Error {
    Error::internal(format!("the mock has no answer for call {number} (counted from 0)"))
}

impl<C: Call> Clone for MockModel<C> {
    fn clone(&self) -> Self {
        Self {
            info: self.info.clone(),
            answer: Arc::clone(&self.answer),
            calls: Arc::clone(&self.calls),
        }
    }
}

impl<C: Call> Describe for MockModel<C> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl<C: Call> Model<C> for MockModel<C> {
    fn call<'a>(&'a self, call: C, _cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(async move {
            let number = {
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                calls.push(call.clone());
                calls.len() - 1
            };
            (self.answer)(&call, number)
        })
    }
}

impl<C: Call> fmt::Debug for MockModel<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockModel").field("info", &self.info).finish_non_exhaustive()
    }
}
