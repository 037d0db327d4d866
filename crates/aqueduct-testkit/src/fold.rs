//! A streamed answer as a whole one.

use std::collections::HashMap;

use aqueduct_spec::language::{Content, GenerateResult, Reasoning, ResponseInfo, StreamPart, Text};
use aqueduct_spec::{Error, ErrorKind, ProviderMetadata, Result};
use serde_json::Value;

/// Puts the parts of a stream together into the answer that a whole call would have given.
///
/// # Errors
/// The error of an `error` part, or of an `Err`.
pub fn fold(parts: impl IntoIterator<Item = Result<StreamPart>>) -> Result<GenerateResult> {
    let mut fold = Fold::default();
    for part in parts {
        fold.add(part?)?;
    }
    Ok(fold.result)
}

#[derive(Debug, Default)]
struct Fold {
    result: GenerateResult,
    /// Where in the content each open block is; reasoning is told from text by the flag.
    open: HashMap<(bool, String), usize>,
}

impl Fold {
    fn add(&mut self, part: StreamPart) -> Result<()> {
        let content: Content = match part {
            StreamPart::TextStart(part) => {
                return self.grow(false, part.id, "", part.provider_metadata);
            }
            StreamPart::TextDelta(part) => {
                return self.grow(false, part.id, &part.delta, part.provider_metadata);
            }
            StreamPart::TextEnd(part) => return self.end(false, part.id, part.provider_metadata),
            StreamPart::ReasoningStart(part) => {
                return self.grow(true, part.id, "", part.provider_metadata);
            }
            StreamPart::ReasoningDelta(part) => {
                return self.grow(true, part.id, &part.delta, part.provider_metadata);
            }
            StreamPart::ReasoningEnd(part) => {
                return self.end(true, part.id, part.provider_metadata);
            }
            StreamPart::ToolCall(part) => part.into(),
            StreamPart::ToolResult(part) => part.into(),
            StreamPart::ToolApprovalRequest(part) => part.into(),
            StreamPart::Custom(part) => part.into(),
            StreamPart::File(part) => part.into(),
            StreamPart::ReasoningFile(part) => part.into(),
            StreamPart::Source(part) => part.into(),
            StreamPart::Error(part) => return Err(error_of(&part.error)),
            around => return self.add_around(around),
        };
        self.result.content.push(content);
        Ok(())
    }

    fn add_around(&mut self, part: StreamPart) -> Result<()> {
        match part {
            StreamPart::StreamStart(start) => self.result.warnings.extend(start.warnings),
            StreamPart::ResponseMetadata(metadata) => {
                let response = self.result.response.get_or_insert_with(ResponseInfo::default);
                response.id = metadata.id.or_else(|| response.id.take());
                response.timestamp = metadata.timestamp.or(response.timestamp);
                response.model_id = metadata.model_id.or_else(|| response.model_id.take());
            }
            StreamPart::Finish(finish) => {
                self.result.finish_reason = finish.finish_reason;
                self.result.usage = finish.usage;
                self.result.provider_metadata = finish.provider_metadata;
            }
            StreamPart::Unknown(object) => self.result.content.push(Content::Unknown(object)),
            _ => {}
        }
        Ok(())
    }

    fn grow(
        &mut self,
        is_reasoning: bool,
        id: String,
        delta: &str,
        metadata: Option<ProviderMetadata>,
    ) -> Result<()> {
        let content = &mut self.result.content;
        let place = *self.open.entry((is_reasoning, id)).or_insert_with(|| {
            content.push(if is_reasoning {
                Reasoning::new("").into()
            } else {
                Text::new("").into()
            });
            content.len() - 1
        });
        let (text, kept) = match content.get_mut(place) {
            Some(Content::Text(part)) => (&mut part.text, &mut part.provider_metadata),
            Some(Content::Reasoning(part)) => (&mut part.text, &mut part.provider_metadata),
            _ => return Ok(()),
        };
        text.push_str(delta);
        if let Some(metadata) = metadata {
            kept.get_or_insert_default().merge(metadata);
        }
        Ok(())
    }

    fn end(
        &mut self,
        is_reasoning: bool,
        id: String,
        metadata: Option<ProviderMetadata>,
    ) -> Result<()> {
        self.grow(is_reasoning, id.clone(), "", metadata)?;
        self.open.remove(&(is_reasoning, id));
        Ok(())
    }
}

fn error_of(error: &Value) -> Error {
    let message = error.as_str().or_else(|| error.get("message").and_then(Value::as_str));
    Error::new(ErrorKind::Provider, message.unwrap_or("the stream failed").to_owned())
}
