//! A whole answer as a streamed one.

use aqueduct_spec::language::{
    Content, Finish, GenerateResult, ReasoningDelta, ReasoningEnd, ReasoningStart,
    ResponseMetadata, StreamPart, StreamStart, TextDelta, TextEnd, TextStart, ToolInputDelta,
    ToolInputEnd, ToolInputStart,
};

/// Takes an answer apart as a provider would have streamed it: each block in one delta.
pub fn unfold(result: GenerateResult) -> Vec<StreamPart> {
    let mut parts = vec![StreamPart::from(StreamStart::new(result.warnings))];
    if let Some(response) = result.response {
        let mut metadata = ResponseMetadata::default();
        metadata.id = response.id;
        metadata.timestamp = response.timestamp;
        metadata.model_id = response.model_id;
        parts.push(metadata.into());
    }
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
        Content::Text(part) => {
            let mut end = TextEnd::new(id.clone());
            end.provider_metadata = part.provider_metadata;
            parts.push(TextStart::new(id.clone()).into());
            parts.push(TextDelta::new(id, part.text).into());
            parts.push(end.into());
        }
        Content::Reasoning(part) => {
            let mut end = ReasoningEnd::new(id.clone());
            end.provider_metadata = part.provider_metadata;
            parts.push(ReasoningStart::new(id.clone()).into());
            parts.push(ReasoningDelta::new(id, part.text).into());
            parts.push(end.into());
        }
        Content::ToolCall(call) => {
            let id = call.tool_call_id.clone();
            parts.push(ToolInputStart::new(id.clone(), call.tool_name.clone()).into());
            parts.push(ToolInputDelta::new(id.clone(), call.input.clone()).into());
            parts.push(ToolInputEnd::new(id).into());
            parts.push(call.into());
        }
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
