//! The order that the parts of a stream keep.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_spec::language::StreamPart;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    Text,
    Reasoning,
    ToolInput,
}

/// Checks that a complete stream begins with `stream-start`, ends with its one `finish`, and that every delta lies in an open
/// block; returns the input of each tool as its deltas gave it.
///
/// # Panics
/// With a sentence that names the part that is out of order.
pub(super) fn check(parts: &[StreamPart]) -> BTreeMap<String, String> {
    assert!(
        matches!(parts.first(), Some(StreamPart::StreamStart(_))),
        "a stream begins with stream-start, not with {:?}",
        parts.first().map(StreamPart::tag)
    );
    assert!(
        matches!(parts.last(), Some(StreamPart::Finish(_))),
        "a stream ends with finish, not with {:?}",
        parts.last().map(StreamPart::tag)
    );
    for once in ["stream-start", "finish"] {
        let count = parts.iter().filter(|part| part.tag() == once).count();
        assert!(count == 1, "a stream has one {once}, not {count}");
    }
    let mut blocks = Blocks::default();
    for part in parts {
        blocks.add(part);
    }
    assert!(blocks.open.is_empty(), "blocks are still open at the end: {:?}", blocks.open);
    blocks.inputs
}

#[derive(Default)]
struct Blocks {
    open: BTreeSet<(Block, String)>,
    seen: BTreeSet<(Block, String)>,
    inputs: BTreeMap<String, String>,
}

impl Blocks {
    fn add(&mut self, part: &StreamPart) {
        match part {
            StreamPart::TextStart(part) => self.start(Block::Text, &part.id),
            StreamPart::TextDelta(part) => self.delta(Block::Text, &part.id),
            StreamPart::TextEnd(part) => self.end(Block::Text, &part.id),
            StreamPart::ReasoningStart(part) => self.start(Block::Reasoning, &part.id),
            StreamPart::ReasoningDelta(part) => self.delta(Block::Reasoning, &part.id),
            StreamPart::ReasoningEnd(part) => self.end(Block::Reasoning, &part.id),
            StreamPart::ToolInputStart(part) => {
                self.start(Block::ToolInput, &part.id);
                self.inputs.insert(part.id.clone(), String::new());
            }
            StreamPart::ToolInputDelta(part) => {
                self.delta(Block::ToolInput, &part.id);
                self.inputs.entry(part.id.clone()).or_default().push_str(&part.delta);
            }
            StreamPart::ToolInputEnd(part) => self.end(Block::ToolInput, &part.id),
            StreamPart::ToolCall(call) => {
                let key = (Block::ToolInput, call.tool_call_id.clone());
                assert!(!self.open.contains(&key), "tool-call {} before its tool-input-end", key.1);
            }
            _ => {}
        }
    }

    fn start(&mut self, block: Block, id: &str) {
        let key = (block, id.to_owned());
        assert!(self.seen.insert(key.clone()), "{block:?} block '{id}' starts twice");
        self.open.insert(key);
    }

    fn delta(&self, block: Block, id: &str) {
        let is_open = self.open.contains(&(block, id.to_owned()));
        assert!(is_open, "a delta of {block:?} block '{id}', which is not open");
    }

    fn end(&mut self, block: Block, id: &str) {
        let was_open = self.open.remove(&(block, id.to_owned()));
        assert!(was_open, "{block:?} block '{id}' ends, but is not open");
    }
}
