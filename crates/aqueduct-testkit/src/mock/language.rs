//! A language model.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aqueduct_spec::language::{CallOptions, GenerateResult, StreamResult};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Error, Generate, Model, ModelInfo, Result, Stream,
};

use super::model::spent;
use super::turn::Turn;

type Answer = dyn Fn(&CallOptions, usize) -> Turn + Send + Sync;

/// A language model that answers as it is told, whole and streamed. Clones are the same model: give `&model`, and look at its
/// [`calls`](MockLanguageModel::calls) afterwards.
///
/// ```
/// use aqueduct_spec::language::{CallOptions, Message};
/// use aqueduct_spec::{Context, Error, Generate, Model};
/// use aqueduct_testkit::{MockLanguageModel, Turn};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let model = MockLanguageModel::answers([Turn::error(Error::internal("no")), Turn::text("yes")]);
/// let call = Generate::from(CallOptions::new([Message::user("well?")]));
/// assert!(model.call(call.clone(), &Context::default()).await.is_err());
/// assert_eq!(model.call(call, &Context::default()).await.unwrap().text(), "yes");
/// assert_eq!(model.calls().len(), 2);
/// # });
/// ```
#[derive(Clone)]
pub struct MockLanguageModel {
    info: ModelInfo,
    answer: Arc<Answer>,
    calls: Arc<Mutex<Vec<RecordedCall>>>,
}

/// A call that a mock language model was given.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedCall {
    /// What was asked.
    pub options: CallOptions,
    /// Whether the answer was to be streamed.
    pub is_stream: bool,
}

impl MockLanguageModel {
    /// Answers with a function of the call and of its number, counted from 0.
    pub fn new<T: Into<Turn>>(
        answer: impl Fn(&CallOptions, usize) -> T + Send + Sync + 'static,
    ) -> Self {
        Self {
            info: ModelInfo::new("mock", "mock"),
            answer: Arc::new(move |options, number| answer(options, number).into()),
            calls: Arc::default(),
        }
    }

    /// Answers from a list, once each; after that with an `Internal` error.
    pub fn answers<T: Into<Turn>>(turns: impl IntoIterator<Item = T>) -> Self {
        let turns = turns.into_iter().map(Into::into).collect::<VecDeque<Turn>>();
        let turns = Mutex::new(turns);
        Self::new(move |_, number| {
            let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.pop_front().unwrap_or_else(|| Turn::error(spent(number)))
        })
    }

    /// Answers every call with the same text.
    pub fn text(text: &'static str) -> Self {
        Self::new(move |_, _| Turn::text(text))
    }

    /// Fails each call with the same error.
    pub fn failing(error: Error) -> Self {
        Self::new(move |_, _| Turn::error(error.clone()))
    }

    /// Sets what the model is called and can take; `mock` of `mock` otherwise.
    #[must_use]
    pub fn with_info(mut self, info: ModelInfo) -> Self {
        self.info = info;
        self
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn turn(&self, options: &CallOptions, is_stream: bool) -> Turn {
        let number = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(RecordedCall { options: options.clone(), is_stream });
            calls.len() - 1
        };
        (self.answer)(options, number)
    }
}

impl Describe for MockLanguageModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<Generate> for MockLanguageModel {
    fn call<'a>(
        &'a self,
        call: Generate,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move { self.turn(&call, false).whole().await })
    }
}

impl Model<Stream> for MockLanguageModel {
    fn call<'a>(&'a self, call: Stream, _cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let parts = self.turn(&call, true).streamed().await?;
            Ok(StreamResult::new(parts))
        })
    }
}

impl fmt::Debug for MockLanguageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockLanguageModel").field("info", &self.info).finish_non_exhaustive()
    }
}
