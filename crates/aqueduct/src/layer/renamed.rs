//! A model under another name.

use aqueduct_spec::{BoxFuture, Call, Context, Describe, Model, ModelInfo, Result};

/// Calls a model by another name: in errors, in results and in metrics. What the provider is sent stays as it was.
#[derive(Debug, Clone)]
pub struct Renamed<M> {
    inner: M,
    info: ModelInfo,
}

impl<M: Describe> Renamed<M> {
    /// Wraps a model, with its own names as yet.
    pub fn new(inner: M) -> Self {
        let info = inner.info().clone();
        Self { inner, info }
    }

    /// Sets the name of the model.
    #[must_use]
    pub fn with_model_id(mut self, model_id: impl Into<String>) -> Self {
        self.info.model_id = model_id.into();
        self
    }

    /// Sets the name of the provider and its wire, as in `groq.chat`.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Into<String>) -> Self {
        self.info.provider = provider.into();
        self
    }
}

impl<M: Describe> Describe for Renamed<M> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl<C: Call, M: Model<C>> Model<C> for Renamed<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        self.inner.call(call, cx)
    }
}
