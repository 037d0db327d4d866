//! The order that the parts of a stream keep.

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_spec::language::StreamPart;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    Text,
    Reasoning,
    ToolInput,
}

/// Lists what is out of order in a complete stream: it begins with `stream-start`, ends with its one `finish`, every delta lies
/// in an open block, every block that starts ends, and no id is used twice. Nothing if all is well.
pub fn stream_problems(parts: &[StreamPart]) -> Vec<String> {
    read(parts).problems
}

/// Checks that a complete stream is in order; returns the input of each tool as its deltas gave it.
///
/// # Panics
/// With a sentence that names the part that is out of order.
pub(super) fn check(parts: &[StreamPart]) -> BTreeMap<String, String> {
    let blocks = read(parts);
    assert!(blocks.problems.is_empty(), "{}", blocks.problems.join("; "));
    blocks.inputs
}

fn read(parts: &[StreamPart]) -> Blocks {
    let mut blocks = Blocks::default();
    let (first, last) = (parts.first(), parts.last());
    blocks.expect(matches!(first, Some(StreamPart::StreamStart(_))), || {
        format!("a stream begins with stream-start, not with {:?}", first.map(StreamPart::tag))
    });
    blocks.expect(matches!(last, Some(StreamPart::Finish(_))), || {
        format!("a stream ends with finish, not with {:?}", last.map(StreamPart::tag))
    });
    for once in ["stream-start", "finish"] {
        let count = parts.iter().filter(|part| part.tag() == once).count();
        blocks.expect(count == 1, || format!("a stream has one {once}, not {count}"));
    }
    for part in parts {
        blocks.add(part);
    }
    for (block, id) in std::mem::take(&mut blocks.open) {
        blocks.problems.push(format!("{block:?} block '{id}' is still open at the end"));
    }
    blocks
}

#[derive(Default)]
struct Blocks {
    open: BTreeSet<(Block, String)>,
    seen: BTreeSet<(Block, String)>,
    calls: BTreeSet<String>,
    inputs: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Blocks {
    fn expect(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }

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
                let id = call.tool_call_id.clone();
                let is_open = self.open.contains(&(Block::ToolInput, id.clone()));
                self.expect(!is_open, || format!("tool-call {id} before its tool-input-end"));
                self.expect(!id.is_empty(), || "a tool-call without an id".to_owned());
                let is_new = self.calls.insert(id.clone());
                self.expect(is_new, || format!("two tool-calls share the id '{id}'"));
            }
            _ => {}
        }
    }

    fn start(&mut self, block: Block, id: &str) {
        let key = (block, id.to_owned());
        let is_new = self.seen.insert(key.clone());
        self.expect(is_new, || format!("{block:?} block '{id}' starts twice"));
        self.open.insert(key);
    }

    fn delta(&mut self, block: Block, id: &str) {
        let is_open = self.open.contains(&(block, id.to_owned()));
        self.expect(is_open, || format!("a delta of {block:?} block '{id}', which is not open"));
    }

    fn end(&mut self, block: Block, id: &str) {
        let was_open = self.open.remove(&(block, id.to_owned()));
        self.expect(was_open, || format!("{block:?} block '{id}' ends, but is not open"));
    }
}
