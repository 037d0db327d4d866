//! Asks the next model when one fails.

use aqueduct_spec::{BoxFuture, Call, Context, Describe, Model, ModelInfo, Result};

/// Asks the models in order until one answers. Any error makes it ask the next: what one model cannot do, such as a prompt
/// that is too long for it, another may. The error is the last model's. A call whose audio was read goes to nobody else
/// ([`Call::is_spent`]).
#[derive(Debug, Clone)]
pub struct Fallback<M> {
    first: M,
    others: Vec<M>,
}

impl<M> Fallback<M> {
    /// Starts with the model that is asked first.
    pub fn new(first: M) -> Self {
        Self { first, others: Vec::new() }
    }

    /// Adds a model that is asked when all before it failed.
    #[must_use]
    pub fn then(mut self, next: M) -> Self {
        self.others.push(next);
        self
    }
}

impl<M: Describe> Describe for Fallback<M> {
    fn info(&self) -> &ModelInfo {
        self.first.info()
    }
}

impl<C: Call, M: Model<C>> Model<C> for Fallback<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        Box::pin(async move {
            let mut answer = self.first.call(call.clone(), cx).await;
            for next in &self.others {
                if answer.is_ok() || call.is_spent() {
                    break;
                }
                answer = next.call(call.clone(), cx).await;
            }
            answer
        })
    }
}
