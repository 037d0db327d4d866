//! A whole answer, taken apart into the parts of a stream: for requests that ask for one, and for the layer
//! [`SimulateStreaming`](super::SimulateStreaming).

use aqueduct_spec::language::{
    Content, Finish, GenerateResult, ReasoningDelta, ReasoningEnd, ReasoningStart, ResponseInfo,
    ResponseMetadata, StreamPart, StreamResult, StreamStart, TextDelta, TextEnd, TextStart,
};

/// Turns a whole answer into a stream that is over at once.
pub(crate) fn into_stream(mut answer: GenerateResult) -> StreamResult {
    let (request, response) = (answer.request.take(), answer.response.take());
    let parts = into_parts(answer, response.as_ref());
    let mut result = StreamResult::new(futures_util::stream::iter(parts.into_iter().map(Ok)));
    result.request = request;
    result.response = response;
    result
}

fn into_parts(answer: GenerateResult, response: Option<&ResponseInfo>) -> Vec<StreamPart> {
    let mut parts = vec![StreamStart::new(answer.warnings).into()];
    if let Some(response) = response {
        let mut metadata = ResponseMetadata::default();
        metadata.id = response.id.clone();
        metadata.timestamp = response.timestamp;
        metadata.model_id = response.model_id.clone();
        parts.push(metadata.into());
    }
    for (position, content) in answer.content.into_iter().enumerate() {
        push_content(&mut parts, position.to_string(), content);
    }
    let mut finish = Finish::new(answer.finish_reason, answer.usage);
    finish.provider_metadata = answer.provider_metadata;
    parts.push(finish.into());
    parts
}

fn push_content(parts: &mut Vec<StreamPart>, id: String, content: Content) {
    match content {
        Content::Text(text) => {
            let start = TextStart::new(&*id);
            let mut end = TextEnd::new(&*id);
            end.provider_metadata = text.provider_metadata;
            // What supports a text is told at its end.
            end.rest = text.rest;
            parts.extend([start.into(), TextDelta::new(id, text.text).into(), end.into()]);
        }
        Content::Reasoning(thought) => {
            let mut start = ReasoningStart::new(&*id);
            start.rest = thought.rest;
            let mut end = ReasoningEnd::new(&*id);
            end.provider_metadata = thought.provider_metadata;
            parts.extend([start.into(), ReasoningDelta::new(id, thought.text).into(), end.into()]);
        }
        Content::Custom(part) => parts.push(part.into()),
        Content::ReasoningFile(part) => parts.push(part.into()),
        Content::File(part) => parts.push(part.into()),
        Content::ToolApprovalRequest(part) => parts.push(part.into()),
        Content::Source(part) => parts.push(part.into()),
        Content::ToolCall(part) => parts.push(part.into()),
        Content::ToolResult(part) => parts.push(part.into()),
        Content::Unknown(object) => parts.push(StreamPart::Unknown(object)),
        // The union may grow with the specification; until it is known here, it is kept as JSON.
        other => {
            if let Ok(serde_json::Value::Object(object)) = serde_json::to_value(&other) {
                parts.push(StreamPart::Unknown(object));
            }
        }
    }
}
