//! Answers in JSON beside tools: the model may call tools after it has answered, and those calls are not to be made.

use aqueduct_spec::language::{
    Content, GenerateResult, ResponseFormat, StreamPart, StreamResult, UnifiedFinishReason,
};
use aqueduct_spec::{BoxFuture, Context, Describe, Generate, Model, ModelInfo, Result, Stream};
use futures_util::StreamExt as _;

use crate::openai_compatible::ChatModel;

/// The chat model.
#[derive(Debug)]
pub(super) struct Chat {
    inner: ChatModel,
}

impl Chat {
    pub(super) fn new(inner: ChatModel) -> Self {
        Self { inner }
    }
}

/// What the host says where it means that it is done.
const TOOL_CALLS: &str = "tool_calls";

fn is_json(format: Option<&ResponseFormat>) -> bool {
    matches!(format, Some(ResponseFormat::Json(_)))
}

impl Describe for Chat {
    fn info(&self) -> &ModelInfo {
        self.inner.info()
    }
}

impl Model<Generate> for Chat {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let is_json = is_json(call.response_format.as_ref());
            let mut result = self.inner.call(call, cx).await?;
            let has_text = result.content.iter().any(|part| part.as_text().is_some());
            if is_json && has_text && result.finish_reason.raw.as_deref() == Some(TOOL_CALLS) {
                result.content.retain(|part| !matches!(part, Content::ToolCall(_)));
                result.finish_reason.unified = UnifiedFinishReason::Stop;
            }
            Ok(result)
        })
    }
}

impl Model<Stream> for Chat {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let is_json = is_json(call.response_format.as_ref());
            let result = self.inner.call(call, cx).await?;
            if !is_json {
                return Ok(result);
            }
            let mut has_text = false;
            Ok(result.map_stream(move |parts| {
                parts.filter_map(move |part| {
                    std::future::ready(match part {
                        Ok(part) => without_calls(part, &mut has_text).map(Ok),
                        Err(error) => Some(Err(error)),
                    })
                })
            }))
        })
    }
}

/// The part, unless it belongs to a call after text.
fn without_calls(mut part: StreamPart, has_text: &mut bool) -> Option<StreamPart> {
    match &mut part {
        StreamPart::TextDelta(delta) => *has_text |= !delta.delta.is_empty(),
        StreamPart::ToolInputStart(_)
        | StreamPart::ToolInputDelta(_)
        | StreamPart::ToolInputEnd(_)
        | StreamPart::ToolCall(_)
            if *has_text =>
        {
            return None;
        }
        StreamPart::Finish(finish)
            if *has_text && finish.finish_reason.raw.as_deref() == Some(TOOL_CALLS) =>
        {
            finish.finish_reason.unified = UnifiedFinishReason::Stop;
        }
        _ => {}
    }
    Some(part)
}
