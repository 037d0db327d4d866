//! A streamed answer as a whole one: both are made from the same parts, so that they cannot differ.

use std::collections::HashMap;

use aqueduct_spec::language::{Content, GenerateResult, Reasoning, ResponseInfo, StreamPart, Text};
use aqueduct_spec::{Error, ErrorKind, ProviderMetadata, Result};
use serde_json::Value;

/// Puts streamed parts together.
#[derive(Debug, Default)]
pub(super) struct Fold {
    result: GenerateResult,
    /// Where in the content each open block is.
    places: HashMap<(Kind, String), usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Text,
    Reasoning,
}

impl Fold {
    /// Adds a part.
    ///
    /// # Errors
    /// The error of a part that is one: half an answer is none, unless it is streamed.
    pub(super) fn add(&mut self, part: StreamPart) -> Result<()> {
        match part {
            StreamPart::StreamStart(start) => self.result.warnings.extend(start.warnings),
            StreamPart::ResponseMetadata(metadata) => {
                let response = self.result.response.get_or_insert_with(ResponseInfo::default);
                response.id = metadata.id;
                response.timestamp = metadata.timestamp;
                response.model_id = metadata.model_id;
            }
            StreamPart::TextStart(part) => {
                self.grow(Kind::Text, &part.id, "", part.provider_metadata);
            }
            StreamPart::TextDelta(part) => {
                self.grow(Kind::Text, &part.id, &part.delta, part.provider_metadata);
            }
            StreamPart::TextEnd(part) => self.end(Kind::Text, part.id, part.provider_metadata),
            StreamPart::ReasoningStart(part) => {
                self.grow(Kind::Reasoning, &part.id, "", part.provider_metadata);
            }
            StreamPart::ReasoningDelta(part) => {
                self.grow(Kind::Reasoning, &part.id, &part.delta, part.provider_metadata);
            }
            StreamPart::ReasoningEnd(part) => {
                self.end(Kind::Reasoning, part.id, part.provider_metadata);
            }
            StreamPart::ToolCall(part) => self.push(part),
            StreamPart::ToolResult(part) => self.push(part),
            StreamPart::ToolApprovalRequest(part) => self.push(part),
            StreamPart::Custom(part) => self.push(part),
            StreamPart::File(part) => self.push(part),
            StreamPart::ReasoningFile(part) => self.push(part),
            StreamPart::Source(part) => self.push(part),
            StreamPart::Finish(finish) => {
                self.result.finish_reason = finish.finish_reason;
                self.result.usage = finish.usage;
                self.result.provider_metadata = finish.provider_metadata;
            }
            StreamPart::Error(part) => return Err(error_of(&part.error)),
            // A tool's input comes again, whole, with its call.
            StreamPart::ToolInputStart(_)
            | StreamPart::ToolInputDelta(_)
            | StreamPart::ToolInputEnd(_)
            | StreamPart::Raw(_) => {}
            StreamPart::Unknown(object) => self.push(Content::Unknown(object)),
            _ => {}
        }
        Ok(())
    }

    /// The whole answer.
    pub(super) fn finish(self) -> GenerateResult {
        self.result
    }

    fn push(&mut self, content: impl Into<Content>) {
        self.result.content.push(content.into());
    }

    fn grow(&mut self, kind: Kind, id: &str, delta: &str, metadata: Option<ProviderMetadata>) {
        let content = &mut self.result.content;
        let place = *self.places.entry((kind, id.to_owned())).or_insert_with(|| {
            content.push(match kind {
                Kind::Text => Text::new("").into(),
                Kind::Reasoning => Reasoning::new("").into(),
            });
            content.len() - 1
        });
        let (text, kept) = match content.get_mut(place) {
            Some(Content::Text(part)) => (&mut part.text, &mut part.provider_metadata),
            Some(Content::Reasoning(part)) => (&mut part.text, &mut part.provider_metadata),
            _ => return,
        };
        text.push_str(delta);
        if let Some(metadata) = metadata {
            kept.get_or_insert_default().merge(metadata);
        }
    }

    fn end(&mut self, kind: Kind, id: String, metadata: Option<ProviderMetadata>) {
        self.grow(kind, &id, "", metadata);
        self.places.remove(&(kind, id));
    }
}

fn error_of(error: &Value) -> Error {
    let message = error.as_str().or_else(|| error.get("message").and_then(Value::as_str));
    Error::new(ErrorKind::Provider, message.unwrap_or("simulated failure").to_owned())
}
