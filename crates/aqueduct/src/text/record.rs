//! The record of an answer: the parts of a stream, gathered into content.

use aqueduct_spec::language::{Reasoning, Text, TextEnd};
use aqueduct_spec::{JsonObject, ProviderMetadata};

use super::{ContentPart, TextStreamPart};

/// The content of one step, as its parts arrive.
#[derive(Default)]
pub(super) struct Record {
    blocks: Vec<Block>,
    content: Vec<ContentPart>,
}

/// A block that has begun, and where in the content it is kept.
struct Block {
    kind: BlockKind,
    id: String,
    position: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum BlockKind {
    Text,
    Reasoning,
}

impl Record {
    pub(super) fn content(&self) -> &[ContentPart] {
        &self.content
    }

    pub(super) fn into_content(self) -> Vec<ContentPart> {
        self.content
    }

    /// Records a part. What is no content is passed over.
    pub(super) fn push(&mut self, part: &TextStreamPart) {
        use BlockKind::{Reasoning, Text};
        use TextStreamPart as Part;
        match part {
            Part::TextStart(part) => {
                self.write(Text, &part.id, "", part.provider_metadata.as_ref());
                self.keep_rest(Text, &part.id, &part.rest);
            }
            Part::TextDelta(part) => {
                self.write(Text, &part.id, &part.delta, part.provider_metadata.as_ref());
            }
            Part::TextEnd(part) => {
                self.keep_rest(Text, &part.id, &part.rest);
                self.end(Text, &part.id, part.provider_metadata.as_ref());
            }
            Part::ReasoningStart(part) => {
                self.write(Reasoning, &part.id, "", part.provider_metadata.as_ref());
                self.keep_rest(Reasoning, &part.id, &part.rest);
            }
            Part::ReasoningDelta(part) => {
                self.write(Reasoning, &part.id, &part.delta, part.provider_metadata.as_ref());
            }
            Part::ReasoningEnd(part) => {
                self.keep_rest(Reasoning, &part.id, &part.rest);
                self.end(Reasoning, &part.id, part.provider_metadata.as_ref());
            }
            part => self.content.extend(whole_content(part)),
        }
    }

    /// Adds to a block. A block that never began begins here: losing text is worse than a provider's odd order.
    fn write(
        &mut self,
        kind: BlockKind,
        id: &str,
        delta: &str,
        metadata: Option<&ProviderMetadata>,
    ) {
        let open = self.blocks.iter().find(|block| block.kind == kind && block.id == id);
        let position = match open {
            Some(block) => block.position,
            None => {
                let position = self.content.len();
                self.content.push(match kind {
                    BlockKind::Text => ContentPart::Text(Text::new("")),
                    BlockKind::Reasoning => ContentPart::Reasoning(Reasoning::new("")),
                });
                self.blocks.push(Block { kind, id: id.to_owned(), position });
                position
            }
        };
        match self.content.get_mut(position) {
            Some(ContentPart::Text(part)) => {
                part.text.push_str(delta);
                merge(&mut part.provider_metadata, metadata);
            }
            Some(ContentPart::Reasoning(part)) => {
                part.text.push_str(delta);
                merge(&mut part.provider_metadata, metadata);
            }
            _ => {}
        }
    }

    /// Keeps the unknown fields of an open block, such as the references that support a text.
    fn keep_rest(&mut self, kind: BlockKind, id: &str, rest: &JsonObject) {
        let is_this = |block: &&Block| block.kind == kind && block.id == id;
        let Some(block) = self.blocks.iter().find(is_this) else { return };
        match self.content.get_mut(block.position) {
            Some(ContentPart::Text(part)) => part.rest.extend(rest.clone()),
            Some(ContentPart::Reasoning(part)) => part.rest.extend(rest.clone()),
            _ => {}
        }
    }

    /// Ends a block: an id may be used again. The end of one that never began says something only if metadata rides on it.
    fn end(&mut self, kind: BlockKind, id: &str, metadata: Option<&ProviderMetadata>) {
        let is_this = |block: &Block| block.kind == kind && block.id == id;
        if metadata.is_some() || self.blocks.iter().any(is_this) {
            self.write(kind, id, "", metadata);
            self.blocks.retain(|block| !is_this(block));
        }
    }

    /// The ends of the blocks that are open, for a stream that is stopped.
    pub(super) fn ends(&self) -> Vec<TextStreamPart> {
        let end = |block: &Block| match block.kind {
            BlockKind::Text => TextStreamPart::TextEnd(TextEnd::new(block.id.as_str())),
            BlockKind::Reasoning => TextStreamPart::ReasoningEnd(
                aqueduct_spec::language::ReasoningEnd::new(block.id.as_str()),
            ),
        };
        self.blocks.iter().map(end).collect()
    }
}

fn whole_content(part: &TextStreamPart) -> Option<ContentPart> {
    use TextStreamPart as Part;
    Some(match part {
        Part::ToolCall(part) => ContentPart::ToolCall(part.clone()),
        Part::ToolResult(part) if part.preliminary => return None,
        Part::ToolResult(part) => ContentPart::ToolResult(part.clone()),
        Part::ToolError(part) => ContentPart::ToolError(part.clone()),
        Part::ToolApprovalRequest(part) => ContentPart::ToolApprovalRequest(part.clone()),
        Part::ToolApprovalResponse(part) => ContentPart::ToolApprovalResponse(part.clone()),
        Part::Source(part) => ContentPart::Source(part.clone()),
        Part::File(part) => ContentPart::File(part.clone()),
        Part::ReasoningFile(part) => ContentPart::ReasoningFile(part.clone()),
        Part::Custom(part) => ContentPart::Custom(part.clone()),
        Part::Unknown(object) => ContentPart::Unknown(object.clone()),
        _ => return None,
    })
}

pub(super) fn merge(into: &mut Option<ProviderMetadata>, from: Option<&ProviderMetadata>) {
    if let Some(from) = from {
        into.get_or_insert_default().merge(from.clone());
    }
}
