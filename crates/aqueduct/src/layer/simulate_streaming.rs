//! Streams from models that only answer as a whole.

use aqueduct_spec::language::{Content, GenerateResult, StreamResult};
use aqueduct_spec::{BoxFuture, Context, Generate, Model, Result, Stream};

use super::{describe_as_inner, whole_answer};

/// Answers streams with a whole answer taken apart: each text and each thought in one piece.
#[derive(Debug, Clone)]
pub struct SimulateStreaming<M> {
    inner: M,
}

impl<M> SimulateStreaming<M> {
    /// Wraps a model.
    pub fn new(inner: M) -> Self {
        Self { inner }
    }
}

describe_as_inner!(SimulateStreaming);

impl<M: Model<Generate>> Model<Generate> for SimulateStreaming<M> {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        self.inner.call(call, cx)
    }
}

impl<M: Model<Generate>> Model<Stream> for SimulateStreaming<M> {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let mut result = self.inner.call(Generate(call.0), cx).await?;
            result.content.retain(|part| !is_empty(part));
            // The part is there even where the model said nothing of its answer.
            result.response.get_or_insert_default();
            Ok(whole_answer::into_stream(result))
        })
    }
}

/// Whether nobody would miss it.
fn is_empty(content: &Content) -> bool {
    matches!(content, Content::Text(part)
        if part.text.is_empty() && part.provider_metadata.is_none() && part.rest.is_empty())
}
