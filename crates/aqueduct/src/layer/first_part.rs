//! Hands a stream over only once it has begun.

use aqueduct_spec::{Answer as _, BoxFuture, Call, Context, Model, Result};

use super::describe_as_inner;

/// Hands a stream over only once its first content (or its end) arrived, so that a failure before it is an `Err` that outer
/// layers can act on. What arrived before is not lost. Whole answers pass as they are.
#[derive(Debug, Clone)]
pub struct FirstPart<M> {
    inner: M,
}

impl<M> FirstPart<M> {
    /// Wraps a model.
    pub fn new(inner: M) -> Self {
        Self { inner }
    }
}

describe_as_inner!(FirstPart);

impl<C: Call, M: Model<C>> Model<C> for FirstPart<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(async move {
            self.inner.call(call, cx).await?.settle().await.map_err(|unsettled| unsettled.error)
        })
    }
}
