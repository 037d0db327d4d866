//! Answers a call that was answered before.
//!
//! A call is the same if its operation, model and options are, byte for byte as JSON; headers and routing options do not
//! count. What is kept is the answer as V4 JSON, so a stream is replayed as the parts it was made of. Only answers that are
//! complete and did not fail are kept.

mod key;
mod store;

use aqueduct_spec::{Answer as _, BoxFuture, Call, Context, Model, Result};

use super::describe_as_inner;
pub use key::CacheKey;
pub use store::Cache;

/// Answers a call that was answered before with the same answer. [`Context::cache`] says what a call allows.
#[derive(Debug, Clone)]
pub struct Cached<M> {
    inner: M,
    cache: Cache,
}

impl<M> Cached<M> {
    /// Wraps a model. Models that share a cache share answers only if provider and model id are the same.
    pub fn new(inner: M, cache: Cache) -> Self {
        Self { inner, cache }
    }
}

describe_as_inner!(Cached);

impl<C: Call, M: Model<C>> Model<C> for Cached<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        if !C::Output::REPEATABLE {
            return self.inner.call(call, cx);
        }
        Box::pin(async move {
            let info = self.inner.info();
            let key = CacheKey::of(&call, &[&info.provider, &info.model_id], cx)?;
            if !cx.cache.no_cache
                && let Some(answer) = self.cache.answer(&key)
            {
                return Ok(answer);
            }
            let answer = self.inner.call(call, cx).await?;
            Ok(if cx.cache.no_store { answer } else { self.cache.keep(key, answer) })
        })
    }
}
