//! Streams from models that only answer as a whole.

use aqueduct_spec::language::{
    Content, Finish, GenerateResult, ReasoningDelta, ReasoningEnd, ReasoningStart,
    ResponseMetadata, StreamPart, StreamResult, StreamStart, TextDelta, TextEnd, TextStart,
};
use aqueduct_spec::{BoxFuture, Context, Generate, Model, Result, Stream};
use futures_util::stream;

use super::describe_as_inner;

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
            let (request, response) = (result.request.take(), result.response.clone());
            let parts = take_apart(result);
            let mut streamed = StreamResult::new(stream::iter(parts.into_iter().map(Ok)));
            streamed.request = request;
            streamed.response = response;
            Ok(streamed)
        })
    }
}

fn take_apart(result: GenerateResult) -> Vec<StreamPart> {
    let mut parts = vec![StreamPart::from(StreamStart::new(result.warnings))];
    let response = result.response.unwrap_or_default();
    let mut metadata = ResponseMetadata::default();
    metadata.id = response.id;
    metadata.timestamp = response.timestamp;
    metadata.model_id = response.model_id;
    parts.push(metadata.into());
    for (at, content) in result.content.into_iter().enumerate() {
        push(&mut parts, at.to_string(), content);
    }
    let mut finish = Finish::default();
    finish.finish_reason = result.finish_reason;
    finish.usage = result.usage;
    finish.provider_metadata = result.provider_metadata;
    parts.push(finish.into());
    parts
}

fn push(parts: &mut Vec<StreamPart>, id: String, content: Content) {
    match content {
        Content::Text(part) if part.text.is_empty() && part.provider_metadata.is_none() => {}
        Content::Text(part) => {
            let mut start = TextStart::new(id.clone());
            start.provider_metadata = part.provider_metadata;
            parts.push(start.into());
            parts.push(TextDelta::new(id.clone(), part.text).into());
            parts.push(TextEnd::new(id).into());
        }
        Content::Reasoning(part) => {
            let mut start = ReasoningStart::new(id.clone());
            start.provider_metadata = part.provider_metadata;
            parts.push(start.into());
            parts.push(ReasoningDelta::new(id.clone(), part.text).into());
            parts.push(ReasoningEnd::new(id).into());
        }
        Content::ToolCall(part) => parts.push(part.into()),
        Content::Custom(part) => parts.push(part.into()),
        Content::ReasoningFile(part) => parts.push(part.into()),
        Content::File(part) => parts.push(part.into()),
        Content::ToolApprovalRequest(part) => parts.push(part.into()),
        Content::Source(part) => parts.push(part.into()),
        Content::ToolResult(part) => parts.push(part.into()),
        Content::Unknown(object) => parts.push(StreamPart::Unknown(object)),
        _ => {}
    }
}
